"""Values that came or moved in a way that clears what they look like at first."""

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis import ask
from bot.incident import Finding
from tests.checks.checks_log import Examined, late, mispredict
from tests.checks.test_units_joins_and_clocks import FEATURES, permute, with_price

TWO = {"predictions": {**FEATURES["predictions"], "features": ["distance", "stops"]}}
CARRIERS = {"predictions": {**FEATURES["predictions"], "features": ["distance", "carrier"]}}


def suspects(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.verdict == "suspect"]


def some(log: pd.DataFrame) -> "pd.Series[bool]":
    """Two in three of the rows since the onset."""
    return late(log) & (np.arange(len(log)) % 3 > 0)


def with_stops(log: pd.DataFrame) -> None:
    log["stops"] = np.random.default_rng(2).normal(700, 60, len(log))


@pytest.mark.parametrize("swapped", [True, False])
def test_two_numbers_with_each_others_values_were_swapped(
    examined: Examined, *, swapped: bool
) -> None:
    def move(log: pd.DataFrame) -> None:
        with_stops(log)
        hit = some(log)
        if swapped:
            log.loc[hit, ["distance", "stops"]] = log.loc[hit, ["stops", "distance"]].to_numpy()
        else:
            log.loc[hit, "distance"] *= 0.621371
            log.loc[hit, "stops"] *= 0.621371
        mispredict(log, hit)

    found = [
        one for one in suspects(ask(examined(move, **TWO), "data.schema"))
        if one.subject["sign"] == "swapped"
    ]  # fmt: skip

    pairs = {(one.subject["feature"], one.subject["other"]) for one in found}
    assert pairs == ({("distance", "stops"), ("stops", "distance")} if swapped else set())
    assert all(one.figures["share"] == pytest.approx(0.67, abs=0.06) for one in found)


@pytest.mark.parametrize(("kept", "sign"), [("below", "limit"), ("none", "default")])
def test_a_value_that_took_only_what_lay_beyond_it_is_a_limit(
    examined: Examined, kept: str, sign: str
) -> None:
    def stop(log: pd.DataFrame) -> None:
        hit = some(log) if kept == "none" else late(log) & (log["distance"] > 1250.5)
        log.loc[hit, "distance"] = 1250.5
        mispredict(log, hit)

    (found,) = suspects(ask(examined(stop), "data.constants"))

    assert (found.subject["value"], found.subject["sign"]) == ("1250.5", sign)


def test_a_count_in_thousandths_is_another_unit_and_neither_a_limit_nor_a_default(
    examined: Examined,
) -> None:
    def count(log: pd.DataFrame) -> None:
        random = np.random.default_rng(2)
        stops = random.choice([0.0, 1.0, 2.0, 3.0], len(log), p=[0.5, 0.4, 0.06, 0.04])
        told = random.uniform(size=len(log)) < 0.3
        log["stops"], log["label"] = stops, np.where(told, stops > 0, log["label"]).astype(float)
        log.loc[some(log), "stops"] /= 1000
        mispredict(log, some(log))

    evidence = examined(count, **TWO)

    (found,) = suspects(ask(evidence, "data.units"))
    assert (found.subject["feature"], found.figures["factor"]) == ("stops", 0.001)
    assert not suspects(ask(evidence, "data.constants"))


@pytest.mark.parametrize("of_one", [True, False])
def test_a_new_value_with_the_rows_of_one_known_value_is_its_name(
    examined: Examined, *, of_one: bool
) -> None:
    def rename(log: pd.DataFrame) -> None:
        hit = late(log) & (log["carrier"] == "AA") if of_one else some(log)
        log.loc[hit, "carrier"] = "unknown"
        mispredict(log, hit)

    evidence = examined(rename, **CARRIERS)

    defaults = [one.subject["sign"] for one in suspects(ask(evidence, "data.constants"))]
    assert defaults == [] if of_one else ["default"]
    recoded = [one.subject["sign"] for one in suspects(ask(evidence, "data.categories"))]
    assert ("recoded" in recoded) is of_one


@pytest.mark.parametrize("where", ["eu", "everywhere"])
def test_a_value_that_grew_where_nothing_is_wrong_does_no_harm(
    examined: Examined, where: str
) -> None:
    def grow(log: pd.DataFrame) -> None:
        hit = some(log)
        log.loc[hit, "carrier"] = "DL"
        mispredict(log, hit if where == "everywhere" else late(log) & (log["region"] == where))

    (found,) = suspects(ask(examined(grow, **CARRIERS), "data.constants"))

    assert found.subject["value"] == "DL"
    assert (found.figures["accounts"] > 0.5) is (where == "everywhere")


@pytest.mark.parametrize("wrong", ["asia", "us"])
def test_a_join_that_broke_where_nothing_is_wrong_does_no_harm(
    examined: Examined, wrong: str
) -> None:
    def loosen(log: pd.DataFrame) -> None:
        with_price(log)
        regions = np.random.default_rng(9).choice(["eu", "us", "asia"], len(log), p=[0.4, 0.4, 0.2])
        log["region"] = regions
        answers = log[["prediction", "score"]].copy()
        permute(log, late(log) & (log["region"] == "asia"))
        log[["prediction", "score"]] = answers  # of a model that hardly reads the distance
        hit = late(log) & (log["region"] == wrong)
        mispredict(log, hit & (np.arange(len(log)) % 2 == 0))

    (found,) = suspects(ask(examined(loosen, **FEATURES), "data.joins"))

    assert found.subject["value"] == "asia"
    assert (found.figures["accounts"] > 0.5) is (wrong == "asia")


def test_a_value_that_is_renewed_every_few_hours_stands_still_though_few_values_are_left(
    examined: Examined,
) -> None:
    def renew(log: pd.DataFrame) -> None:
        log["distance"] = (log["distance"] / 300).round() * 300
        hit = late(log)
        span = log["time"].dt.floor("3h")
        log.loc[hit, "distance"] = log.groupby(span)["distance"].transform("first")[hit]
        mispredict(log, hit & (np.arange(len(log)) % 2 == 0))

    (found,) = suspects(ask(examined(renew), "data.constants"))

    assert found.subject == {"feature": "distance", "sign": "frozen", "way": "copies"}


def test_two_columns_of_one_table_come_from_one_wrong_row_together(examined: Examined) -> None:
    def break_table(log: pd.DataFrame) -> None:
        with_price(log)
        random = np.random.default_rng(12)
        log["weight"] = log["distance"] + random.normal(0, 500, len(log))
        others = random.permutation(log.index[late(log)])
        table = ["distance", "price"]
        log.loc[late(log), table] = log.loc[others, table].to_numpy()
        log["prediction"] = (log["distance"] > 1100).astype(int)
        log["score"] = 1 / (1 + np.exp(-(log["distance"] - 1100) / 90))

    features = ["distance", "price", "weight"]
    named = {"predictions": {**FEATURES["predictions"], "features": features}}
    found = suspects(ask(examined(break_table, **named), "data.joins"))

    assert {one.subject["feature"] for one in found} <= {"distance", "price"}
    assert "of it with weight" in found[0].says


def test_a_label_that_changed_leaves_two_columns_with_the_rest_of_their_rows(
    examined: Examined,
) -> None:
    def change(log: pd.DataFrame) -> None:
        with_price(log)
        random = np.random.default_rng(12)
        log["weight"] = log["distance"] + random.normal(0, 100, len(log))
        log.loc[late(log), "label"] = random.permutation(log.loc[late(log), "label"].to_numpy())

    features = ["distance", "price", "weight"]
    named = {"predictions": {**FEATURES["predictions"], "features": features}}

    assert suspects(ask(examined(change, **named), "data.joins")) == []
