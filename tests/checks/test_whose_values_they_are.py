"""Values of the row, of other rows, of one scale, or of none: what tells them apart."""

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis import ask
from bot.incident import Finding
from tests.checks.checks_log import Examined, late, mispredict
from tests.checks.test_units_joins_and_clocks import FEATURES, permute, with_price


def suspects(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.verdict == "suspect"]


def the(findings: tuple[Finding, ...]) -> Finding:
    (found,) = suspects(findings)
    return found


def in_asia(log: pd.DataFrame) -> "pd.Series[bool]":
    return late(log) & (log["region"] == "asia")


def drawn(log: pd.DataFrame, rows: "pd.Series[bool]", *, seed: int = 3) -> np.ndarray:
    """Distances of any rows of the log, for these rows."""
    random = np.random.default_rng(seed)
    return random.choice(log["distance"].to_numpy(), int(rows.sum()))


def middling_asia(log: pd.DataFrame) -> None:
    """Asia's distances are all in the middle of the others', so that it has a range of its own."""
    middle = 900 + 0.3 * log["distance"]
    log["distance"] = middle.where(log["region"] == "asia", log["distance"])
    with_price(log)
    log["label"] = (log["distance"] > 1200).astype(float)


def answer_again(log: pd.DataFrame) -> None:
    log["prediction"] = (log["distance"] > 1200).astype(int)
    log["score"] = 1 / (1 + np.exp(-(log["distance"] - 1200) / 90))


def test_values_of_the_whole_log_in_one_region_are_those_of_other_rows(examined: Examined) -> None:
    def borrow(log: pd.DataFrame) -> None:
        middling_asia(log)
        log.loc[in_asia(log), "distance"] = drawn(log, in_asia(log))
        answer_again(log)

    evidence = examined(borrow, **FEATURES)
    found = the(ask(evidence, "data.joins"))

    assert (found.subject["feature"], found.subject["value"]) == ("distance", "asia")
    assert suspects(ask(evidence, "data.noise")) == []


def test_noise_in_one_region_is_no_broken_join(examined: Examined) -> None:
    def disturb(log: pd.DataFrame) -> None:
        middling_asia(log)
        random = np.random.default_rng(7)
        hit = in_asia(log)
        log.loc[hit, "distance"] += random.normal(0, 1500, int(hit.sum()))
        answer_again(log)

    evidence = examined(disturb, **FEATURES)

    assert the(ask(evidence, "data.noise")).subject == {"feature": "distance"}
    assert suspects(ask(evidence, "data.joins")) == []


def test_another_unit_in_one_region_is_no_broken_join(examined: Examined) -> None:
    def convert(log: pd.DataFrame) -> None:
        middling_asia(log)
        log.loc[in_asia(log), "distance"] *= 0.621371
        answer_again(log)

    evidence = examined(convert, **FEATURES)

    assert suspects(ask(evidence, "data.joins")) == []


def test_another_unit_is_told_by_the_rows_of_the_region_that_has_it(examined: Examined) -> None:
    def convert(log: pd.DataFrame) -> None:
        hit = in_asia(log) & (np.arange(len(log)) % 4 > 0)
        log.loc[hit, "distance"] *= 0.393701
        mispredict(log, hit)

    found = the(ask(examined(convert), "data.units"))

    assert found.figures["factor"] == pytest.approx(0.393701, rel=1e-3)
    assert found.figures["share"] == pytest.approx(0.25, abs=0.05)
    assert "region asia" in found.says


def two_kinds(log: pd.DataFrame) -> None:
    """Two carriers, one of which flies far."""
    random = np.random.default_rng(3)
    wide = (log["distance"] > 1300) ^ (random.uniform(size=len(log)) < 0.1)
    log["carrier"] = np.where(wide, "AA", "DL")


def test_of_two_values_an_exchange_is_told_from_values_of_other_rows(examined: Examined) -> None:
    def exchange(log: pd.DataFrame) -> None:
        two_kinds(log)
        hit = late(log) & (np.random.default_rng(5).uniform(size=len(log)) < 0.5)
        log.loc[hit, "carrier"] = log.loc[hit, "carrier"].map({"AA": "DL", "DL": "AA"})
        mispredict(log, hit)

    def mix_up(log: pd.DataFrame) -> None:
        two_kinds(log)
        random = np.random.default_rng(5)
        log.loc[late(log), "carrier"] = random.permutation(log.loc[late(log), "carrier"])
        mispredict(log, late(log) & (random.uniform(size=len(log)) < 0.3))

    assert the(ask(examined(exchange), "data.categories")).subject["sign"] == "recoded"
    assert suspects(ask(examined(mix_up), "data.categories")) == []


def test_rows_that_one_value_lost_to_several_were_not_merged(examined: Examined) -> None:
    def turn_away(log: pd.DataFrame) -> None:
        random = np.random.default_rng(8)
        leave = late(log) & (log["carrier"] == "AA") & (random.uniform(size=len(log)) < 0.5)
        log.loc[leave, "carrier"] = random.choice(["DL", "UA"], int(leave.sum()), p=[0.7, 0.3])
        mispredict(log, leave)

    assert suspects(ask(examined(turn_away), "data.categories")) == []


def daytime(log: pd.DataFrame, *, ahead: int = 0) -> pd.DataFrame:
    """A shop that is open from 8 to 17, with the hour as a feature."""
    log["distance"] = log["time"].dt.hour.astype("int64")
    open_now = log[log["distance"].between(8, 17)].reset_index(drop=True)
    open_now.loc[late(open_now), "distance"] += ahead
    mispredict(open_now, late(open_now) & (np.arange(len(open_now)) % 3 == 0))
    return open_now


def test_the_hours_of_a_shop_that_closes_at_night_go_with_the_clock(examined: Examined) -> None:
    moved = examined(lambda log: daytime(log, ahead=5))
    found = the(ask(moved, "data.clock"))

    assert found.subject == {"feature": "distance", "sign": "shifted"}
    assert found.figures["hours"] == 5
    assert suspects(ask(moved, "data.ranges")) == []
    assert suspects(ask(examined(daytime), "data.clock")) == []


def test_few_whole_numbers_that_ignore_the_clock_are_no_hours(examined: Examined) -> None:
    def count(log: pd.DataFrame) -> None:
        log["distance"] = np.random.default_rng(4).integers(8, 18, len(log))
        mispredict(log, late(log) & (np.arange(len(log)) % 3 == 0))

    (found,) = ask(examined(count), "data.clock")

    assert "0 features hold hours" in found.says


@pytest.mark.parametrize(("value", "sign"), [(812.25, "frozen"), (813.75, "default")])
def test_a_value_that_it_had_long_before_stood_still_and_another_is_a_default(
    examined: Examined, value: float, sign: str
) -> None:
    def fill(log: pd.DataFrame) -> None:
        log.loc[100, "distance"] = 812.25
        hit = late(log) & (np.arange(len(log)) % 3 > 0)
        log.loc[hit, "distance"] = value
        mispredict(log, hit)

    found = the(ask(examined(fill), "data.constants"))

    assert (found.subject["value"], found.subject["sign"]) == (str(value), sign)


@pytest.mark.parametrize("written", [True, False])
def test_more_zeros_that_go_with_their_rows_are_no_default(
    examined: Examined, *, written: bool
) -> None:
    def crowd(log: pd.DataFrame) -> pd.DataFrame:
        log["stops"] = np.where(log["distance"] < 1100, 0, 1 + log["id"].str[-1].astype(int) % 3)
        hit = late(log) & (np.arange(len(log)) % 4 > 0)
        if written:
            log.loc[hit, "stops"] = 0
            mispredict(log, hit)
            return log
        kept = log[~hit | (log["stops"] == 0)].reset_index(drop=True)
        mispredict(kept, late(kept) & (np.arange(len(kept)) % 5 == 0))
        return kept

    named = {**FEATURES["predictions"], "features": ["distance", "stops"]}
    found = suspects(ask(examined(crowd, predictions=named), "data.constants"))

    assert [one.subject["feature"] for one in found] == ["stops"] * written


@pytest.mark.parametrize("step", [400.0, 600.0])
def test_numbers_that_lost_their_digits_are_neither_a_unit_nor_a_default(
    examined: Examined, step: float
) -> None:
    def floor(log: pd.DataFrame) -> None:
        hit = late(log) & (np.arange(len(log)) % 4 > 0)
        log.loc[hit, "distance"] = np.floor(log.loc[hit, "distance"] / step) * step
        mispredict(log, hit)

    evidence = examined(floor)
    found = the(ask(evidence, "data.noise"))

    assert found.subject == {"feature": "distance", "sign": "coarse"}
    assert found.figures["share"] == pytest.approx(0.75, abs=0.1)
    assert suspects(ask(evidence, "data.units")) == []


def test_whole_numbers_that_come_more_often_lost_no_digits(examined: Examined) -> None:
    def favour(log: pd.DataFrame) -> pd.DataFrame:
        log["distance"] = (log["distance"] / 100).round() * 100
        random = np.random.default_rng(6)
        keep = ~late(log) | (log["distance"] % 300 == 0) | (random.uniform(size=len(log)) < 0.3)
        kept = log[keep].reset_index(drop=True)
        mispredict(kept, late(kept) & (np.arange(len(kept)) % 5 == 0))
        return kept

    found = suspects(ask(examined(favour), "data.noise"))

    assert [one.subject.get("sign") for one in found] == []


def test_values_of_other_rows_are_still_found_where_every_region_has_them(
    examined: Examined,
) -> None:
    def break_join(log: pd.DataFrame) -> None:
        with_price(log)
        permute(log, late(log))

    assert the(ask(examined(break_join, **FEATURES), "data.joins")).subject["sign"] == "both"


def test_noise_on_a_feature_that_says_little_of_the_label_is_found(examined: Examined) -> None:
    def disturb(log: pd.DataFrame) -> None:
        random = np.random.default_rng(11)
        log["price"] = random.normal(0, 1, len(log))
        log["twin"] = log["price"] + random.normal(0, 0.2, len(log))
        hit = late(log)
        log.loc[hit, "price"] += random.normal(0, 3, int(hit.sum()))
        mispredict(log, hit & (random.uniform(size=len(log)) < 0.3))

    named = {**FEATURES["predictions"], "features": ["distance", "price", "twin"]}
    (found,) = ask(examined(disturb, predictions=named), "data.noise")

    assert found.verdict == "clear"  # it scatters, but no tie shows what became of its rows


def test_a_value_that_took_over_in_one_region_alone_is_frozen_there(examined: Examined) -> None:
    def freeze(log: pd.DataFrame) -> None:
        log["distance"] = log["distance"].round()
        hit = in_asia(log) & (np.arange(len(log)) % 2 == 0)
        # Elsewhere other values gain as much, so that in all rows no value stands out.
        log.loc[late(log) & (log["region"] == "us"), "distance"] *= 0.5
        log.loc[hit, "distance"] = 950.0
        mispredict(log, hit)

    found = the(ask(examined(freeze), "data.constants"))

    assert (found.subject["value"], found.subject["sign"]) == ("950", "frozen")
    assert found.segments == ({"region": "asia"},)
