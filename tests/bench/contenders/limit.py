"""The limit: DuckDB scans every column for count, least and greatest in two windows."""

import sys
from pathlib import Path

import duckdb

from tests.bench.contenders.answer import answer

log = duckdb.read_parquet(str(Path(sys.argv[1]) / "log.parquet"))
asked = ", ".join(f'count("{n}"), min("{n}"), max("{n}")' for n in log.columns)
during = f"event_time >= TIMESTAMPTZ '{sys.argv[2]}'"
counted = log.aggregate(f"{during} AS during, count(*) AS n, {asked}", "during")
counted.create("counted")  # all of it is computed; only the rows are wanted here
found = duckdb.table("counted").order("during").project("n").fetchall()
answer(rows=[rows for (rows,) in found])
