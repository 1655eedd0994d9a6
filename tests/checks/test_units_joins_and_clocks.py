"""Other units, values of other rows, other hours: planted, and not there."""

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis import ask
from bot.incident import Finding
from bot.profile.ties import mutual_information
from tests.checks.checks_log import ONSET, Examined, late, mispredict


def suspects(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.verdict == "suspect"]


def the(findings: tuple[Finding, ...]) -> Finding:
    (found,) = suspects(findings)
    return found


def near(finding: Finding, *, hours: float = 4) -> bool:
    assert finding.since is not None
    return abs((finding.since - ONSET).total_seconds()) <= 3600 * hours


@pytest.mark.parametrize(
    ("factor", "added", "kept"),
    [(1 / 60, 0.0, 1), (60.0, 0.0, 1), (0.3048, 0.0, 1), (2.54, 0.0, 1), (1000.0, 0.0, 2)],
)
def test_another_unit_is_found_with_its_conversion(
    examined: Examined, factor: float, added: float, kept: int
) -> None:
    def convert(log: pd.DataFrame) -> None:
        hit = late(log) & (np.arange(len(log)) % kept == 0)
        log.loc[hit, "distance"] = log.loc[hit, "distance"] * factor + added
        mispredict(log, hit)

    found = the(ask(examined(convert), "data.units"))

    assert found.subject == {"feature": "distance", "sign": "scaled"}
    assert found.figures["factor"] == pytest.approx(factor, rel=0.15)
    assert found.figures["share"] == pytest.approx(1 / kept, abs=0.12)
    assert near(found)


def test_degrees_of_another_scale_are_found_with_slope_and_offset(examined: Examined) -> None:
    def convert(log: pd.DataFrame) -> None:
        log["distance"] = np.random.default_rng(6).normal(15, 6, len(log))
        log.loc[late(log), "distance"] = 1.8 * log.loc[late(log), "distance"] + 32
        mispredict(log, late(log))

    found = the(ask(examined(convert), "data.units"))

    assert (found.figures["factor"], found.figures["added"]) == (1.8, 32.0)
    assert found.figures["slope"] == pytest.approx(1.8, rel=0.1)


def test_another_unit_in_one_region_is_placed_there(examined: Examined) -> None:
    def convert(log: pd.DataFrame) -> None:
        hit = late(log) & (log["region"] == "eu")
        log.loc[hit, "distance"] /= 60
        mispredict(log, hit)

    found = the(ask(examined(convert), "data.units"))

    assert "region eu" in found.says
    assert found.figures["share"] == pytest.approx(1 / 3, abs=0.08)
    assert found.figures["accounts"] > 0.8


def test_the_line_through_the_quantiles_is_that_of_plain_pandas(examined: Examined) -> None:
    logs: list[pd.DataFrame] = []

    def convert(log: pd.DataFrame) -> None:
        log.loc[late(log), "distance"] *= 1.609344
        mispredict(log, late(log))
        logs.append(log)

    evidence = examined(convert)
    found = the(ask(evidence, "data.units"))

    (log,) = logs
    levels = np.arange(0.1, 0.95, 0.1)
    during = log["time"] >= pd.Timestamp(evidence.start)
    x, y = (log.loc[rows, "distance"].quantile(levels) for rows in (~during, during))
    slope, _ = np.polyfit(x, y, 1)
    assert found.figures["slope"] == pytest.approx(slope, rel=0.08)
    assert found.figures["fit"] > 0.98


def test_numbers_that_drift_are_not_taken_for_another_unit(examined: Examined) -> None:
    def drift(log: pd.DataFrame) -> None:
        log.loc[late(log), "distance"] += 250.0

    assert suspects(ask(examined(drift), "data.units")) == []


def permute(log: pd.DataFrame, hit: "pd.Series[bool]") -> None:
    random = np.random.default_rng(2)
    for name in ("distance",):
        log.loc[hit, name] = random.permutation(log.loc[hit, name].to_numpy())
    log["prediction"] = (log["distance"] > 1100).astype(int)
    log["score"] = 1 / (1 + np.exp(-(log["distance"] - 1100) / 90))


def with_price(log: pd.DataFrame) -> None:
    """A second feature that goes with the distance."""
    random = np.random.default_rng(4)
    log["price"] = log["distance"] * 0.1 + random.normal(0, 20, len(log))


FEATURES = {
    "predictions": {
        "source": "files", "table": "log.parquet", "segments": ["region"],
        "features": ["distance", "carrier", "price"],
        "columns": {
            "id": "id", "time": "time", "prediction": "prediction", "label": "label",
            "score": "score", "label_time": "label_time",
        },
    }
}  # fmt: skip


def test_values_of_other_rows_are_found_though_they_look_the_same(examined: Examined) -> None:
    logs: list[pd.DataFrame] = []

    def break_join(log: pd.DataFrame) -> None:
        with_price(log)
        permute(log, late(log))
        logs.append(log)

    evidence = examined(break_join, **FEATURES)
    found = the(ask(evidence, "data.joins"))

    assert found.subject == {"feature": "distance", "sign": "both"}
    assert found.figures["label_kept"] == pytest.approx(0.0, abs=0.15)
    assert found.figures["partner_kept"] == pytest.approx(0.0, abs=0.15)
    assert suspects(ask(evidence, "data.distribution")) == []


def test_values_of_other_rows_in_one_region_are_placed_there(examined: Examined) -> None:
    def break_join(log: pd.DataFrame) -> None:
        with_price(log)
        permute(log, late(log) & (log["region"] == "eu"))

    found = the(ask(examined(break_join, **FEATURES), "data.joins"))

    assert (found.subject["segment"], found.subject["value"]) == ("region", "eu")


def test_wrong_labels_are_not_taken_for_a_broken_join(examined: Examined) -> None:
    def swap_labels(log: pd.DataFrame) -> None:
        with_price(log)
        random = np.random.default_rng(2)
        log.loc[late(log), "label"] = random.permutation(log.loc[late(log), "label"].to_numpy())

    assert suspects(ask(examined(swap_labels, **FEATURES), "data.joins")) == []


def test_a_feature_that_drifts_keeps_its_ties(examined: Examined) -> None:
    def drift(log: pd.DataFrame) -> pd.DataFrame:
        with_price(log)
        return log[~late(log) | (log["distance"] > 900)].reset_index(drop=True)

    evidence = examined(drift, **FEATURES)

    tie = evidence.tie(evidence.columns["distance"])
    assert tie is not None
    assert tie.kept == pytest.approx(1.0, abs=3 * tie.error)
    assert suspects(ask(evidence, "data.joins")) == []


def test_mutual_information_equals_plain_pandas() -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"a": random.integers(0, 4, 900), "b": random.integers(0, 3, 900)})
    frame.loc[frame["a"] == 1, "b"] = 2
    table = pd.crosstab(frame["a"], frame["b"])

    found = mutual_information(table.to_numpy())

    share = table / len(frame)
    chance = np.outer(share.sum(axis=1), share.sum(axis=0))
    seen = share.to_numpy() > 0
    plain = (share.to_numpy()[seen] * np.log(share.to_numpy()[seen] / chance[seen])).sum()
    assert found == pytest.approx(plain - (seen.sum() - 4 - 3 + 1) / (2 * len(frame)))


def with_hours(log: pd.DataFrame, *, ahead: int = 0, hit: "pd.Series[bool] | None" = None) -> None:
    hour = log["time"].dt.hour
    rows = late(log) if hit is None else hit
    log["distance"] = hour.where(~rows, (hour + ahead) % 24).astype("int64")
    mispredict(log, rows)


@pytest.mark.parametrize("ahead", [1, -3, 8])
def test_hours_that_moved_against_the_clock_are_found(examined: Examined, ahead: int) -> None:
    evidence = examined(lambda log: with_hours(log, ahead=ahead))

    found = the(ask(evidence, "data.clock"))

    assert found.subject == {"feature": "distance", "sign": "shifted"}
    assert found.figures["hours"] == ahead
    assert found.figures["share"] > 0.9
    assert near(found)


def test_hours_that_moved_in_a_part_of_the_traffic_are_found_with_their_share(
    examined: Examined,
) -> None:
    def shift(log: pd.DataFrame) -> None:
        with_hours(log, ahead=5, hit=late(log) & (log["region"] == "us"))

    found = the(ask(examined(shift), "data.clock"))

    assert found.figures["hours"] == 5
    assert found.figures["share"] == pytest.approx(1 / 3, abs=0.08)


def test_rows_of_any_hour_are_no_shifted_clock(examined: Examined) -> None:
    def generate(log: pd.DataFrame) -> None:
        with_hours(log)
        random = np.random.default_rng(31)
        made = late(log) & (random.uniform(size=len(log)) < 0.4)
        log.loc[made, "distance"] = random.integers(0, 24, int(made.sum()))

    evidence = examined(generate)
    (found,) = ask(evidence, "data.clock")
    (lag,) = filter(None, (evidence.lag(column) for column in evidence.features()))

    assert found.verdict == "clear"
    assert lag.gain < 0  # rows of any hour explain it better than the likeliest lag


def test_hours_that_never_went_with_the_clock_may_have_another_mix(examined: Examined) -> None:
    def later(log: pd.DataFrame) -> None:
        random, hours = np.random.default_rng(4), np.arange(24)
        usual = 0.1 + np.exp(-(((hours - 10) / 2) ** 2)) + np.exp(-(((hours - 16) / 2.5) ** 2))
        evening = usual * np.where(hours >= 14, 1.8, 0.25)
        drawn = [random.choice(24, len(log), p=mix / mix.sum()) for mix in (usual, evening)]
        log["distance"] = np.where(late(log), drawn[1], drawn[0])

    evidence = examined(later)

    assert not suspects(ask(evidence, "data.clock"))
    lag = evidence.lag(evidence.columns["distance"])
    assert lag is not None
    assert lag.gain < 0  # a factor for each hour explains it better than the likeliest lag


def test_hours_that_agree_with_the_clock_are_clear(examined: Examined) -> None:
    (found,) = ask(examined(lambda log: with_hours(log, ahead=0)), "data.clock")

    assert found.verdict == "clear"
    assert "1 features hold hours" in found.says
