"""A defect marks its rows, and says where it sits even where its errors are too few to tell."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bot.diagnosis import ask, examine
from bot.incident import Finding
from bot.sources import open_sources
from tests.checks.checks_log import ONSET, Break, Examined, late, written_log


def empty_in(log: pd.DataFrame, rows: "pd.Series[bool]") -> None:
    """Half of these rows lose the distance, and no prediction changes."""
    hit = late(log) & rows & (np.arange(len(log)) % 2 == 0)
    log.loc[hit, "distance"] = np.nan


def asked(folder: Path, breaking: Break, **log: Any) -> Finding:
    """What is missing since the onset, which no fall of the metric tells here."""
    columns = {"time": "time", "prediction": "prediction", "label": "label"} | log.pop("columns")
    settings = {"source": "files", "table": "log.parquet", "features": ["distance"]} | log
    whole = written_log(folder, breaking, predictions=settings | {"columns": columns})
    with open_sources(whole) as opened:
        evidence = examine(whole, "m", sources=opened, since=ONSET)
    (found,) = ask(evidence, "data.missing")
    return found


def missing(folder: Path, where: "dict[str, str]") -> Finding:
    def lose(log: pd.DataFrame) -> None:
        rows = pd.Series(data=True, index=log.index)
        for column, value in where.items():
            rows &= log[column] == value
        empty_in(log, rows)

    return asked(folder, lose, segments=["region", "carrier"], columns={"host": "host"})


@pytest.mark.parametrize(
    "where", [{"region": "eu"}, {"host": "h2"}, {"region": "us", "carrier": "DL"}]
)
def test_it_is_named_with_the_finding(tmp_path: Path, where: dict[str, str]) -> None:
    assert missing(tmp_path, where).segments == (where,)


def test_a_defect_of_all_traffic_sits_in_no_part_of_it(tmp_path: Path) -> None:
    assert missing(tmp_path, {}).segments == ()


def test_it_is_not_known_without_segments(tmp_path: Path) -> None:
    def lose(log: pd.DataFrame) -> None:
        empty_in(log, log["region"] == "eu")

    found = asked(tmp_path, lose, columns={})

    assert found.segments is None


def test_a_version_sits_on_the_hosts_that_serve_it(examined: Examined) -> None:
    def roll_out(log: pd.DataFrame) -> None:
        log.loc[late(log) & (log["host"] == "h2"), "version"] = "v2"

    found = [one for one in ask(examined(roll_out), "model.version") if one.verdict == "suspect"]

    assert [one.segments for one in found] == [({"host": "h2"},)]
