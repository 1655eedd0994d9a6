"""A defect marks its rows, and says where it sits even where its errors are too few to tell."""

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis import ask
from bot.incident import Finding
from tests.checks.checks_log import Examined, late


def empty_in(log: pd.DataFrame, rows: "pd.Series[bool]") -> None:
    """Half of these rows lose the distance, and no prediction changes."""
    hit = late(log) & rows & (np.arange(len(log)) % 2 == 0)
    log.loc[hit, "distance"] = np.nan


def missing(examined: Examined, where: "dict[str, str]") -> Finding:
    def lose(log: pd.DataFrame) -> None:
        rows = pd.Series(data=True, index=log.index)
        for column, value in where.items():
            rows &= log[column] == value
        empty_in(log, rows)

    settings = {
        "source": "files", "table": "log.parquet", "segments": ["region", "carrier"],
        "features": ["distance"],
        "columns": {"time": "time", "prediction": "prediction", "label": "label", "host": "host"},
    }  # fmt: skip
    (found,) = ask(examined(lose, predictions=settings), "data.missing")
    return found


@pytest.mark.parametrize(
    "where", [{"region": "eu"}, {"host": "h2"}, {"region": "us", "carrier": "DL"}]
)
def test_it_is_named_with_the_finding(examined: Examined, where: dict[str, str]) -> None:
    assert missing(examined, where).segments == (where,)


def test_a_defect_of_all_traffic_sits_in_no_part_of_it(examined: Examined) -> None:
    assert missing(examined, {}).segments == ()


def test_it_is_not_known_without_segments(examined: Examined) -> None:
    def lose(log: pd.DataFrame) -> None:
        empty_in(log, log["region"] == "eu")

    settings = {
        "source": "files", "table": "log.parquet", "features": ["distance"],
        "columns": {"time": "time", "prediction": "prediction", "label": "label"},
    }  # fmt: skip
    (found,) = ask(examined(lose, predictions=settings), "data.missing")

    assert found.segments is None


def test_a_version_sits_on_the_hosts_that_serve_it(examined: Examined) -> None:
    def roll_out(log: pd.DataFrame) -> None:
        log.loc[late(log) & (log["host"] == "h2"), "version"] = "v2"

    found = [one for one in ask(examined(roll_out), "model.version") if one.verdict == "suspect"]

    assert [one.segments for one in found] == [({"host": "h2"},)]
