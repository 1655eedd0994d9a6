"""The caps on ibis, DuckDB and sqlglot: the calls that newer ones broke."""

import math
from importlib.metadata import entry_points, metadata, requires

import ibis
import pytest

from bot.sources.tables import EXTRAS


@pytest.fixture
def connection() -> ibis.BaseBackend:
    made = ibis.duckdb.connect()
    made.raw_sql("CREATE TABLE t AS SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(x, y)")
    return made


def test_tables_are_listed(connection: ibis.BaseBackend) -> None:
    assert connection.list_tables() == ["t"]


@pytest.mark.filterwarnings("ignore:.*fetch_record_batch.*:DeprecationWarning")  # ibis 12 calls it
def test_a_result_arrives_as_arrow_and_in_batches(connection: ibis.BaseBackend) -> None:
    table = connection.table("t")

    assert connection.to_pyarrow(table.order_by("x")).to_pydict() == {"x": [1, 2], "y": ["a", "b"]}
    assert sum(batch.num_rows for batch in connection.to_pyarrow_batches(table)) == 2


def test_a_table_is_replaced(connection: ibis.BaseBackend) -> None:
    connection.create_table("t", connection.table("t").filter(ibis._.x > 1), overwrite=True)

    assert connection.to_pyarrow(connection.table("t").count()).as_py() == 1


def test_compiled_sql_runs_inside_grouping_sets(connection: ibis.BaseBackend) -> None:
    inner = connection.compile(connection.table("t").select(x="x", y="y"))
    sql = f"WITH b AS ({inner}) SELECT x, y, COUNT(*) FROM b GROUP BY GROUPING SETS ((x), (y))"  # noqa: S608 - ours

    assert len(connection.raw_sql(sql).fetchall()) == 4


def test_the_caps_stand_where_an_installer_reads_them() -> None:
    wanted = {line.replace(" ", "") for line in requires("plummet-bot") or ()}

    assert "ibis-framework[duckdb]==12.0.0" in wanted
    assert "duckdb<2,>=1.4.5" in wanted
    assert "sqlglot<30.18,>=25.34" in wanted


@pytest.mark.parametrize(("scheme", "extra"), EXTRAS.items())
def test_every_engine_of_an_extra_is_one_that_ibis_opens(scheme: str, extra: str) -> None:
    name = {"postgresql": "postgres"}.get(scheme, scheme)

    assert extra in (metadata("plummet-bot").get_all("Provides-Extra") or ())
    assert name in (metadata("ibis-framework").get_all("Provides-Extra") or ())
    brought = [line for line in requires("plummet-bot") or () if f"extra == '{extra}'" in line]
    assert any(line.startswith(f"ibis-framework[{name}]==12.0.0") for line in brought)
    assert name in entry_points(group="ibis.backends").names


def test_nan_is_above_every_number_and_equal_to_itself(connection: ibis.BaseBackend) -> None:
    nan, other = (ibis.literal("nan").cast("float64") for _ in range(2))

    asked = connection.table("t").limit(1).select(above=nan > math.inf, same=nan == other)

    assert connection.to_pyarrow(asked).to_pylist() == [{"above": True, "same": True}]


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "sqlite", "trino", "pyspark"])
def test_a_union_of_counts_compiles_for_every_engine(
    connection: ibis.BaseBackend, dialect: str
) -> None:
    table = connection.table("t")
    parts = [table.group_by(v=table[name].cast("string")).agg(n=table.count()) for name in "xy"]

    assert str(ibis.to_sql(parts[0].union(parts[1]), dialect=dialect)).count("COUNT(*)") == 2
