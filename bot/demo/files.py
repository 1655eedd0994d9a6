"""Files that a reader never sees half written."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo.flights import Frame

if TYPE_CHECKING:
    import pyarrow as pa

TIMES = frozenset({"event_time", "label_time", "arrival_time", "time"})
"""Columns in microseconds since 1970, written as UTC times."""


def write_parquet(path: Path, frame: Frame) -> None:
    """Write a frame and put it in place in one step."""
    from pyarrow import parquet  # noqa: PLC0415 - only when a demo really runs

    hidden = path.with_suffix(".part")
    parquet.write_table(_table(frame), hidden, compression="zstd")
    hidden.replace(path)


def append_line(path: Path, line: str) -> None:
    """Add one line in one write."""
    with path.open("ab", buffering=0) as file:
        os.write(file.fileno(), line.encode() + b"\n")


def _table(frame: Frame) -> "pa.Table":
    import pyarrow as pa  # noqa: PLC0415 - only when a demo really runs

    columns = {}
    for name, values in frame.items():
        if name in TIMES:
            stamp = pa.timestamp("us", tz="UTC")
            columns[name] = pa.array(values).cast(stamp)
        elif values.dtype.kind == "f":
            columns[name] = pa.array(values, from_pandas=True)
        else:
            columns[name] = pa.array(values)
    return pa.table(columns)
