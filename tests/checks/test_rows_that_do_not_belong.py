"""Answers of other rows, made-up rows, labels drawn at random and noise: planted, and not there."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis import ask, conclude, every_finding
from bot.incident import Finding
from bot.profile import Evidence
from tests.checks.checks_log import COLUMNS, Examined, late, mispredict

PREDICTIONS = {
    "source": "files", "table": "log.parquet", "segments": ["region"],
    "features": ["distance", "hours", "fare", "carrier"], "columns": COLUMNS,
}  # fmt: skip


def tie_features(log: pd.DataFrame) -> None:
    """Two more features that go with the distance, and so with the label and the answer."""
    random = np.random.default_rng(3)
    log["hours"] = log["distance"] / 800 + random.normal(0, 0.2, len(log))
    log["fare"] = log["distance"] / 9 + random.normal(0, 20, len(log))


def mix_up_answers(log: pd.DataFrame, part: float = 0.6) -> None:
    tie_features(log)
    random = np.random.default_rng(4)
    hit = np.flatnonzero(late(log) & (random.random(len(log)) < part))
    of_others = random.permutation(hit)
    for name in ("score", "prediction"):
        log.loc[hit, name] = log[name].to_numpy()[of_others]


def mix_up_labels(log: pd.DataFrame) -> None:
    tie_features(log)
    random = np.random.default_rng(5)
    hit = np.flatnonzero(late(log) & (random.random(len(log)) < 0.6))
    log.loc[hit, "label"] = log["label"].to_numpy()[random.permutation(hit)]


def load_test(log: pd.DataFrame) -> pd.DataFrame:
    """Each value is plausible, no row is; the model answers what it was asked."""
    tie_features(log)
    random = np.random.default_rng(6)
    extra = log[late(log)].copy()
    for name in ("distance", "hours", "fare", "carrier", "label"):
        extra[name] = random.permutation(extra[name].to_numpy())
    extra["score"] = 1 / (1 + np.exp(-(extra["distance"] - 1100) / 90))
    extra["prediction"] = (extra["score"] > 0.5).astype(int)
    extra["id"] = "x" + extra["id"]
    return pd.concat([log, extra]).sort_values("time", ignore_index=True)


def break_one_join(log: pd.DataFrame) -> None:
    """Fares of other rows; the model reads the distance alone, so that the label has to go."""
    tie_features(log)
    random = np.random.default_rng(7)
    hit = np.flatnonzero(late(log))
    log.loc[hit, "fare"] = log["fare"].to_numpy()[random.permutation(hit)]
    log.loc[hit[::3], "prediction"] = 1 - log.loc[hit[::3], "prediction"]


def the(findings: tuple[Finding, ...]) -> Finding:
    (found,) = findings
    return found


@pytest.mark.parametrize(
    ("breaking", "part"),
    [(mix_up_answers, "answers"), (mix_up_labels, "labels"), (load_test, "rows")],
)
def test_what_came_loose_from_all_the_rest_is_named(
    examined: Examined, breaking: Callable[[pd.DataFrame], pd.DataFrame | None], part: str
) -> None:
    found = the(ask(examined(breaking, predictions=PREDICTIONS), "data.rows"))

    assert found.subject == {"part": part}
    assert found.strength > 8


def test_nothing_is_loose_in_calm_traffic(examined: Examined) -> None:
    found = the(ask(examined(tie_features, predictions=PREDICTIONS), "data.rows"))

    assert found.verdict == "clear"


def test_one_feature_of_other_rows_is_no_mix_up_of_rows(examined: Examined) -> None:
    found = the(ask(examined(break_one_join, predictions=PREDICTIONS), "data.rows"))

    assert found.verdict == "clear"


def test_noise_is_found_where_a_number_scatters_and_says_less(examined: Examined) -> None:
    def scatter(log: pd.DataFrame) -> None:
        tie_features(log)
        random = np.random.default_rng(8)
        log.loc[late(log), "fare"] += random.normal(0, 120, int(late(log).sum()))

    found = the(ask(examined(scatter, predictions=PREDICTIONS), "data.noise"))

    assert found.subject == {"feature": "fare"}
    assert min(found.figures["low_end"], found.figures["high_end"]) > 0.05


def test_wider_traffic_that_goes_with_its_row_is_no_noise(examined: Examined) -> None:
    def widen(log: pd.DataFrame) -> None:
        random = np.random.default_rng(9)
        far = late(log) & (random.random(len(log)) < 0.5)
        log.loc[far, "distance"] = random.choice([30.0, 4000.0], int(far.sum()))
        tie_features(log)
        log.loc[far, "label"] = (log["distance"] > 1100).astype(float)[far]

    found = the(ask(examined(widen, predictions=PREDICTIONS), "data.noise"))

    assert found.verdict == "clear"


def test_answers_of_other_rows_are_none_of_the_known_causes(examined: Examined) -> None:
    evidence: Evidence = examined(mix_up_answers, predictions=PREDICTIONS)

    first = conclude(evidence, every_finding(evidence)).hypotheses[0]

    assert first.cause == "unknown"
    assert "data.rows" in {f.check for f in every_finding(evidence) if f.verdict == "suspect"}
    assert "predictions lost the same part" in first.says
    assert first.actions[0].kind == "ask"


def test_one_answer_to_many_without_a_score_is_a_default(examined: Examined) -> None:
    def answer_by_default(log: pd.DataFrame) -> None:
        tie_features(log)
        random = np.random.default_rng(10)
        log["label"] = log["distance"] + random.normal(0, 60, len(log))
        log["prediction"] = log["distance"].round(2)
        hit = late(log) & (random.random(len(log)) < 0.4)
        log.loc[hit, "prediction"] = 1080.0

    columns = {role: name for role, name in COLUMNS.items() if role != "score"}
    evidence: Evidence = examined(
        answer_by_default, without=("score",), task="regression", metric="mae", positive=None,
        predictions=PREDICTIONS | {"columns": columns},
    )  # fmt: skip

    found = the(ask(evidence, "data.rows"))

    assert found.subject == {"part": "default"}
    assert found.figures["answers_lost"] == pytest.approx(0.4, abs=0.1)


def test_a_rename_into_several_values_is_no_default(examined: Examined) -> None:
    def rename(log: pd.DataFrame) -> None:
        hit = late(log)
        log.loc[hit, "carrier"] = log.loc[hit, "carrier"].map(
            {"AA": "100", "DL": "100", "UA": "101", "WN": "100"}
        )
        mispredict(log, hit)

    found = ask(examined(rename, predictions=PREDICTIONS | {"features": ["distance", "carrier"]}),
                "data.constants")  # fmt: skip

    assert not [one for one in found if one.verdict == "suspect"]


def test_a_fault_without_a_name_still_has_its_place(examined: Examined) -> None:
    def turn(log: pd.DataFrame) -> None:
        random = np.random.default_rng(8)
        hit = late(log) & (log["region"] == "eu") & (random.random(len(log)) < 0.5)
        log.loc[hit, "prediction"] = 1 - log.loc[hit, "prediction"]

    evidence = examined(turn)
    first = conclude(evidence, every_finding(evidence)).hypotheses[0]

    assert first.cause == "unknown"
    assert first.segments == ({"region": "eu"},)
