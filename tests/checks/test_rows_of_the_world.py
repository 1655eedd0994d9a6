"""Other rows of the world, each as such rows always were, against values and classes that moved."""

import numpy as np
import pandas as pd

from bot.diagnosis import ask
from bot.incident import Finding
from tests.checks.checks_log import Examined, late, mispredict


def suspects(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.verdict == "suspect"]


def drawn(log: pd.DataFrame, weights: pd.Series) -> pd.DataFrame:
    """The log with as many late rows as before, each kind as often as it is weighted."""
    since = log[late(log)]
    picked = since.sample(len(since), replace=True, weights=weights[since.index], random_state=5)
    drawn_log = log.copy()
    for name in ("distance", "score", "prediction", "label"):
        drawn_log.loc[since.index, name] = picked[name].to_numpy()
    return drawn_log


def near_the_decision(log: pd.DataFrame) -> pd.DataFrame:
    return drawn(log, 1 + 12.0 * ((log["distance"] - 1100).abs() < 250))


def more_of_one_class(log: pd.DataFrame) -> pd.DataFrame:
    # The model misses a third of the positive rows whatever their distance.
    missed = (log["label"] == 1) & (np.random.default_rng(3).uniform(size=len(log)) < 0.35)
    log["prediction"] = log["label"].where(~missed, 0).astype(int)
    log["score"] = np.where(log["prediction"] == 1, 0.8, 0.2)
    return drawn(log, 1 + 5.0 * log["label"])


def test_rows_that_came_more_often_have_their_values_by_right(examined: Examined) -> None:
    evidence = examined(near_the_decision)
    origin = evidence.origin(evidence.columns["distance"])

    assert origin is not None
    assert origin.genuine
    assert origin.turned < 0.2


def test_values_of_another_unit_are_not_those_of_their_rows(examined: Examined) -> None:
    def convert(log: pd.DataFrame) -> None:
        log.loc[late(log), "distance"] *= 1.609344
        mispredict(log, late(log))

    evidence = examined(convert)
    origin = evidence.origin(evidence.columns["distance"])

    assert origin is not None
    assert not origin.genuine


def test_one_value_in_the_place_of_others_is_not_that_of_its_rows(examined: Examined) -> None:
    def fill(log: pd.DataFrame) -> None:
        hit = late(log) & (np.arange(len(log)) % 2 == 0)
        log.loc[hit, "distance"] = log["distance"].quantile(0.9)
        mispredict(log, hit)

    evidence = examined(fill)
    origin = evidence.origin(evidence.columns["distance"])

    assert origin is None or not origin.genuine


def test_values_that_moved_with_their_classes_are_no_prior_shift(examined: Examined) -> None:
    evidence = examined(near_the_decision)
    lead = evidence.lead(evidence.columns["distance"])

    assert lead is not None
    assert lead.by_values
    assert not suspects(ask(evidence, "drift.prior"))
    assert suspects(ask(evidence, "drift.covariate"))


def test_values_that_moved_along_with_the_classes_are_no_shift_of_theirs(
    examined: Examined,
) -> None:
    evidence = examined(more_of_one_class)
    lead = evidence.lead(evidence.columns["distance"])

    assert lead is not None
    assert lead.by_classes
    assert suspects(ask(evidence, "drift.prior"))
    assert not suspects(ask(evidence, "drift.covariate"))
