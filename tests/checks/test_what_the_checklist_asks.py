"""Calibration, signatures, named changes, parts of a whole: what the checklist asks beside."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bot.checks.words import portion
from bot.diagnosis import ask
from bot.incident import Finding
from tests.checks.checks_log import Examined, healthy_log, late, lose_distance


def suspects(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.verdict == "suspect"]


def test_the_calibration_error_is_that_of_plain_pandas(examined: Examined) -> None:
    logs: list[pd.DataFrame] = []

    def overconfident(log: pd.DataFrame) -> None:
        log["score"] = np.where(late(log), (log["score"] > 0.5) * 0.96 + 0.02, log["score"])
        log["score"] = log["score"].round(3)
        log["label"] = np.where(
            late(log) & (np.arange(len(log)) % 4 == 0), 1 - log["label"], log["label"]
        )
        logs.append(log)

    evidence = examined(overconfident)
    found = next(f for f in ask(evidence, "metric.recompute") if f.subject["part"] == "beside")

    (log,) = logs
    known = log["label_time"] <= pd.Timestamp(evidence.at)
    for name, rows in (
        ("before", log["time"] < pd.Timestamp(evidence.start)),
        ("during", log["time"] >= pd.Timestamp(evidence.start)),
    ):
        part = log[rows & known]
        bins = (part["score"] * 20).round()
        gaps = part.groupby(bins, observed=True).agg(
            n=("label", "size"), said=("score", "mean"), was=("label", "mean")
        )
        plain = ((gaps["said"] - gaps["was"]).abs() * gaps["n"]).sum() / gaps["n"].sum()
        assert found.figures[f"calibration_{name}"] == pytest.approx(plain, abs=0.02)
    assert "calibration error" in found.says


def test_a_feature_of_another_kind_than_in_training_is_found(examined: Examined) -> None:
    reference = healthy_log(seed=3)[["distance", "carrier", "label"]]
    reference["carrier"] = reference["carrier"].map({"AA": 1, "DL": 2, "UA": 3, "WN": 4})

    findings = ask(examined(beside={"reference": reference}), "model.training")

    found = next(f for f in findings if f.subject.get("part") == "signature")
    assert found.verdict == "suspect"
    assert (found.subject["trained"], found.subject["served"]) == ("number", "text")


def test_a_feature_of_another_width_is_of_the_same_kind(examined: Examined) -> None:
    reference = healthy_log(seed=3)[["distance", "carrier", "label"]]
    reference["distance"] = reference["distance"].round().astype("int32")

    findings = ask(examined(beside={"reference": reference}), "model.training")

    assert not [f for f in findings if f.subject.get("part") == "signature"]


def test_a_change_that_names_what_moved_goes_before_a_later_one(examined: Examined) -> None:
    events = [
        {"id": "feed", "time": "2026-03-10T20:00:00Z", "kind": "pipeline",
         "what": "new join for distance"},
        {"id": "other", "time": "2026-03-10T22:00:00Z", "kind": "pipeline",
         "what": "carrier names cleaned"},
        {"id": "plain", "time": "2026-03-10T21:00:00Z", "kind": "pipeline", "what": "a new pool"},
    ]  # fmt: skip
    lines = "\n".join(json.dumps(event) for event in events)

    found = suspects(ask(examined(lose_distance, changes=lines), "changes.recent"))

    assert [f.subject["change"] for f in found] == ["feed", "plain", "other"]
    assert "it names distance, which moved" in found[0].says


def test_a_part_of_the_extra_errors_is_never_more_than_all_of_them() -> None:
    assert [portion(share) for share in (1.07, 0.5, -0.2)] == ["100 %", "50 %", "0 %"]


def test_no_check_says_more_than_all_of_the_extra_errors() -> None:
    raw = [
        f"{path.name}: {line.strip()}"
        for path in Path("bot/checks").glob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if "percent(" in line and any(w in line for w in ("part)", "explained", ".within", "mix)"))
        and "min(" not in line
    ]  # fmt: skip

    assert raw == []


def test_labels_that_stay_away_more_and_more_are_dated_by_their_beginning(
    examined: Examined,
) -> None:
    def fade(log: pd.DataFrame) -> None:
        random = np.random.default_rng(8)
        days = (log["time"] - pd.Timestamp("2026-03-07", tz="UTC")).dt.total_seconds() / 86_400
        gone = random.uniform(size=len(log)) < np.clip(days / 5, 0, 0.9)
        wrong = random.uniform(size=len(log)) < np.clip(days / 8, 0, 0.5)
        log.loc[wrong, "prediction"] = 1 - log.loc[wrong, "prediction"]
        log.loc[gone, "label"] = np.nan
        log.loc[gone, "label_time"] = pd.NaT

    evidence = examined(fade)
    found = next(f for f in ask(evidence, "metric.labels") if f.subject["part"] == "coverage")

    assert evidence.windows.shape == "ramp"
    assert found.since is not None
    assert abs(found.since - datetime(2026, 3, 7, tzinfo=UTC)) <= timedelta(hours=6)
