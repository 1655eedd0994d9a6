"""Codes by Postgres' own binary search, for which a tree of comparisons is many times slower."""

from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from bot.profile.bins import FIRST, OTHER, Bins
from bot.profile.coder import NumberCoder

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_CODES = 255
"""The code is a byte of a string, by its place."""


def number_code(value: Any, bins: Bins) -> Any:
    """The code of a floating number that is none of the special ones."""
    coder = NumberCoder(bins)
    breaks = ", ".join(repr(at) for at in coder.breaks.tolist())
    place = _place_of_number(value, ibis.literal(f"{{{breaks}}}").cast("array<float64>"))
    return _byte(coder.between.tolist(), place)


def word_code(value: Any, bins: Bins) -> Any:
    """The code of a word: what is none of the known ones is looked for no further."""
    if not bins.values:
        return ibis.literal(OTHER, "int32")
    # As bytes, because each collation has an order of its own.
    ordered = sorted((word.encode(), FIRST + i) for i, word in enumerate(bins.values))
    known = ", ".join(f'"\\\\x{word.hex()}"' for word, _ in ordered)
    place = _place_of_bytes(
        _encoded(value, "UTF8"), ibis.literal(f"{{{known}}}").cast("array<binary>")
    )
    found = _byte([OTHER, *(code for _, code in ordered)], place)
    return ibis.ifelse(value.isin(bins.values), found, ibis.literal(OTHER, "int32"))


def _byte(codes: "Sequence[int]", place: Any) -> Any:
    return _get_byte(_decode(np.array(codes, dtype=np.uint8).tobytes().hex(), "hex"), place)


@ibis.udf.scalar.builtin(  # type: ignore[untyped-decorator] # ibis ships no annotations
    name="width_bucket", signature=(("float64", "array<float64>"), "int32")
)
def _place_of_number(value: Any, ends: Any) -> Any:
    """How many of the ascending ends a number has reached."""


@ibis.udf.scalar.builtin(  # type: ignore[untyped-decorator] # ibis ships no annotations
    name="width_bucket", signature=(("binary", "array<binary>"), "int32")
)
def _place_of_bytes(value: Any, ends: Any) -> Any:
    """The same of bytes."""


@ibis.udf.scalar.builtin(  # type: ignore[untyped-decorator] # ibis ships no annotations
    name="convert_to", signature=(("string", "string"), "binary")
)
def _encoded(value: Any, encoding: Any) -> Any:
    """The bytes of a text."""


@ibis.udf.scalar.builtin(  # type: ignore[untyped-decorator] # ibis ships no annotations
    name="decode", signature=(("string", "string"), "binary")
)
def _decode(text: Any, form: Any) -> Any:
    """Bytes that are written as text."""


@ibis.udf.scalar.builtin(  # type: ignore[untyped-decorator] # ibis ships no annotations
    name="get_byte", signature=(("binary", "int32"), "int32")
)
def _get_byte(codes: Any, place: Any) -> Any:
    """One of the bytes, from 0 on."""
