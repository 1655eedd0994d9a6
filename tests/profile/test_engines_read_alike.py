"""What a time, a number and a word are, is the same in every engine, however they are written."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import ibis
import pyarrow as pa
import pytest

from bot.profile.coding import absent, literal, moment, number, seconds, square, text
from tests.profile.engines import in_duckdb, in_postgres, in_sqlite
from tests.profile.logs import Case, model

NEW_YEAR = 1_767_225_600  # 2026-01-01T00:00:00Z
AT = datetime(2026, 1, 1, tzinfo=UTC)

STAMPS = {
    "2026-01-01T00:00:00Z": NEW_YEAR,
    "2026-01-01 00:00:00": NEW_YEAR,
    "2026-01-01T02:00:00+02:00": NEW_YEAR,
    "2025-12-31T23:59:59.999Z": NEW_YEAR - 1,
    "2026-01-01": NEW_YEAR,
    "yesterday": None,
    "2026-13-01": None,
    "": None,
}
EPOCHS = {NEW_YEAR: NEW_YEAR, NEW_YEAR * 1000 + 999: NEW_YEAR}
NUMERALS = {
    "1": 1.0, "-2.5": -2.5, " 7": 7.0, "1e3": 1000.0, "0.1310228545387047": 0.1310228545387047,
    "": None, "n/a": None, "1_000": None, "1f": None, "nan": None, "5\n": None, "0x10": None,
}  # fmt: skip

Put = Callable[[dict[str, pa.Array]], Any]


@pytest.fixture(params=["duckdb", "sqlite", "postgres"])
def put(request: pytest.FixtureRequest) -> Put:
    """Columns as a table of one of the engines."""

    def table(columns: dict[str, pa.Array]) -> Any:
        made = pa.table({"row": pa.array(range(len(next(iter(columns.values()))))), **columns})
        case = Case(model=model("binary"), log=made, training=made.slice(0, 0), at=None)
        if request.param == "postgres":
            server = ibis.connect(request.getfixturevalue("postgres"))
            request.addfinalizer(server.disconnect)
            return in_postgres(case, server).table("log")
        return (in_duckdb if request.param == "duckdb" else in_sqlite)(case).table("log")

    return table


def read(table: Any, value: Any) -> list[Any]:
    """A value of each row, in order."""
    found = table.select("row", value=value).order_by("row")
    answer: list[Any] = found.get_backend().to_pyarrow(found)["value"].to_pylist()
    return answer


def test_text_is_read_as_a_time(put: Put) -> None:
    table = put({"x": pa.array(list(STAMPS))})

    assert read(table, seconds(moment(table.x))) == list(STAMPS.values())


def test_numbers_are_seconds_or_milliseconds(put: Put) -> None:
    table = put({"x": pa.array(list(EPOCHS))})

    assert read(table, seconds(moment(table.x))) == list(EPOCHS.values())


def test_a_fraction_of_a_second_is_never_rounded_up(put: Put) -> None:
    times = [datetime(2025, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC), AT]
    table = put({"x": pa.array(times, pa.timestamp("us", tz="UTC"))})

    assert read(table, seconds(moment(table.x))) == [NEW_YEAR - 1, NEW_YEAR]


@pytest.mark.parametrize("zone", [None, "UTC"])
def test_a_row_of_that_very_moment_is_in(put: Put, zone: str | None) -> None:
    times = [AT, AT.replace(microsecond=1_000)]
    table = put({"x": pa.array(times, pa.timestamp("us", tz=zone))})

    assert [bool(v) for v in read(table, moment(table.x) <= literal(AT))] == [True, False]


def test_text_is_read_as_a_number_only_where_it_is_one(put: Put) -> None:
    table = put({"x": pa.array(list(NUMERALS))})

    assert read(table, number(table.x)) == list(NUMERALS.values())


def test_a_square_is_a_number_or_null(put: Put) -> None:
    table = put({"x": pa.array([3.0, 1e200, 1e-200, -1e200, None])})

    assert read(table, square(table.x)) == [9.0, None, 0.0, None, None]


def test_only_null_is_absent(put: Put) -> None:
    table = put({"x": pa.array([0.0, None, -1.0]), "y": pa.array(["", None, "x"])})

    assert [bool(v) for v in read(table, absent(table.x))] == [False, True, False]
    assert [bool(v) for v in read(table, absent(table.y))] == [False, True, False]


def test_a_flag_is_1_or_0_or_nothing(put: Put) -> None:
    table = put({"x": pa.array([True, False, None])})

    assert read(table, text(table.x)) == ["1", "0", None]
