"""Logs with many rows a bucket, that are too large to copy, or whose labels are words."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest

from bot.profile.coded_log import BUCKET, OUTCOME, Coding
from bot.profile.columns import RIGHT, UNLABELLED, WRONG
from bot.profile.engine import Engine
from bot.profile.grid import Grid
from bot.profile.log import open_log
from bot.profile.plan import plan_columns
from bot.profile.scan import Scan, open_coded, scan
from bot.profile.sequence import NEW, OLD, Runs
from bot.profile.stretches import STRETCH, runs_of
from bot.profile.survey import survey
from bot.settings import ModelSettings

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = {"time": "time", "prediction": "said", "label": "is"}


def model(task: str, *, segments: list[str]) -> ModelSettings:
    return ModelSettings.model_validate({
        "task": task, "metric": "accuracy",
        "predictions": {"source": "s", "table": "t", "segments": segments, "columns": COLUMNS},
    })  # fmt: skip


def engine_of(connection: Any, *, fast: bool = True) -> Engine:
    connection.raw_sql("SET TimeZone = 'UTC'")
    engine = Engine(connection)
    engine.fast = fast
    return engine


def crowded(rows: int, *, minutes: int) -> pd.DataFrame:
    """Some thousand rows a minute; `stuck` keeps one value from the middle on, `free` none."""
    random = np.random.default_rng(3)
    place = np.arange(rows)
    number = random.normal(size=rows)
    return pd.DataFrame({
        "time": pd.Timestamp(BEGIN) + pd.to_timedelta(place * minutes * 60e3 / rows, unit="ms"),
        "stuck": np.where(place < rows // 2, number, 7.0), "free": random.normal(size=rows),
        "zone": random.choice(["a", "b"], rows),
        "said": random.integers(0, 2, rows), "is": random.integers(0, 2, rows),
    })  # fmt: skip


def runs_in(
    frame: pd.DataFrame, *, since: datetime, fast: bool
) -> tuple[Scan, dict[str, tuple[Runs, ...]]]:
    connection = ibis.duckdb.connect()
    engine, settings = engine_of(connection, fast=fast), model("binary", segments=["zone"])
    found = scan(
        connection.create_table("t", frame), settings, engine, at=None, since=since, until=None,
        reference=None,
    )  # fmt: skip
    runs = runs_of(
        found.log, engine, windows=found.windows, rows=found.rows, start=found.grid.origin,
        width=found.grid.width, columns=found.columns,
    )  # fmt: skip
    return found, runs


@pytest.mark.parametrize("fast", [True, False])
def test_of_crowded_buckets_only_the_beginning_is_looked_at_for_repeats(*, fast: bool) -> None:
    found, runs = runs_in(
        crowded(60_000, minutes=16), since=BEGIN + timedelta(minutes=8), fast=fast
    )

    assert found.rows.max() > 2 * STRETCH
    for feature, alike in (("stuck", 1.0), ("free", 0.0)):
        among_all = runs[feature][0]
        assert among_all.key is None
        assert (among_all.pairs > STRETCH / 2).all()
        assert (among_all.pairs < 2 * STRETCH).all()
        assert (among_all.alike[:OLD] == 0).all()
        assert (among_all.alike[-NEW:] == alike * among_all.pairs[-NEW:]).all()


def test_repeats_in_crowded_buckets_are_the_same_by_both_roads() -> None:
    frame, since = crowded(40_000, minutes=10), BEGIN + timedelta(minutes=4)

    (_, one), (_, other) = (runs_in(frame, since=since, fast=fast) for fast in (True, False))

    assert one.keys() == other.keys()
    for feature, runs in one.items():
        for mine, theirs in zip(runs, other[feature], strict=True):
            assert mine.key == theirs.key
            assert np.array_equal(mine.pairs, theirs.pairs), feature
            assert np.array_equal(mine.alike, theirs.alike), feature


@pytest.mark.parametrize("directly", [True, False], ids=["from files", "by the database"])
def test_labels_that_are_words_are_compared_as_words(tmp_path: Path, *, directly: bool) -> None:
    random = np.random.default_rng(4)
    is_, said = (pd.Series(random.choice(["cat", "dog", "emu"], 900), dtype="str") for _ in "ab")
    frame = pd.DataFrame({
        "time": pd.Timestamp(BEGIN) + pd.to_timedelta(np.arange(900), unit="min"),
        "size": random.normal(size=900), "said": said, "is": is_.mask(random.random(900) < 0.2),
    })  # fmt: skip
    file = tmp_path / "log.parquet"
    frame.to_parquet(file, row_group_size=200, index=False)
    connection = ibis.duckdb.connect()
    engine = engine_of(connection)

    found = scan(
        connection.read_parquet(file), model("multiclass", segments=[]), engine, at=None,
        since=None, until=None, reference=None, files=[file] if directly else None,
    )  # fmt: skip

    known = frame["is"].notna()
    right = int((frame["is"] == frame["said"])[known].sum())
    outcomes = found.tallies.outcomes.sum(axis=0)
    assert outcomes[RIGHT] == right
    assert outcomes[WRONG] == known.sum() - right
    assert outcomes[UNLABELLED] == 900 - known.sum()


def test_rows_after_the_last_one_seen_are_not_counted_in_a_log_too_large_to_copy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.profile.engine.KEEP_VALUES", 0)
    frame = crowded(3_000, minutes=300)
    connection = ibis.duckdb.connect()
    engine, settings = engine_of(connection), model("binary", segments=["zone"])
    table = connection.create_table("t", frame)
    log = open_log(table, settings, engine, at=None)
    newer = frame.assign(time=frame["time"] + timedelta(days=1))

    connection.insert("t", newer)

    found = survey(log, plan_columns(log.table, settings, None), engine, None)
    coding = Coding(log=log, found=found, grid=Grid.covering(log.first, log.last, rows=log.rows))
    with open_coded(coding, engine) as coded:
        (rows,) = coded.counted([()], (BUCKET, OUTCOME))
        columns = coded.counted([(bins.name,) for bins in found.plan.columns], (OUTCOME,))
    assert rows.sum() == 3_000
    assert [int(column.sum()) for column in columns] == [3_000] * 3
