"""Rows that a backend computes once and keeps for the queries that follow."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

_names = count()

_TEMPORARY = {"sqlite": "temp", "duckdb": "temp.main"}
"""Where temporary tables are, of engines that do not look there by themselves."""


@contextmanager
def kept(connection: Any, rows: "ir.Table") -> "Iterator[ir.Table]":
    """The rows of a query, kept until the end; the query itself where they cannot be.

    On Spark in the memory and on the disks of its workers. On the others in a temporary
    table, which nobody else sees.
    """
    match connection.name:
        case "pyspark":
            with rows.cache() as cached:
                yield cached
        case "postgres" | "sqlite" | "duckdb":
            with _temporary(connection, rows) as table:
                yield table
        case _:
            yield rows


@contextmanager
def _temporary(connection: Any, rows: "ir.Table") -> "Iterator[ir.Table]":
    name = f"plummet_{next(_names)}"
    if not _created(connection, f"CREATE TEMPORARY TABLE {name} AS {connection.compile(rows)}"):
        yield rows
        return
    try:
        yield connection.table(name, database=_TEMPORARY.get(connection.name))
    finally:
        _run(connection, f"DROP TABLE {name}")


def _created(connection: Any, sql: str) -> bool:
    """Whether it could be: a standby, or a user without the right, keeps no rows."""
    if connection.name != "postgres":
        _run(connection, sql)
        return True
    import psycopg  # noqa: PLC0415 - there when the connection is

    try:
        with connection.con.transaction():  # a savepoint: a refusal ends no other query
            _run(connection, sql)
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction):
        return False
    return True


def _run(connection: Any, sql: str) -> None:
    connection.con.execute(sql)
