"""Columns as ibis expressions: times in UTC seconds, values as the codes of their bins."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import ibis

from bot.profile.bins import FIRST, NAN, NULL, OTHER, Bins
from bot.profile.engine import SPREAD

if TYPE_CHECKING:
    import ibis.expr.types as ir

MILLISECONDS = 100_000_000_000
"""Whole numbers from here on are milliseconds since 1970, not seconds (year 5138)."""


LARGEST = sys.float_info.max


def moment(column: Any) -> Any:
    """A time column as UTC without a zone: no zone means UTC, text is parsed, numbers are epochs.

    Connections are opened in UTC, so that a cast away from a zone keeps the moment.
    """
    kind = column.type()
    if kind.is_numeric():
        whole = column.cast("int64")
        return ibis.ifelse(whole.abs() >= MILLISECONDS, whole // 1000, whole).as_timestamp("s")
    if kind.is_string():
        return column.try_cast("timestamp('UTC')").cast("timestamp")
    return column.cast("timestamp")


def literal(time: datetime) -> Any:
    """A time that can be compared with a `moment`."""
    return ibis.literal(time.astimezone(UTC).replace(tzinfo=None), type="timestamp")


def seconds(time: Any) -> Any:
    """Seconds since 1970 of a `moment`."""
    return time.epoch_seconds().cast("int64")


def number(column: Any) -> Any:
    """A column as a floating number; text that is none becomes null."""
    kind = column.type()
    if kind.is_boolean():
        return ibis.cases((column, 1.0), (~column, 0.0), else_=ibis.null("float64"))
    return column.try_cast("float64") if kind.is_string() else column.cast("float64")


def is_nan(value: Any) -> Any:
    """Whether a floating number is none; engines put NaN above every number, negated as well."""
    largest = _exact(LARGEST)
    return (value > largest) & (-value > largest)


def finite(value: Any) -> Any:
    """A floating number; null where it is infinite or NaN."""
    there = (value <= _exact(LARGEST)) & (value >= _exact(-LARGEST))
    return ibis.ifelse(there, value, ibis.null("float64"))


def text(column: Any) -> Any:
    """A column as the text that our bins use for its values: 1 for 1.0 and true, 0 for false."""
    kind = column.type()
    if kind.is_string():
        return column
    if kind.is_boolean():
        return ibis.ifelse(column, "1", "0")
    return column.cast("string")


def code(column: Any, bins: Bins, *, place: int = 0) -> Any:
    """The code of a column's value, moved to the column's place among all columns."""
    base = place * SPREAD
    if bins.kind == "category":
        pairs = [(_same(value, column), base + FIRST + i) for i, value in enumerate(bins.values)]
        other = base + OTHER
        known = key(column, bins).cases(*pairs, else_=other) if pairs else _whole(other)
        return ibis.ifelse(column.isnull(), base + NULL, known).cast("int32")
    value = number(column)
    masses = [(value == _exact(float(v)), base + FIRST + i) for i, v in enumerate(bins.values)]
    whole = _interval(value, bins.edges, 0, len(bins.edges), base + bins.under)
    unread = [(value.isnull(), base + OTHER)] if column.type().is_string() else []
    return ibis.cases(
        (column.isnull(), base + NULL), *unread, (is_nan(value), base + NAN), *masses, else_=whole
    ).cast("int32")


def _interval(value: Any, edges: tuple[float, ...], low: int, high: int, base: int) -> Any:
    """A balanced tree of comparisons: how many of the edges the value has reached."""
    if low == high:
        return _whole(base + low)
    middle = (low + high) // 2
    return ibis.ifelse(
        value < _exact(edges[middle]),
        _interval(value, edges, low, middle, base),
        _interval(value, edges, middle + 1, high, base),
    )


def key(column: Any, bins: Bins) -> Any:
    """What is compared with the values and edges of the bins."""
    numeric = bins.kind == "numeric" or column.type().is_numeric()
    return number(column) if numeric else text(column)


def _same(value: str, column: Any) -> Any:
    return _exact(float(value)) if column.type().is_numeric() else value


def _exact(value: float) -> Any:
    """A number to the last digit: as a bare literal, DuckDB would read it as a rounded decimal."""
    return ibis.literal(repr(value)).cast("float64")


def _whole(value: int) -> "ir.IntegerScalar":
    return ibis.literal(value, type="int32")
