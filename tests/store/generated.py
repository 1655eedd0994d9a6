"""Any noun, from the types of its fields; nothing is registered for the tests of other rooms."""

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from types import NoneType, UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    # Any text that JSON can bring, lone surrogates too.
    str: st.text(st.characters(exclude_categories=[]), max_size=12),
    # NaN has a test of its own, for it is not equal to itself.
    float: st.floats(allow_nan=False),
    int: st.integers(),
    bool: st.booleans(),
    NoneType: st.none(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    date: st.dates(),
}


def any_of(kind: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one return a kind
    """Values of a type: a noun, or what a noun's field may be."""
    if kind in PLAIN:
        return PLAIN[kind]
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        parts = {field.name: any_of(hints[field.name]) for field in fields(kind)}
        return st.builds(cast("Any", kind), **parts)
    inner = get_args(kind)
    match get_origin(kind):
        case origin if origin is Literal:
            return st.sampled_from(inner)
        case origin if origin in {Union, UnionType}:
            return st.one_of(*map(any_of, inner))
        case origin if origin is tuple and inner[-1] is ...:
            return st.lists(any_of(inner[0]), max_size=3).map(tuple)
        case origin if origin is tuple:
            return st.tuples(*map(any_of, inner))
        case origin if origin is dict:
            return st.dictionaries(any_of(inner[0]), any_of(inner[1]), max_size=3)
        case _:
            raise TypeError(f"nothing is known about {kind}")
