"""A few wrong rows to look at: the right ones, never what is to be hidden."""

import re

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis import ask
from bot.incident import Finding
from tests.checks.checks_log import Examined, late, lose_distance

PREDICTIONS = {
    "source": "files", "table": "log.parquet", "segments": ["region"],
    "features": ["distance", "carrier"],
    "columns": {
        "id": "id", "time": "time", "prediction": "prediction", "label": "label",
        "score": "score", "label_time": "label_time",
    },
}  # fmt: skip


def shown(findings: tuple[Finding, ...], part: str) -> list[str]:
    return [finding.says for finding in findings if finding.subject.get("part") == part]


def test_examples_are_wrong_rows_of_the_worst_slice_newest_first(examined: Examined) -> None:
    logs: list[pd.DataFrame] = []

    def lose(log: pd.DataFrame) -> None:
        lose_distance(log)
        logs.append(log)

    evidence = examined(lose)
    said = shown(ask(evidence, "errors.examples", {"most": 4}), "slice")

    (log,) = logs
    known = log["label_time"] <= pd.Timestamp(evidence.at)
    wrong = log[late(log) & known & (log["region"] == "eu") & (log["label"] == 1)
                & (log["prediction"] == 0)]  # fmt: skip
    newest = wrong.sort_values("time", ascending=False)["id"].head(4)
    assert [re.findall(r"r\d+", says)[0] for says in said] == list(newest)
    assert all("distance missing" in says and "region eu" in says for says in said)


def test_the_surest_errors_come_first_among_the_others(examined: Examined) -> None:
    logs: list[pd.DataFrame] = []
    evidence = examined(logs.append)

    said = shown(ask(evidence, "errors.examples", {"most": 3}), "surest")

    (log,) = logs
    known = log["label_time"] <= pd.Timestamp(evidence.at)
    during = log["time"] >= pd.Timestamp(evidence.start)
    wrong = log[during & known & (log["label"] != log["prediction"])]
    surest = wrong.loc[(wrong["score"] - 0.5).abs().sort_values(ascending=False).index]
    assert [f"score {number:.4g}" in says for number, says in
            zip(surest["score"].head(3), said, strict=True)] == [True] * 3  # fmt: skip


def test_a_healthy_model_has_examples_that_accuse_nobody(examined: Examined) -> None:
    findings = ask(examined(), "errors.examples")

    assert {finding.verdict for finding in findings} == {"clear"}


def test_redacted_columns_are_never_shown(examined: Examined) -> None:
    evidence = examined(
        lose_distance, predictions=PREDICTIONS | {"redact": ["id", "carrier", "label"]}
    )

    findings = ask(evidence, "errors.examples")

    assert findings
    assert all("carrier •••" in f.says and ", ••• was" in f.says for f in findings)
    assert all("is •••; " in f.says for f in findings)
    assert not any(name in f.says for f in findings for name in ("AA", "DL", "UA", "WN"))


def test_a_misspelt_redaction_shows_nothing_at_all(examined: Examined) -> None:
    evidence = examined(lose_distance, predictions=PREDICTIONS | {"redact": ["carier"]})

    (found,) = ask(evidence, "errors.examples")

    assert found.verdict == "unknown"
    assert "did you mean 'carrier'" in found.says


def test_the_same_log_gives_the_same_examples(examined: Examined) -> None:
    def at_once(log: pd.DataFrame) -> None:
        lose_distance(log)
        log["time"] = log["time"].dt.floor("h")

    evidence = examined(at_once, without=("id",))

    assert ask(evidence, "errors.examples") == ask(evidence, "errors.examples")


def test_examples_of_a_regression_are_its_largest_errors(examined: Examined) -> None:
    logs: list[pd.DataFrame] = []

    def numbers(log: pd.DataFrame) -> None:
        log["prediction"] = log["distance"]
        log["label"] = log["distance"] + np.random.default_rng(3).normal(0, 50, len(log))
        log.loc[late(log), "prediction"] *= 1.5
        logs.append(log)

    evidence = examined(numbers, without=("score",), task="regression", metric="mae", positive=None)
    (first, *_) = shown(ask(evidence, "errors.examples"), "surest")

    (log,) = logs
    known = late(log) & (log["label_time"] <= pd.Timestamp(evidence.at))
    gap = (log["prediction"] - log["label"]).abs()
    (worst,) = log.loc[gap == gap[known].max(), "id"]
    assert str(worst) in first


def test_examples_of_many_classes_are_shown_the_surest_first(examined: Examined) -> None:
    logs: list[pd.DataFrame] = []

    def classes(log: pd.DataFrame) -> None:
        log["label"] = log["carrier"]
        wrong = np.random.default_rng(2).uniform(size=len(log)) < np.where(late(log), 0.4, 0.1)
        log["prediction"] = np.where(wrong, "AA", log["carrier"])
        log["score"] = np.random.default_rng(3).uniform(0.4, 1.0, len(log))
        logs.append(log)

    evidence = examined(classes, task="multiclass", positive=None)
    (first, *_) = shown(ask(evidence, "errors.examples"), "surest")

    (log,) = logs
    during = log["time"] >= pd.Timestamp(evidence.start)
    known = log["label_time"] <= pd.Timestamp(evidence.at)
    wrong = log[during & known & (log["label"] != log["prediction"])]
    (surest,) = wrong.loc[wrong["score"] == wrong["score"].max(), "id"]
    assert str(surest) in first


@pytest.mark.parametrize("most", [0, 1, 500])
def test_only_a_few_rows_are_ever_shown(examined: Examined, most: int) -> None:
    findings = ask(examined(lose_distance), "errors.examples", {"most": most})

    assert len(findings) <= 40
