"""The few ways in which the aggregated scan asks an ibis backend."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from bot.profile.arrays import one_piece, plain
from bot.profile.keeping import kept
from bot.profile.rows import BATCH_ROWS

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import ibis.expr.types as ir
    import numpy.typing as npt
    import pyarrow as pa

SPREAD = 65_536
"""Codes of column i are i x SPREAD + code, so that one number says column and code."""

FEW_SETS = 1_000_000
"""Up to so many groups and codes Postgres counts all columns at once, a table for each."""

KEEP_VALUES = 10_000_000
"""Up to so many values (rows x columns) a log is copied once, and every query reads the copy."""

_names = count()


@dataclass(frozen=True, slots=True)
class Product:
    """Several coded columns as one, each as its name and its number of codes."""

    parts: tuple[tuple[str, int], ...]

    @property
    def size(self) -> int:
        """How many joint codes there are."""
        return math.prod(size for _, size in self.parts)

    def expression(self, base: "ir.Table", place: int) -> Any:
        """The joint code in ibis, moved to its place."""
        value: Any = ibis.literal(place * SPREAD, "int32")
        for i, (name, size) in enumerate(self.parts):
            after = int(np.prod([size for _, size in self.parts[i + 1 :]]))
            value = value + base[name] * after if after > 1 else value + base[name]
        return value.cast("int32")


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by group and by column-and-code, as three parallel arrays."""

    group: "npt.NDArray[np.int64]"
    key: "npt.NDArray[np.int64]"
    rows: "npt.NDArray[np.int64]"

    def dense(self, column: int, *, groups: int, codes: int) -> "npt.NDArray[np.int64]":
        """The counts of one column as an array [group, code]."""
        low, high = np.searchsorted(self.key, (column * SPREAD, (column + 1) * SPREAD))
        flat = np.zeros(groups * codes, dtype=np.int64)
        place = self.group[low:high] * codes + (self.key[low:high] - column * SPREAD)
        flat[place] = self.rows[low:high]
        return flat.reshape(groups, codes)


class Engine:
    """One backend; DuckDB takes the fast road, every other the portable one, to equal counts."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.fast = connection.name == "duckdb"
        self.orders = connection.name in {"postgres", "duckdb"}
        """Whether it has SQL's `percentile_disc` of several shares at once."""
        self.direct = connection.name == "postgres"
        """Whether its driver's own rows are taken; by ibis they go through pandas."""
        self.unfolds = connection.name == "pyspark"
        """Whether each query takes longer to start than to count."""
        self._copies: list[str] = []
        self._registered: list[str] = []

    @contextmanager
    def settled(self) -> "Iterator[None]":
        """One view of the data for every query within, as far as the backend can give one."""
        with _transaction(self._connection):
            try:
                yield
            finally:
                while self._registered:
                    self._connection.con.unregister(self._registered.pop())
                while self._copies:
                    self._connection.raw_sql(f"DROP TABLE {self._copies.pop()}")

    def frozen(self, table: "ir.Table", *, rows: int) -> "ir.Table | None":
        """A copy that new rows do not reach, until `settled` ends; None where it is too large."""
        if not self.fast or rows * len(table.columns) > KEEP_VALUES:
            return None
        name = f"log_{next(_names)}"
        sql = self._connection.compile(table)
        self._connection.raw_sql(f"CREATE TEMPORARY TABLE {name} AS {sql}")
        self._copies.append(name)
        return self._connection.table(name, database="temp.main")

    def kept(self, rows: "ir.Table") -> "AbstractContextManager[ir.Table]":
        """The rows of a query, computed once where the backend can keep them."""
        return kept(self._connection, rows)

    def held(self, rows: "pa.Table") -> "ir.Table":
        """Rows in memory as a table, until `settled` ends; on the fast road only."""
        name = f"held_{next(_names)}"
        self._connection.con.register(name, rows)
        self._registered.append(name)
        return self._connection.table(name)

    def rows(self, expression: "ir.Table") -> list[tuple[Any, ...]]:
        """The rows of a small result."""
        if self.fast:
            sql = self._connection.compile(expression)
            return list(self._connection.raw_sql(sql).fetchall())
        if self.direct:
            return self.asked(self.compile(expression))
        table = self._connection.to_pyarrow(expression)
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    def compile(self, expression: "ir.Table") -> str:
        """The expression in the backend's SQL."""
        return str(self._connection.compile(expression))

    def asked(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows that the backend's own SQL brings, on DuckDB and Postgres."""
        if not self.direct:
            return list(self._connection.raw_sql(sql).fetchall())
        return list(self._connection.con.execute(sql).fetchall())

    def batches(self, expression: "ir.Table") -> "Iterator[pa.RecordBatch]":
        """The rows of a large result, in the order of the table; on the fast road only."""
        found = self._connection.raw_sql(self.compile(expression))
        # duckdb 1.5 renamed it, with a warning at the old name.
        read = getattr(found, "to_arrow_reader", None) or found.fetch_record_batch
        yield from read(BATCH_ROWS)

    def arrow(self, expression: "ir.Table") -> "pa.Table":
        """The rows of a result that fits in memory."""
        found = self._connection.raw_sql(self.compile(expression))
        read = getattr(found, "to_arrow_table", None) or found.fetch_arrow_table
        return read()

    def products(
        self, base: "ir.Table", group: "ir.IntegerValue", products: Sequence[Product], *,
        groups: int,
    ) -> Counts:  # fmt: skip
        """How many rows each of so many groups has of each joint code of each product."""
        if not products:
            nothing = np.zeros(0, dtype=np.int64)
            return Counts(nothing, nothing, nothing)
        made = {f"p{i}": product.expression(base, i) for i, product in enumerate(products)}
        few = groups * sum(product.size for product in products) <= FEW_SETS
        ask = {
            "duckdb": self._sets, "pyspark": self._unfolded,
            "postgres": self._hashed if few else self._unfolded,
        }.get(self._connection.name, self._union)  # fmt: skip
        return _sorted(ask(base.mutate(**made), group, list(made)))

    def _sets(
        self, base: "ir.Table", group: "ir.IntegerValue", columns: list[str]
    ) -> Mapping[str, Any]:
        inner = self.compile(base.select(*columns, plummet_group=group))
        return dict(self._connection.raw_sql(_grouping_sets(inner, columns)).fetchnumpy())

    def _hashed(
        self, base: "ir.Table", group: "ir.IntegerValue", columns: list[str]
    ) -> Mapping[str, Any]:
        # Postgres knows nothing of the codes and would sort the rows for each column, unless it
        # may plan with large tables of groups. They will be small: there are no more than FEW_SETS.
        sql = _grouping_sets(self.compile(base.select(*columns, plummet_group=group)), columns)
        with self._connection.con.transaction():
            self._connection.con.execute("SET LOCAL work_mem = '2000MB'")
            found = np.array(self.asked(sql), dtype=np.int64).reshape(-1, 3)
            self._connection.con.execute("SET LOCAL work_mem = DEFAULT")
        return {"g": found[:, 0], "v": found[:, 1], "n": found[:, 2]}

    def _union(
        self, base: "ir.Table", group: "ir.IntegerValue", columns: list[str]
    ) -> Mapping[str, Any]:
        grouped = base.mutate(g=group)
        parts = [
            grouped.group_by("g", v=grouped[column].cast("int64")).aggregate(n=grouped.count())
            for column in columns
        ]
        return self._triples(parts[0] if len(parts) == 1 else parts[0].union(*parts[1:]))

    def _unfolded(
        self, base: "ir.Table", group: "ir.IntegerValue", columns: list[str]
    ) -> Mapping[str, Any]:
        # Spark plans and starts each part of a union for itself, and Postgres reads the rows again
        # for each: both take longer than to count.
        span = len(columns) * SPREAD
        codes = ibis.array([base[column].cast("int64") for column in columns])
        long = base.select(g=group.cast("int64") * span, v=codes).unnest("v")
        whole = long.select(k=long.g + long.v)
        found = self._numbers(whole.group_by("k").aggregate(n=whole.count()).select("k", "n"))
        return {"g": found[:, 0] // span, "v": found[:, 0] % span, "n": found[:, 1]}

    def _triples(self, counted: "ir.Table") -> Mapping[str, Any]:
        found = self._numbers(counted.select("g", "v", "n"))
        return {"g": found[:, 0], "v": found[:, 1], "n": found[:, 2]}

    def _numbers(self, counted: "ir.Table") -> "npt.NDArray[np.int64]":
        """A result of whole numbers, perhaps of a million rows."""
        if self.direct:
            rows = self.asked(self.compile(counted))
            return np.array(rows, dtype=np.int64).reshape(-1, len(counted.columns))
        table = self._connection.to_pyarrow(counted)
        columns = [plain(one_piece(column)).astype(np.int64) for column in table.columns]
        return np.stack(columns, axis=1)


def _grouping_sets(inner: str, columns: list[str]) -> str:
    # ibis has no GROUPING SETS; codes are never NULL, so the one that is not names its column.
    sets = ", ".join(f'(plummet_group, "{column}")' for column in columns)
    value = ", ".join(f'"{column}"' for column in columns)
    return (
        f"WITH base AS ({inner}) SELECT plummet_group AS g, COALESCE({value}) AS v,"  # noqa: S608 - our own names
        f" COUNT(*) AS n FROM base GROUP BY GROUPING SETS ({sets})"
    )


def _transaction(connection: Any) -> "AbstractContextManager[object]":
    """A transaction that sees one moment, where one hinders no writer."""
    if connection.name == "postgres":
        return _repeatable(connection.con)
    if connection.name == "sqlite":
        (mode,) = connection.con.execute("PRAGMA journal_mode").fetchone()
        return _deferred(connection.con) if mode == "wal" else nullcontext()
    return nullcontext()


@contextmanager
def _repeatable(driver: Any) -> "Iterator[None]":
    with driver.transaction():
        # Not read-only, which would refuse the temporary table of coded rows as well.
        driver.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


@contextmanager
def _deferred(driver: Any) -> "Iterator[None]":
    driver.execute("BEGIN")
    try:
        yield
    finally:
        driver.rollback()


def _sorted(found: Mapping[str, Any]) -> Counts:
    order = np.lexsort((found["g"], found["v"]))
    return Counts(*(np.asarray(found[key])[order].astype(np.int64) for key in "gvn"))
