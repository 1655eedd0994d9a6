"""Spark as a source: one session for the process, and files that Spark reads."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

NAME = "pyspark"
READERS = {"read_parquet": {"mergeSchema": True}, "read_csv": {}, "read_json": {}}
"""How each kind of file is read; parts with other columns are put together by name."""


def connect_spark(place: str, options: Mapping[str, Any]) -> Any:
    """The ibis connection for the part of the address after `pyspark://`.

    Nothing: as Spark's own configuration says. `local[2]` and the like: in this process.
    `HOST:PORT`: that master. `options` are Spark's configuration, such as `spark.driver.memory`;
    with `spark.remote = "sc://HOST"` a Spark Connect server does the work.

    Raises:
        ImportError: The extra `spark` is not installed.
    """
    import ibis  # noqa: PLC0415 - a second to import, wanted only once data is read
    from pyspark.sql import SparkSession  # noqa: PLC0415 - likewise

    builder = SparkSession.builder
    if place:
        builder = builder.master(place if place.startswith("local") else f"spark://{place}")
    for key, value in options.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    # A session of our own in it, so that nobody else's time zone and views are touched.
    return ibis.pyspark.connect(session if "spark.remote" in options else session.newSession())


def read_with_spark(connection: Any, reader: str, files: Path) -> "ir.Table":
    """The files of a path, which may be a glob, as one table."""
    table: ir.Table = getattr(connection, reader)(str(files), **READERS[reader])
    return table
