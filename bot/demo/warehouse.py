"""A database of views over the growing parts: what a team's warehouse is to the bot."""

from pathlib import Path

_JOINED = """
create view predictions as
select p.*, l.label, l.label_time
from read_parquet('{folder}/predictions/*.parquet') p
left join read_parquet('{folder}/labels/*.parquet') l using (request_id)
"""
_PLAIN = "create view {name} as select * from read_parquet('{folder}/{name}/*.parquet')"


def make_warehouse(folder: Path) -> None:
    """Write `warehouse.duckdb`; it holds no rows, so it may be read while the parts grow."""
    import duckdb  # noqa: PLC0415 - only when a demo really runs

    quoted = str(folder.resolve()).replace("'", "''")
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute(_JOINED.format(folder=quoted))
        for name in ("offline", "reported", "system"):
            connection.execute(_PLAIN.format(name=name, folder=quoted))
