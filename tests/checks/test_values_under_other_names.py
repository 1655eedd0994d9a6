"""Values that are written otherwise, and values that only came more often."""

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis import ask
from bot.incident import Finding
from tests.checks.checks_log import Examined, late, mispredict


def suspects(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.verdict == "suspect"]


def the(findings: tuple[Finding, ...]) -> Finding:
    (found,) = suspects(findings)
    return found


def carriers_that_tell(log: pd.DataFrame) -> None:
    """Gives each carrier distances, and so labels, of its own."""
    random = np.random.default_rng(3)
    near = pd.cut(log["distance"], [0, 700, 1000, 1500, np.inf], labels=["AA", "DL", "UA", "WN"])
    own = near.astype(str).to_numpy()
    log["carrier"] = np.where(random.uniform(size=len(log)) < 0.8, own, log["carrier"])


def some_of(log: pd.DataFrame, part: float) -> "pd.Series[bool]":
    return late(log) & (np.random.default_rng(5).uniform(size=len(log)) < part)


@pytest.mark.parametrize("part", [1.0, 0.6])
def test_values_that_change_places_in_a_circle_are_recoded(examined: Examined, part: float) -> None:
    circle = {"AA": "DL", "DL": "UA", "UA": "WN", "WN": "AA"}

    def turn(log: pd.DataFrame) -> None:
        carriers_that_tell(log)
        hit = some_of(log, part)
        log.loc[hit, "carrier"] = log.loc[hit, "carrier"].map(circle)
        mispredict(log, hit)

    found = the(ask(examined(turn), "data.categories"))

    assert found.subject == {"feature": "carrier", "sign": "recoded"}
    assert "changed places" in found.says


def test_values_that_are_merged_into_another_are_recoded_and_not_frozen(examined: Examined) -> None:
    def merge(log: pd.DataFrame) -> None:
        carriers_that_tell(log)
        hit = late(log) & log["carrier"].isin(["AA", "DL"])
        log.loc[hit, "carrier"] = "UA"
        mispredict(log, hit)

    evidence = examined(merge)
    found = the(ask(evidence, "data.categories"))

    assert found.subject == {"feature": "carrier", "sign": "recoded"}
    assert "took the rows of" in found.says
    assert suspects(ask(evidence, "data.constants")) == []


def test_new_names_in_a_part_of_the_rows_are_no_default(examined: Examined) -> None:
    def rename(log: pd.DataFrame) -> None:
        hit = some_of(log, 0.5)
        log.loc[hit, "carrier"] = log.loc[hit, "carrier"].str.lower() + "-1"
        mispredict(log, hit)

    evidence = examined(rename)

    assert the(ask(evidence, "data.categories")).subject["sign"] == "recoded"
    assert suspects(ask(evidence, "data.constants")) == []


def test_a_value_that_comes_more_often_with_its_own_labels_is_not_frozen(
    examined: Examined,
) -> None:
    def crowd(log: pd.DataFrame) -> None:
        carriers_that_tell(log)
        rows = np.flatnonzero(late(log))
        favoured = rows[(log["carrier"] == "WN").to_numpy()[rows]]
        drawn = np.random.default_rng(9).choice(favoured, size=int(0.7 * len(rows)))
        told = [name for name in log.columns if name not in ("id", "time", "label_time")]
        replaced = rows[: len(drawn)]
        log.loc[replaced, told] = log.loc[drawn, told].to_numpy()
        log[["distance", "score", "label"]] = log[["distance", "score", "label"]].astype(float)
        log["prediction"] = log["prediction"].astype(int)

    evidence = examined(crowd)

    assert suspects(ask(evidence, "data.constants")) == []
    assert suspects(ask(evidence, "data.categories")) == []


def test_a_value_that_is_written_over_all_others_stays_frozen(examined: Examined) -> None:
    def freeze(log: pd.DataFrame) -> None:
        carriers_that_tell(log)
        hit = some_of(log, 0.7)
        log.loc[hit, "carrier"] = "UA"
        mispredict(log, hit)

    evidence = examined(freeze)

    assert the(ask(evidence, "data.constants")).subject["sign"] == "frozen"
    assert suspects(ask(evidence, "data.categories")) == []
