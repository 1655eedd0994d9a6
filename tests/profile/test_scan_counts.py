"""The scan against plain pandas, on random tables."""

import tempfile
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.profile.bins import FIRST, NULL, OTHER, Bins
from bot.profile.engine import Engine
from bot.profile.scan import Scan, scan
from bot.profile.window import measure_course
from bot.settings import ModelSettings

MODEL = ModelSettings.model_validate({
    "task": "binary", "metric": "accuracy", "positive": "1",
    "predictions": {
        "source": "s", "table": "t", "features": ["number", "word"], "segments": ["word"],
        "columns": {"time": "time", "prediction": "said", "label": "is", "id": "id"},
    },
})  # fmt: skip

HOURS = pd.date_range("2025-12-31T22:00:00Z", periods=50, freq="h")

row = st.fixed_dictionaries({
    "minute": st.integers(0, 60 * 24 * 20),
    "number": st.none() | st.sampled_from([0.0, -1.0, 5.0]) | st.floats(-1e6, 1e6),
    "word": st.none() | st.sampled_from(["a", "b", "", "it's", "ü"]) | st.text(max_size=3),
    "said": st.integers(0, 1),
    "is": st.none() | st.integers(0, 1),
    "id": st.integers(0, 30),
})  # fmt: skip


def table_of(rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    frame["time"] = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(
        frame.pop("minute").astype(int), unit="min"
    )
    kinds = {"number": "float64", "word": "string", "said": "int64", "is": "Int64"}
    return frame.astype(kinds)


def scanned(frame: pd.DataFrame, *, fast: bool = True, directly: bool = False) -> Scan:
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET TimeZone = 'UTC'")
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/t.parquet"
        frame.to_parquet(file)
        connection.raw_sql(f"CREATE TABLE t AS FROM read_parquet('{file}')")
        engine = Engine(connection)
        engine.fast = fast
        return scan(
            connection.table("t"), MODEL, engine, at=None, since=None, until=None, reference=None,
            files=[Path(file)] if directly else None,
        )  # fmt: skip


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(row, min_size=1, max_size=60), fast=st.booleans())
def test_the_metric_alone_is_that_of_the_scan(rows: list[dict[str, object]], *, fast: bool) -> None:
    frame = table_of(rows)
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET TimeZone = 'UTC'")
    engine = Engine(connection)
    engine.fast = fast

    course = measure_course(connection.create_table("t", frame), MODEL, engine)

    whole = scanned(frame, fast=fast)
    assert course.grid == whole.grid
    assert (course.tallies.confusion == whole.tallies.confusion).all()
    assert (course.tallies.series().total == whole.tallies.series().total).all()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(row, min_size=1, max_size=60))
def test_counts_by_bucket_outcome_and_value_equal_plain_pandas(
    rows: list[dict[str, object]],
) -> None:
    frame = table_of(rows)

    found = scanned(frame)

    begin = pd.Timestamp(found.grid.origin, unit="s", tz="UTC")
    bucket = (frame["time"] - begin) // pd.Timedelta(found.grid.width, "s")
    outcome = np.where(frame["is"].isna(), 2, (frame["is"] == frame["said"]).fillna(value=False))
    for name in ("number", "word"):
        column = found.columns[name]
        expected = np.zeros_like(column.series)
        for b, o, value in zip(bucket, outcome, frame[name], strict=True):
            expected[b, int(o), code_of(column.bins, value)] += 1
        assert (column.series == expected).all()
    assert found.rows.sum() == len(frame)
    distinct = frame.groupby(bucket)["id"].nunique()
    assert found.ids is not None
    assert distinct.tolist() == [n for n in found.ids.tolist() if n]


def code_of(bins: Bins, value: Any) -> int:
    if pd.isna(value):
        return NULL
    if bins.kind == "category":
        return bins.code(value) or OTHER
    masses = [float(mass) for mass in bins.values]  # noqa: PD011 - ours
    if value in masses:
        return FIRST + masses.index(value)
    return bins.under + sum(bool(value >= edge) for edge in bins.edges)


@pytest.mark.parametrize("size", [1, 7, 400])
def test_the_portable_road_counts_what_the_fast_one_counts(size: int) -> None:
    random = np.random.default_rng(size)
    frame = table_of([
        {
            "minute": int(random.integers(0, 9000)), "number": float(random.normal()),
            "word": str(random.choice(["a", "b", "c"])), "said": int(random.integers(0, 2)),
            "is": int(random.integers(0, 2)), "id": i,
        }
        for i in range(size)
    ])  # fmt: skip

    fast, portable = scanned(frame), scanned(frame, fast=False)

    assert (fast.cells == portable.cells).all()
    assert (fast.columns["word"].series == portable.columns["word"].series).all()
    assert fast.columns["number"].series.sum() == portable.columns["number"].series.sum()
    assert all((fast.pairs[key] == portable.pairs[key]).all() for key in fast.pairs)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(row, min_size=1, max_size=60))
def test_files_read_directly_count_what_the_database_counts(rows: list[dict[str, object]]) -> None:
    frame = table_of(rows)

    direct, asked = scanned(frame, directly=True), scanned(frame, fast=False)

    for name, column in direct.columns.items():
        assert (column.series == asked.columns[name].series).all(), name
        assert (column.cells == asked.columns[name].cells).all(), name
    assert direct.ids is not None
    assert (direct.ids == asked.ids).all()
    assert (direct.tallies.confusion == asked.tallies.confusion).all()
    assert all((direct.crossed[key] == asked.crossed[key]).all() for key in asked.crossed)


@pytest.mark.parametrize(
    "times",
    [
        pd.date_range("2026-01-01T00:00:00+02:00", periods=50, freq="h"),
        pd.date_range("2025-12-31T22:00:00", periods=50, freq="h"),
        HOURS.strftime("%Y-%m-%dT%H:%M:%SZ"),
        HOURS.tz_convert("Europe/Kyiv").map(lambda time: time.isoformat()),
        pd.Index([int(time.timestamp()) for time in HOURS]),
    ],
    ids=["zone", "no zone", "text", "text with zone", "epoch"],
)
def test_a_time_means_the_same_however_it_is_written(times: pd.Index) -> None:
    frame = table_of([{"minute": 0, "number": 1.0, "word": "a", "said": 1, "is": 1, "id": 1}] * 50)
    frame["time"] = times

    found = scanned(frame)

    assert found.log.at.isoformat() == "2026-01-02T23:00:00+00:00"
    assert found.log.first == 1_767_218_400
