"""Arrow columns as numpy arrays, by their buffers: Arrow's own way brings pandas along."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]


def words_of(words: Sequence[str]) -> "pa.Array":
    """Text as an Arrow array."""
    data = [word.encode() for word in words]
    ends = np.cumsum([0, *(len(word) for word in data)]).astype(np.int32)
    return pa.StringArray.from_buffers(
        len(data), pa.py_buffer(ends.tobytes()), pa.py_buffer(b"".join(data))
    )


def present(values: "pa.Array") -> "Mask":
    """Which values are there."""
    if not values.null_count:
        return np.ones(len(values), dtype=np.bool_)
    indices = values.indices if pa.types.is_dictionary(values.type) else values
    return _bits(indices.buffers()[0], indices.offset, len(indices))


def floats_of(values: "pa.Array") -> "Floats":
    """Numbers as float64; what stands where there is none is not said."""
    found: Floats = plain(values).astype(np.float64, copy=False)
    return found


def numbers_of(values: "pa.Array") -> "Floats":
    """Numbers as float64, with NaN where there is none."""
    found = floats_of(values)
    return np.where(present(values), found, np.nan) if values.null_count else found


def plain(values: "pa.Array") -> Any:
    """The values of a column of numbers, booleans or times, in their own type."""
    kind = values.type
    if not len(values):
        return np.zeros(0, dtype=np.float64)
    if pa.types.is_boolean(kind):
        return _bits(values.buffers()[1], values.offset, len(values))
    width = np.dtype(np.int64) if pa.types.is_timestamp(kind) else np.dtype(_numpy(kind))
    return np.frombuffer(values.buffers()[1], width)[values.offset :][: len(values)]


def _numpy(kind: "pa.DataType") -> str:
    return {"float": "float32", "double": "float64", "halffloat": "float16"}.get(
        str(kind), str(kind)
    )


def _bits(buffer: "pa.Buffer", offset: int, size: int) -> "Mask":
    packed = np.frombuffer(buffer, np.uint8)[offset // 8 : (offset + size + 7) // 8]
    start = offset % 8
    return np.unpackbits(packed, bitorder="little")[start : start + size].astype(np.bool_)


def indices_of(values: "pa.DictionaryArray") -> "npt.NDArray[np.intp]":
    """Places in the dictionary of its words; what stands where there is none is not said."""
    indices = values.indices
    kind = np.dtype(str(indices.type))
    found = np.frombuffer(indices.buffers()[1], kind)[indices.offset :][: len(indices)]
    return found.astype(np.intp)


KEPT_MEMORY = 30 << 20
"""Bytes: the C library of Linux raises what it keeps by no larger piece than 32 MiB."""


def keep_memory() -> None:
    """Have freed memory kept for the next piece: taking it anew costs as much as counting does.

    Freeing one large array does it (mallopt(3), "dynamic mmap threshold"); nobody writes into it,
    so that it takes no memory. Elsewhere than on Linux it does nothing.
    """
    np.empty(KEPT_MEMORY, dtype=np.uint8)


PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def seconds_of(time: "pa.Array") -> Any:
    """Whole seconds since 1970 of a column of timestamps."""
    return plain(time) // PER_SECOND[time.type.unit]


def one_piece(column: "pa.ChunkedArray") -> "pa.Array":
    """A column of a small table in one piece."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def masked(table: "pa.Table", inside: "Mask") -> "pa.Table":
    """The rows of a table where the mask holds."""
    bits = np.packbits(inside, bitorder="little").tobytes()
    mask = pa.BooleanArray.from_buffers(pa.bool_(), len(inside), [None, pa.py_buffer(bits)])
    return table.filter(mask)
