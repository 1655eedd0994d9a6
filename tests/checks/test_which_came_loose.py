"""Which part of a row changed: its answer, its label, or a feature on its way to the model."""

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis import ask, conclude, every_finding
from bot.incident import Finding
from tests.checks.checks_log import Examined, late
from tests.checks.test_rows_that_do_not_belong import (
    PREDICTIONS,
    mix_up_answers,
    mix_up_labels,
    the,
    tie_features,
)


def smooth_fares(log: pd.DataFrame) -> None:
    """Fares as the mean of their neighbours in time; the model reads them as they come."""
    tie_features(log)
    smoothed = log["fare"].rolling(12, min_periods=1).mean()
    log.loc[late(log), "fare"] = smoothed[late(log)]
    log["score"] = 1 / (1 + np.exp(-(9 * log["fare"] - 1100) / 90))
    log["prediction"] = (log["score"] > 0.5).astype(int)


def bent(findings: tuple[Finding, ...]) -> list[str]:
    return [f.subject["feature"] for f in findings if f.subject.get("sign") == "bent"]


def test_answers_that_came_loose_clear_the_labels(examined: Examined) -> None:
    found = the(ask(examined(mix_up_answers, predictions=PREDICTIONS), "drift.concept"))

    assert found.verdict == "clear"
    assert found.figures["by_labels"] < -3
    assert "not the labels" in found.says


def test_labels_that_came_loose_are_not_cleared(examined: Examined) -> None:
    evidence = examined(mix_up_labels, predictions=PREDICTIONS)

    assert evidence.belonging.by_labels is not None
    assert evidence.belonging.by_labels > 3
    assert the(ask(evidence, "drift.concept")).verdict == "suspect"


def test_labels_that_came_loose_from_all_features_alike_are_no_kind_of_case(
    examined: Examined,
) -> None:
    evidence = examined(mix_up_labels, predictions=PREDICTIONS)

    assert evidence.belonging.labels_alike
    assert the(ask(evidence, "drift.concept")).subject == {"sign": "flat"}
    assert the(ask(evidence, "data.rows")).subject == {"part": "labels"}


def test_a_world_that_changed_for_heavy_rows_loosens_their_weight_more_than_their_way(
    examined: Examined,
) -> None:
    def change(log: pd.DataFrame) -> None:
        tie_features(log)
        log["weight"] = np.random.default_rng(5).normal(0, 1, len(log))
        log["label"] = (log["distance"] + 500 * log["weight"] > 1100).astype(float)
        log["prediction"] = log["label"].astype(int)
        heavy = late(log) & (log["weight"] > 0.8)
        log.loc[heavy, "label"] = 1 - log.loc[heavy, "label"]

    found = examined(
        change, predictions=PREDICTIONS | {"features": [*PREDICTIONS["features"], "weight"]}
    ).belonging

    assert found.labels is not None
    assert found.labels.z > 5
    assert not found.labels_alike


def test_a_number_that_is_smoothed_on_its_way_is_bent(examined: Examined) -> None:
    found = ask(examined(smooth_fares, predictions=PREDICTIONS), "data.noise")

    assert bent(found) == ["fare"]


def test_other_traffic_that_goes_with_its_row_is_not_bent(examined: Examined) -> None:
    def travel_farther(log: pd.DataFrame) -> None:
        log.loc[late(log), "distance"] *= 2.5
        log["label"] = (log["distance"] > 1100).astype(float)
        tie_features(log)

    assert bent(ask(examined(travel_farther, predictions=PREDICTIONS), "data.noise")) == []


def test_a_bent_number_that_nothing_else_explains_is_none_of_the_causes(
    examined: Examined,
) -> None:
    evidence = examined(smooth_fares, predictions=PREDICTIONS)
    first = conclude(evidence, every_finding(evidence)).hypotheses[0]

    assert first.cause == "unknown"


def test_answers_turned_round_by_chance_hold_the_extra_errors(examined: Examined) -> None:
    def turn(log: pd.DataFrame) -> None:
        random = np.random.default_rng(8)
        hit = late(log) & (random.random(len(log)) < 0.2)
        log.loc[hit, "prediction"] = 1 - log.loc[hit, "prediction"]

    found = the(ask(examined(turn), "model.threshold"))

    assert found.figures["holds"] == pytest.approx(1.0, abs=0.15)


def test_wrong_labels_keep_every_answer_to_the_rule(examined: Examined) -> None:
    found = the(ask(examined(mix_up_labels, predictions=PREDICTIONS), "model.threshold"))

    assert found.figures["holds"] == pytest.approx(0.0, abs=0.05)
