"""The whole road from a log to the contract's document."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bot.diagnosis import as_markdown, as_text, diagnose, document, read_metric
from bot.diagnosis.causes import CAUSES
from bot.errors import SettingsError, SourceError
from bot.incident import Diagnosis
from bot.settings import Settings, read_settings
from bot.sources import open_sources
from tests.checks.checks_log import END, ONSET, late, lose_distance, mispredict, written_log

CONTRACT_CAUSES = {
    "missing_values": "quarantine_feature", "default_fill": "quarantine_feature",
    "unit_change": "quarantine_feature", "schema_change": "quarantine_feature",
    "frozen_feature": "quarantine_feature", "join_break": "quarantine_feature",
    "category_recode": "quarantine_feature", "duplicate_rows": "quarantine_rows",
    "partial_ingestion": "backfill", "clock_shift": "quarantine_feature",
    "training_serving_skew": "rollback", "preprocessing_change": "rollback",
    "model_version": "rollback", "dependency_upgrade": "rollback", "threshold_change": "rollback",
    "fallback_predictions": "restore_capacity", "label_corruption": "fix_labels",
    "label_delay": "fix_labels", "metric_definition": "fix_metric", "prior_shift": "recalibrate",
    "covariate_shift": "reweight", "concept_drift": "retrain", "traffic_mix": "reweight",
    "adversarial": "rate_limit", "regional_outage": "restore_capacity",
}  # fmt: skip
HARMLESS = {"healthy": "wait", "seasonality": "wait", "unknown": "ask"}


def diagnosed(settings: Settings, **when: Any) -> Diagnosis:
    (name,) = settings.models
    with open_sources(settings) as sources:
        return diagnose(settings, name, sources=sources, **when)


def check_document(found: dict[str, Any]) -> None:
    """The shape of the contract's section 4."""
    assert list(found) == [
        "contract", "model", "metric", "at", "verdict", "baseline", "current", "onset",
        "hypotheses", "findings",
    ]  # fmt: skip
    assert found["contract"] == 1
    assert found["verdict"] in {"degraded", "healthy", "no_labels"}
    for window in (found["baseline"], found["current"]):
        assert set(window) == {"value", "rows", "start", "end"}
    if found["onset"] is not None:
        assert set(found["onset"]) == {"time", "low", "high", "shape"}
        assert found["onset"]["low"] <= found["onset"]["time"] <= found["onset"]["high"]
        assert found["onset"]["shape"] in {"step", "ramp", "intermittent"}
    ids = [finding["id"] for finding in found["findings"]]
    assert len(ids) == len(set(ids))
    for finding in found["findings"]:
        assert set(finding) == {
            "id", "check", "verdict", "strength", "says", "rows", "since", "subject",
        }  # fmt: skip
    confidences = [one["confidence"] for one in found["hypotheses"]]
    assert len(confidences) >= 3
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) <= 1
    for one in found["hypotheses"]:
        assert set(one) == {
            "cause", "confidence", "features", "segments", "since", "change", "says", "evidence",
            "against", "missing", "actions",
        }  # fmt: skip
        assert set(one["evidence"] + one["against"]) <= set(ids)
        action = (CONTRACT_CAUSES | HARMLESS)[one["cause"]]
        assert one["actions"][0]["kind"] == action


def test_a_planted_fault_comes_first_with_its_feature_segment_and_change(case: Path) -> None:
    found = document(diagnosed(read_settings(case / "plummet.toml")))

    check_document(found)
    first = found["hypotheses"][0]
    assert found["verdict"] == "degraded"
    assert (first["cause"], first["features"]) == ("missing_values", ["distance"])
    assert first["segments"] == [{"region": "eu"}]
    assert first["change"] == "chg-17"
    assert first["confidence"] > 0.5


def test_a_healthy_log_is_called_healthy(tmp_path: Path) -> None:
    found = document(diagnosed(written_log(tmp_path)))

    check_document(found)
    assert found["verdict"] == "healthy"
    assert found["onset"] is None
    assert found["hypotheses"][0]["cause"] == "healthy"


def test_a_log_without_labels_is_not_judged(tmp_path: Path) -> None:
    def unlabel(log: pd.DataFrame) -> None:
        log["label"] = float("nan")

    found = document(diagnosed(written_log(tmp_path, unlabel)))

    check_document(found)
    assert found["verdict"] == "no_labels"
    assert found["current"]["value"] is None


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    settings = written_log(tmp_path, lose_distance)

    one, other = (json.dumps(document(diagnosed(settings))) for _ in range(2))

    assert one == other


def test_rows_after_the_report_are_not_looked_at(tmp_path: Path) -> None:
    settings = written_log(tmp_path, lose_distance)

    found = diagnosed(settings, at=ONSET - timedelta(hours=1))

    assert found.verdict == "healthy"
    assert found.current.end <= ONSET - timedelta(hours=1)


def test_a_given_window_is_taken(tmp_path: Path) -> None:
    settings = written_log(tmp_path, lose_distance)

    found = diagnosed(settings, since=ONSET, until=ONSET + timedelta(days=1))

    assert found.current.start == ONSET
    assert abs(found.current.end - ONSET - timedelta(days=1)) <= timedelta(hours=2)


def test_an_effect_never_precedes_its_cause(tmp_path: Path) -> None:
    def early_fall(log: pd.DataFrame) -> None:
        # Errors begin days before the feature empties: the feature cannot have done it.
        mispredict(log, log["time"] >= pd.Timestamp(ONSET - timedelta(days=4)))
        log.loc[late(log), "distance"] = float("nan")

    best = diagnosed(written_log(tmp_path, early_fall)).hypotheses[0]

    assert best.cause != "missing_values"


def test_every_cause_of_the_contract_is_declared_with_its_first_action() -> None:
    assert {declared.cause: declared.first.kind for declared in CAUSES} == CONTRACT_CAUSES


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_other_tasks_are_diagnosed_too(tmp_path: Path, task: str) -> None:
    metric = {"multiclass": "accuracy", "regression": "mae"}[task]

    def numbers(log: pd.DataFrame) -> None:
        lose_distance(log)
        hit = late(log) & (log["region"] == "eu")
        if task == "regression":
            log["label"] = log["score"] * 10
            log["prediction"] = (log["label"] + 0.1).where(~hit, 0.0)
            return
        log["label"] = log["carrier"]
        log["prediction"] = log["carrier"].where(~hit, "AA")

    settings = written_log(tmp_path, numbers, task=task, metric=metric, positive=None)

    found = document(diagnosed(settings))

    check_document(found)
    assert found["verdict"] == "degraded"
    assert found["hypotheses"][0]["features"] == ["distance"]


def test_a_missing_log_and_a_missing_column_are_source_errors(tmp_path: Path) -> None:
    settings = written_log(tmp_path)
    log = pd.read_parquet(tmp_path / "log.parquet")

    log.rename(columns={"label": "lable"}).to_parquet(tmp_path / "log.parquet")
    with pytest.raises(SourceError, match=r"no column 'label' .*did you mean 'lable'"):
        diagnosed(settings)
    (tmp_path / "log.parquet").unlink()
    with pytest.raises(SourceError, match="there is no file"):
        diagnosed(settings)


def test_an_unknown_model_is_a_settings_error(tmp_path: Path) -> None:
    settings = written_log(tmp_path)

    with open_sources(settings) as sources, pytest.raises(SettingsError, match="no model 'n'"):
        diagnose(settings, "n", sources=sources)


def test_the_text_puts_cause_evidence_and_action_on_one_screen(case: Path) -> None:
    found = diagnosed(read_settings(case / "plummet.toml"))

    text, markdown = as_text(found), as_markdown(found)

    top = text.splitlines()[:12]
    assert top[0] == "delays: accuracy has fallen"
    assert any(line.startswith("1. missing values") for line in top)
    assert any("do next: " in line for line in top)
    assert markdown.startswith("# delays: accuracy has fallen")
    assert "quarantine\\_feature" in markdown


def test_the_metric_of_a_window_equals_plain_pandas(tmp_path: Path) -> None:
    settings = written_log(tmp_path)
    log = pd.read_parquet(tmp_path / "log.parquet")
    part = log[log["time"] >= pd.Timestamp(ONSET)]

    with open_sources(settings) as sources:
        found = read_metric(settings, "m", sources=sources, start=ONSET, end=END)

    assert found.rows == len(part)
    assert found.value == pytest.approx((part["prediction"] == part["label"]).mean())


def test_an_empty_window_has_no_metric(tmp_path: Path) -> None:
    settings = written_log(tmp_path)

    with open_sources(settings) as sources:
        found = read_metric(
            settings, "m", sources=sources, start=END + timedelta(days=1),
            end=END + timedelta(days=2),
        )  # fmt: skip

    assert (found.value, found.rows) == (None, 0)
