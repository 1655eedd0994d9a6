"""Repeats of the row before, counted in rows that are brought into memory."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from bot.profile.arrays import one_piece, plain, present

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.engine import Engine

    Codes = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]

MOST_VALUES = 1_500_000
"""Values that are in memory at once: of more rows, fewer features are read together."""


def repeats_in_memory(
    engine: "Engine", base: Any, *, keys: int, features: int, rows: int, stretches: int
) -> "Codes":
    """Rows with a value before them, and those like it: [stretch, key, feature, 2].

    `rows` are those of all stretches. Windows of SQL over hundreds of features take gigabytes.
    """
    found: Codes = np.zeros((stretches, keys, features, 2), dtype=np.int64)
    at_once = max(MOST_VALUES // max(rows, 1), 1)
    for begin in range(0, features, at_once):
        block = range(begin, min(begin + at_once, features))
        table = engine.arrow(_ordered(base, keys, block))
        head = [_codes(table.column(name)) for name in ("n", *(f"k{i}" for i in range(1, keys)))]
        stretch = plain(one_piece(table.column("stretch"))).astype(np.int64)
        for i in range(keys):
            order = np.arange(len(stretch)) if i == 0 else np.lexsort((head[i], stretch))
            other = _other(stretch[order], head[0][order], head[i][order] if i else None)
            place = stretch[order][1:]
            for j in block:
                there, alike = _alike(one_piece(table.column(f"f{j}")), order)
                found[:, i, j, 0] = np.bincount(place[other & there], minlength=len(found))
                found[:, i, j, 1] = np.bincount(place[other & alike], minlength=len(found))
    return found


def _ordered(base: Any, keys: int, block: range) -> Any:
    """The rows in the order in which they came; what Arrow has no plain numbers for, as text."""
    features = {f"f{j}": base[f"f{j}"] for j in block}
    asked = {
        name: value if _is_plain(value.type()) else value.cast("string")
        for name, value in features.items()
    }
    heads = [f"k{i}" for i in range(1, keys)]
    texts = {name: base[name].cast("string") for name in heads}
    ordered = base.order_by("stretch", "t", "n")
    return ordered.select("stretch", "n", **texts, **asked)


def _is_plain(kind: Any) -> bool:
    return bool(kind.is_integer() or kind.is_floating() or kind.is_string() or kind.is_boolean())


def _codes(column: "pa.ChunkedArray") -> "Codes":
    """Words as numbers, of which only equality counts; -1 for none."""
    words = one_piece(column).dictionary_encode()
    found: Codes = np.where(present(words), plain(words.indices), -1).astype(np.int64)
    return found


def _other(stretch: "Codes", ids: "Codes", key: "Codes | None") -> "Mask":
    """Whether the row before is of the same part, and not the same row logged twice."""
    same = stretch[1:] == stretch[:-1]
    if key is not None:
        same &= key[1:] == key[:-1]
    different = (ids[1:] < 0) | ((ids[:-1] >= 0) & (ids[1:] != ids[:-1]))
    found: Mask = same & different
    return found


def _alike(column: "pa.Array", order: "Codes") -> "tuple[Mask, Mask]":
    """Where a row and the one before have a value, and where it is the same; NaN equals NaN."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        values = _codes(pa.chunked_array([column]))[order]
        known = values >= 0
    else:
        values, known = plain(column)[order], present(column)[order]
    there: Mask = known[1:] & known[:-1]
    equal: Mask = values[1:] == values[:-1]
    if pa.types.is_floating(column.type):
        equal |= np.isnan(values[1:]) & np.isnan(values[:-1])
    both: Mask = there & equal
    return there, both
