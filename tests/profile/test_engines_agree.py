"""DuckDB by its own road and by the portable one, SQLite and Postgres: all count the same."""

import math
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import ibis
import numpy as np
import pytest

from bot.profile.engine import Engine
from bot.profile.scan import Scan, scan
from bot.settings import ModelSettings

COLUMNS = {
    "time": "timestamp with time zone", "arrived": "timestamp", "id": "text",
    "number": "double precision", "whole": "bigint", "word": "text", "region": "text",
    "flag": "boolean", "score": "double precision", "said": "bigint", "is": "bigint",
}  # fmt: skip

NUMBERS = [0.0, -1.0, 5.0, 0.1, 1e300, -1e300, 1e-300, 123456.789, 1 / 3]
WORDS = ["a", "b", "", "it's", "ü", "東京", "A", "a ", '"', "\\"]

INSERTED = f"INSERT INTO log VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - only holes

Row = dict[str, Any]


def model(task: str, metric: str) -> ModelSettings:
    return ModelSettings.model_validate({
        "task": task, "metric": metric, "positive": "1" if task == "binary" else None,
        "predictions": {
            "source": "s", "table": "log", "segments": ["region", "flag"],
            "columns": {
                "time": "time", "prediction": "said", "label": "is", "id": "id",
                "score": "score", "arrival_time": "arrived",
            },
        },
    })  # fmt: skip


@dataclass(frozen=True)
class Log:
    """Rows of random values, and what SQLite and Postgres make of such columns."""

    rows: list[Row]

    def table(self, *, sqlite: bool) -> list[tuple[Any, ...]]:
        return [tuple(_stored(row[name], sqlite=sqlite) for name in COLUMNS) for row in self.rows]


def _stored(value: Any, *, sqlite: bool) -> Any:
    if not sqlite or not isinstance(value, datetime):
        return value
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")


def log_of(size: int, seed: int, *, nan: bool) -> Log:
    random = np.random.default_rng(seed)
    begin = datetime(2026, 1, 1, tzinfo=UTC)

    def one(number: int) -> Row:
        time = begin + timedelta(seconds=float(random.integers(0, 86_400 * 9)))
        said, is_ = int(random.integers(0, 2)), int(random.integers(0, 2))
        values = [*NUMBERS, None, float(random.normal()), float(random.normal())]
        values += [math.nan] if nan else []
        word = str(random.choice(WORDS)) if random.random() < 0.9 else None
        return {
            "time": time, "id": f"r{number % (size - size // 10)}",
            "arrived": (time + timedelta(seconds=int(random.integers(0, 99)))).replace(tzinfo=None),
            "number": values[int(random.integers(len(values)))],
            "whole": int(random.integers(-3, 60)) if random.random() < 0.95 else None,
            "word": word, "region": str(random.choice(["eu", "us"])),
            "flag": [True, False, None][int(random.integers(3))],
            "score": float(random.uniform()) if random.random() < 0.95 else None,
            "said": said, "is": is_ if random.random() < 0.9 else None,
        }  # fmt: skip

    return Log([one(number) for number in range(size)])


@pytest.fixture
def server(postgres: str) -> Iterator[Any]:
    made = ibis.connect(postgres)
    yield made
    made.disconnect()


def in_duckdb(log: Log) -> Any:
    made = ibis.duckdb.connect()
    made.raw_sql("SET TimeZone = 'UTC'")
    made.raw_sql(_created())
    made.con.executemany(INSERTED, log.table(sqlite=False))
    return made


def in_sqlite(log: Log) -> Any:
    driver = sqlite3.connect(":memory:")
    driver.execute(_created().replace(" with time zone", ""))
    driver.executemany(INSERTED, log.table(sqlite=True))
    return ibis.sqlite.from_connection(driver)


def in_postgres(log: Log, server: Any) -> Any:
    with server.con.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS log")
        cursor.execute(_created())
        with cursor.copy("COPY log FROM STDIN") as copy:
            for row in log.table(sqlite=False):
                copy.write_row(row)
    return server


def _created() -> str:
    columns = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items())
    return f"CREATE TABLE log ({columns})"


def counted(connection: Any, settings: ModelSettings, *, fast: bool = True) -> Scan:
    engine = Engine(connection)
    engine.fast = engine.fast and fast
    with engine.settled():
        return scan(
            connection.table("log"), settings, engine, at=None, since=None, until=None,
            reference=connection.table("log"),
        )  # fmt: skip


def assert_equal(one: Scan, other: Scan) -> None:
    assert one.grid == other.grid
    assert one.log.at == other.log.at
    assert (one.rows == other.rows).all()
    for name, column in one.columns.items():
        assert column.bins.values == other.columns[name].bins.values, name
        assert column.bins.edges == other.columns[name].bins.edges, name
        assert (column.series == other.columns[name].series).all(), name
        assert (column.cells == other.columns[name].cells).all(), name
        assert np.array_equal(column.reference, other.columns[name].reference), name  # type: ignore[arg-type] # None would be unequal
    assert (one.cells == other.cells).all()
    assert one.pairs.keys() == other.pairs.keys()
    assert all((one.pairs[key] == other.pairs[key]).all() for key in one.pairs)
    assert one.crossed.keys() == other.crossed.keys()
    assert all((one.crossed[key] == other.crossed[key]).all() for key in one.crossed)
    assert one.ids is not None
    assert other.ids is not None
    assert (one.ids == other.ids).all()
    assert (one.tallies.confusion == other.tallies.confusion).all()
    assert (one.tallies.outcomes == other.tallies.outcomes).all()
    for name, sums in one.tallies.sums.items():  # sums are rounded in each engine's own order
        assert np.allclose(sums, other.tallies.sums[name], rtol=1e-9, atol=1e-9), name


TASKS = pytest.mark.parametrize(
    ("task", "metric", "size"), [("binary", "accuracy", 3_000), ("regression", "mae", 40)]
)


@TASKS
def test_the_portable_road_counts_what_the_fast_one_counts(
    task: str, metric: str, size: int
) -> None:
    connection = in_duckdb(log_of(size, seed=size, nan=True))

    fast = counted(connection, model(task, metric))

    assert_equal(fast, counted(connection, model(task, metric), fast=False))
    assert fast.rows.sum() == size


@TASKS
def test_postgres_counts_what_duckdb_counts(server: Any, task: str, metric: str, size: int) -> None:
    log = log_of(size, seed=size + 1, nan=True)

    there = counted(in_postgres(log, server), model(task, metric))

    assert_equal(counted(in_duckdb(log), model(task, metric)), there)


@TASKS
def test_sqlite_counts_what_duckdb_counts(task: str, metric: str, size: int) -> None:
    log = log_of(size, seed=size + 2, nan=False)  # SQLite cannot hold a NaN

    there = counted(in_sqlite(log), model(task, metric))

    assert_equal(counted(in_duckdb(log), model(task, metric)), there)
