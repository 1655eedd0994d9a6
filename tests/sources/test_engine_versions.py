"""The caps on ibis, DuckDB and sqlglot: the calls that newer ones broke."""

import ibis
import pytest


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
