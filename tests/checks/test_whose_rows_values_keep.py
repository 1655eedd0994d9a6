"""Values that came by themselves go with the rest of their rows, those put there do not."""

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis import ask, every_finding
from bot.diagnosis.conclude import conclude
from bot.profile.beside import Skew
from tests.checks.checks_log import Examined, late, mispredict
from tests.checks.test_units_joins_and_clocks import (
    FEATURES,
    permute,
    suspects,
    the,
    with_price,
)


@pytest.mark.parametrize("whole", [False, True])
def test_longer_flights_at_the_price_of_longer_flights_are_no_other_unit(
    examined: Examined, *, whole: bool
) -> None:
    def lengthen(log: pd.DataFrame) -> pd.DataFrame:
        with_price(log)
        if not whole:
            log.loc[late(log), "distance"] *= 1.609344
            return log
        log = log.sort_values("distance", ignore_index=True)
        like = log["distance"].searchsorted(log.loc[late(log), "distance"] * 1.609344)
        moved = ["distance", "price", "label", "prediction", "score"]
        log.loc[late(log), moved] = log.loc[like.clip(max=len(log) - 1), moved].to_numpy()
        return log.sort_values("time", ignore_index=True)

    found = suspects(ask(examined(lengthen, **FEATURES), "data.units"))

    assert [one.subject["feature"] for one in found] == ([] if whole else ["distance"])


def test_counts_of_days_that_became_rounded_weeks_are_another_unit(examined: Examined) -> None:
    def convert(log: pd.DataFrame) -> None:
        with_price(log)
        log["distance"] = (log["distance"] / 150).round()
        log.loc[late(log), "distance"] = (log.loc[late(log), "distance"] / 7).round(4)
        mispredict(log, late(log))

    found = the(ask(examined(convert, **FEATURES), "data.units"))

    assert "days to weeks" in found.says
    assert found.figures["factor"] == pytest.approx(1 / 7)


@pytest.mark.parametrize("noise", [False, True])
def test_numbers_that_leave_their_range_to_both_sides_are_in_no_other_unit(
    examined: Examined, *, noise: bool
) -> None:
    def disturb(log: pd.DataFrame) -> None:
        log["distance"] += 500
        hit = late(log) & (np.arange(len(log)) % 4 == 0)
        error = np.random.default_rng(8).normal(0, 6000, hit.sum())
        log.loc[hit, "distance"] += error if noise else 6000 + np.abs(error)
        mispredict(log, hit)

    found = the(ask(examined(disturb), "data.ranges"))

    assert (found.subject["sign"] == "scattered") is noise


def test_values_held_in_half_of_the_rows_stand_still_though_each_became_frequent(
    examined: Examined,
) -> None:
    def hold(log: pd.DataFrame) -> None:
        with_price(log)
        hit = late(log) & (np.random.default_rng(3).uniform(size=len(log)) < 0.6)
        spans = log["time"].dt.floor("3h")
        log.loc[hit, "distance"] = log.groupby(spans)["distance"].transform("first")[hit]
        mispredict(log, hit)

    found = the(ask(examined(hold, **FEATURES), "data.constants"))

    assert found.subject == {"feature": "distance", "sign": "frozen", "way": "copies"}


@pytest.mark.parametrize("reads", [False, True])
def test_a_broken_join_does_harm_as_far_as_answers_hang_on_the_feature(
    examined: Examined, *, reads: bool
) -> None:
    def loosen(log: pd.DataFrame) -> None:
        with_price(log)
        answers = log[["prediction", "score"]].copy()
        permute(log, late(log))
        if not reads:
            log[["prediction", "score"]] = answers
        mispredict(log, late(log) & (np.arange(len(log)) % 4 == 0))

    found = the(ask(examined(loosen, **FEATURES), "data.joins"))

    assert found.subject["feature"] == "distance"
    assert found.figures["relied"] == pytest.approx(0.75 if reads else 0.0, abs=0.2)


def test_rows_of_which_nothing_belongs_together_are_no_broken_join(examined: Examined) -> None:
    def make_up(log: pd.DataFrame) -> None:
        with_price(log)
        random = np.random.default_rng(5)
        log["weight"] = log["price"] + random.normal(0, 20, len(log))
        hit = late(log) & (random.uniform(size=len(log)) < 0.6)
        for name in ("distance", "price", "weight"):
            log.loc[hit, name] = random.permutation(log.loc[hit, name].to_numpy())

    features = ["distance", "price", "weight"]
    named = {"predictions": {**FEATURES["predictions"], "features": features}}

    assert suspects(ask(examined(make_up, **named), "data.joins")) == []


def test_a_few_rows_that_differ_are_no_chance_where_none_of_many_did() -> None:
    few = Skew(feature="dewp", rows=1343, differ=1, rows_during=106, differ_during=9)
    usual = Skew(feature="dewp", rows=1343, differ=120, rows_during=106, differ_during=12)

    # 9 ln(9/106 / (1.5/1344)) + 97 ln((97/106) / (1342.5/1344)) by hand
    assert few.surplus == pytest.approx(30.5, abs=0.1)
    assert usual.surplus < 1


def test_a_lost_feature_is_named_where_scores_got_worse_and_no_more_answers_are_wrong(
    examined: Examined,
) -> None:
    def lose(log: pd.DataFrame) -> None:
        hit = late(log) & (np.arange(len(log)) % 10 > 0)
        log.loc[hit, "distance"] = np.nan
        log.loc[hit, "prediction"] = log.loc[hit, "label"].astype(int)
        log.loc[hit, "score"] = np.where(log.loc[hit, "prediction"] == 1, 0.52, 0.48)

    evidence = examined(lose, metric="brier")
    first = conclude(evidence, every_finding(evidence)).hypotheses[0]

    assert evidence.extra_errors < 0
    assert (first.cause, first.features) == ("missing_values", ("distance",))
    assert first.confidence > 0.9
