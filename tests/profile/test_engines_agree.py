"""DuckDB by its own road and by the portable one, SQLite and Postgres: all count the same."""

from collections.abc import Iterator
from typing import Any

import ibis
import pytest

from tests.profile.engines import (
    assert_equal,
    counted,
    in_duckdb,
    in_postgres,
    in_sqlite,
    without_decimals,
)
from tests.profile.logs import Case, cases
from tests.profile.trying import Every


@pytest.fixture(scope="module")
def server(postgres: str) -> Iterator[Any]:
    made = ibis.connect(postgres)
    yield made
    made.disconnect()


def test_the_portable_road_counts_what_the_fast_one_counts(every: Every) -> None:
    def holds(case: Case) -> None:
        connection = in_duckdb(case)

        fast = counted(connection, case)

        assert_equal(fast, counted(connection, case, fast=False))
        assert fast.rows.sum() == fast.log.rows

    every(cases(), holds, 4)
    every(cases(busy=True), holds, 1)


def test_postgres_counts_what_duckdb_counts(every: Every, server: Any) -> None:
    def holds(case: Case) -> None:
        there = counted(in_postgres(case, server), case)

        assert_equal(counted(in_duckdb(case), case), there)

    every(cases(), holds, 4)
    every(cases(busy=True), holds, 1)


def test_sqlite_counts_what_duckdb_counts(every: Every) -> None:
    def holds(case: Case) -> None:
        plain = without_decimals(case)

        there = counted(in_sqlite(plain), plain)

        assert_equal(counted(in_duckdb(plain), plain), there)

    every(cases(broken=False, unit=1_000), holds, 4)
    every(cases(broken=False, unit=1_000, busy=True), holds, 1)


def test_busy_cases_have_joint_counts_to_hold(every: Every) -> None:
    seen: set[str] = set()

    def holds(case: Case) -> None:
        found = counted(in_duckdb(case), case)
        seen.update(
            name for name, tables in (
                ("pairs", found.joint.pairs), ("within", found.joint.within),
                ("segments", found.pairs), ("crossed", found.crossed),
            ) if any(table.any() for table in tables.values())
        )  # fmt: skip
        if found.arrivals is not None and found.arrivals.any():
            seen.add("arrivals")

    every(cases(busy=True), holds, 3)

    assert seen == {"pairs", "within", "segments", "crossed", "arrivals"}
