"""A case, put into each engine, and what the scan counts there."""

import sqlite3
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bot.profile.bins import Bins
from bot.profile.engine import Engine
from bot.profile.scan import Scan, scan
from tests.profile.logs import Case

POSTGRES = {
    "string": "text", "double": "double precision", "int64": "bigint", "bool": "boolean",
    "date32[day]": "date", "timestamp[us, tz=UTC]": "timestamp with time zone",
    "timestamp[us]": "timestamp", "decimal128(18, 4)": "numeric(18, 4)",
}  # fmt: skip
SQLITE = POSTGRES | {"timestamp[us, tz=UTC]": "timestamp", "decimal128(18, 4)": "real"}


def in_duckdb(case: Case) -> Any:
    """The tables in an embedded DuckDB."""
    made = ibis.duckdb.connect()
    made.raw_sql("SET TimeZone = 'UTC'")
    for name, table in (("log", case.log), ("training", case.training)):
        made.con.register("given", table)
        made.con.execute(f"CREATE TABLE {name} AS FROM given")  # our own two names
    return made


def in_postgres(case: Case, server: Any) -> Any:
    """The tables in a Postgres, in place of those of the case before."""
    with server.con.cursor() as cursor:
        for name, table in (("log", case.log), ("training", case.training)):
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
            cursor.execute(_created(name, table, POSTGRES))
            with cursor.copy(f"COPY {name} FROM STDIN") as copy:
                for row in table.to_pylist():
                    copy.write_row(tuple(row.values()))
    return server


def in_sqlite(case: Case) -> Any:
    """The tables in an SQLite; it has no NaN, no decimals and no zones."""
    driver = sqlite3.connect(":memory:")
    for name, table in (("log", case.log), ("training", case.training)):
        driver.execute(_created(name, table, SQLITE))
        holes = ", ".join("?" * table.num_columns)
        rows = [tuple(_stored(value) for value in row.values()) for row in table.to_pylist()]
        driver.executemany(f"INSERT INTO {name} VALUES ({holes})", rows)  # noqa: S608 - only holes
    return ibis.sqlite.from_connection(driver)


def in_spark(case: Case, session: Any, folder: Path) -> Any:
    """The tables as Parquet that Spark reads."""
    made = ibis.pyspark.connect(session)
    for name, table in (("log", case.log), ("training", case.training)):
        file = folder / f"{name}.parquet"
        pq.write_table(table, file)
        session.catalog.refreshByPath(str(file))
        session.read.parquet(str(file)).createOrReplaceTempView(name)
    return made


def without_decimals(case: Case) -> Case:
    """The case as SQLite can hold it."""
    return Case(
        model=case.model, at=case.at, log=_floats(case.log), training=_floats(case.training)
    )


def _floats(table: pa.Table) -> pa.Table:
    place = table.schema.get_field_index("price")
    numbers = [None if v is None else float(v) for v in table["price"].to_pylist()]
    return table.set_column(place, "price", pa.array(numbers, pa.float64()))


def _created(name: str, table: pa.Table, kinds: dict[str, str]) -> str:
    columns = ", ".join(f'"{field.name}" {kinds[str(field.type)]}' for field in table.schema)
    return f"CREATE TABLE {name} ({columns})"


def _stored(value: Any) -> Any:
    match value:
        case datetime():
            return value.replace(tzinfo=None).isoformat(sep=" ")
        case date():
            return value.isoformat()
        case Decimal():
            return float(value)
    return value


def counted(connection: Any, case: Case, *, fast: bool = True) -> Scan:
    """What the scan counts."""
    engine = Engine(connection)
    engine.fast = engine.fast and fast
    with engine.settled():
        return scan(
            connection.table("log"), case.model, engine, at=case.at, since=None, until=None,
            reference=connection.table("training"),
        )  # fmt: skip


def assert_equal(one: Scan, other: Scan) -> None:
    """Hold two scans to each other, count by count."""
    assert one.grid == other.grid, (one.grid, other.grid)
    for part in ("at", "rows", "first", "last", "undated"):
        assert getattr(one.log, part) == getattr(other.log, part), part
    same_bins(one.survey.plan.columns, other.survey.plan.columns)
    same_bins(
        (one.survey.label, one.survey.prediction), (other.survey.label, other.survey.prediction)
    )
    for part in ("positive", "tolerance", "quantiles"):
        assert getattr(one.survey, part) == getattr(other.survey, part), part
    same(one.rows, other.rows, "rows")
    same(one.cells, other.cells, "cells")
    same(one.ids, other.ids, "ids")
    same(one.arrivals, other.arrivals, "arrivals")
    same(one.tallies.confusion, other.tallies.confusion, "confusion")
    same(one.tallies.outcomes, other.tallies.outcomes, "outcomes")
    same(one.tallies.scores, other.tallies.scores, "scores")
    assert one.columns.keys() == other.columns.keys()
    for name, column in one.columns.items():
        for part in ("series", "cells", "reference"):
            same(getattr(column, part), getattr(other.columns[name], part), f"{name}.{part}")
    same_tables(one.pairs, other.pairs, "pairs")
    same_tables(one.crossed, other.crossed, "crossed")
    assert one.joint.chosen == other.joint.chosen
    same_tables(one.joint.pairs, other.joint.pairs, "joint.pairs")
    same_tables(one.joint.within, other.joint.within, "joint.within")
    for name, sums in one.tallies.sums.items():  # each engine rounds in its own order
        assert np.allclose(sums, other.tallies.sums[name], rtol=1e-9, atol=1e-9), name


def same_bins(some: tuple[Bins, ...], others: tuple[Bins, ...]) -> None:
    """Hold bins to each other, but for the name that an engine gives to a type."""
    for mine, theirs in zip(some, others, strict=True):
        assert replace(mine, type="") == replace(theirs, type=""), (mine, theirs)


def same_tables(one: Any, other: Any, where: str) -> None:
    """Hold tables of counts by name to each other."""
    assert one.keys() == other.keys(), where
    for key in one:
        same(one[key], other[key], f"{where}[{key}]")


def same(one: Any, other: Any, where: str) -> None:
    """Hold two arrays of counts to each other."""
    assert (one is None) == (other is None), where
    if one is None:
        return
    assert one.shape == other.shape, where
    differ = np.argwhere(one != other)
    assert not len(differ), f"{where}: {len(differ)} differ, first at {differ[0].tolist()}"
