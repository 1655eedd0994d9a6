"""Files that a reader never sees half written."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.demo.flights import Array, Frame

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

    return pa.table({name: _column(name, values) for name, values in frame.items()})


def _column(name: str, values: Array) -> "pa.Array":
    """The column from its bytes: `pa.array` would import pandas, a second and more."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    count = len(values)
    if values.dtype.kind == "O":
        words = [str(value).encode() for value in values]
        ends = np.cumsum([0, *map(len, words)]).astype(np.int32)
        buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(words))]
        return pa.Array.from_buffers(pa.string(), count, buffers)
    if values.dtype.kind == "b":
        bits = pa.py_buffer(np.packbits(values, bitorder="little"))
        return pa.Array.from_buffers(pa.bool_(), count, [None, bits])
    kind = pa.timestamp("us", tz="UTC") if name in TIMES else pa.from_numpy_dtype(values.dtype)
    there = None
    if values.dtype.kind == "f":
        there = pa.py_buffer(np.packbits(~np.isnan(values), bitorder="little"))
    data = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(kind, count, [there, data])
