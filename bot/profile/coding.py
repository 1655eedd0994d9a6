"""Columns as ibis expressions: times in UTC seconds, values as the codes of their bins."""

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import ibis

from bot.profile.bins import FIRST, NAN, NULL, OTHER, Bins
from bot.profile.engine import SPREAD
from bot.profile.limits import FAR, LARGEST, NEAR
from bot.profile.searching import MOST_CODES, number_code, word_code

if TYPE_CHECKING:
    import ibis.expr.types as ir

MILLISECONDS = 100_000_000_000
"""Whole numbers from here on are milliseconds since 1970, not seconds (year 5138)."""


EXACT = 10**15
"""Decimal numerals of fewer digits than this are read to the last bit by every engine."""

NUMERAL = r"^ *[+-]?([0-9]{1,100}([.][0-9]{0,100})?|[.][0-9]{1,100})([eE][+-]?[0-9]{1,2})? *$"
STAMP = (
    r"^ *[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"([T ][0-2][0-9]:[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)? *(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)? *$"
)
"""Text that is read as a number and as a time: not every engine can try a cast."""


def moment(column: Any) -> Any:
    """A time column as UTC without a zone: no zone means UTC, text is parsed, numbers are epochs.

    Connections are opened in UTC, so that a cast away from a zone keeps the moment. SQLite keeps
    times to the millisecond.
    """
    kind = column.type()
    if kind.is_numeric():
        whole = (column.floor() if kind.is_floating() else column).cast("int64")
        return _since_1970(ibis.ifelse(whole.abs() >= MILLISECONDS, whole // 1000, whole))
    if _is_sqlite(column):
        # Times are text there, in any of several forms; a cast writes them all in one.
        return column.cast("string").cast("timestamp")
    if kind.is_string():
        return _like(column, STAMP).try_cast("timestamp('UTC')").cast("timestamp")
    return column.cast("timestamp")


def _since_1970(whole: Any) -> Any:
    """The moment so many seconds after 1970, in the words that the engine has for it."""
    if _is_sqlite(whole):
        return _strftime("%Y-%m-%d %H:%M:%f", whole, "unixepoch")
    if whole.get_backend().name == "postgres":
        return ibis.timestamp("1970-01-01 00:00:00") + whole.as_interval("s")
    return whole.as_timestamp("s")


def _is_sqlite(column: Any) -> bool:
    return bool(column.get_backend().name == "sqlite")


@ibis.udf.scalar.builtin(  # type: ignore[untyped-decorator] # ibis ships no annotations
    name="strftime", signature=(("string", "int64", "string"), "timestamp")
)
def _strftime(form: Any, value: Any, of: Any) -> Any:
    """SQLite's own."""


@ibis.udf.scalar.python(  # type: ignore[untyped-decorator] # ibis ships no annotations
    signature=(("string",), "float64")
)
def _parsed(numeral: str | None) -> float | None:
    """A numeral to the last bit, which SQLite's own reader may miss."""
    return None if numeral is None else float(numeral)


def literal(time: datetime) -> Any:
    """A time that can be compared with a `moment`."""
    spelled = time.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    return ibis.literal(spelled).cast("timestamp")  # so SQLite writes it as it writes a `moment`


def seconds(time: Any) -> Any:
    """Whole seconds since 1970 of a `moment`."""
    if (
        time.get_backend().name == "postgres"
    ):  # whose `extract` counts in decimals, many times slower
        return _date_part("epoch", time).floor().cast("int64")
    # Some engines answer with a fraction, which a cast alone would round up.
    return time.epoch_seconds().cast("float64").floor().cast("int64")


@ibis.udf.scalar.builtin(  # type: ignore[untyped-decorator] # ibis ships no annotations
    name="date_part", signature=(("string", "timestamp"), "float64")
)
def _date_part(part: Any, time: Any) -> Any:
    """Postgres' own."""


def since(time: Any, clock: int) -> Any:
    """Whether a `moment` is at this second since 1970 or later, for less than its `seconds`."""
    return time >= literal(datetime.fromtimestamp(clock, UTC))


def number(column: Any) -> Any:
    """A column as a floating number; text that is none becomes null."""
    kind = column.type()
    if kind.is_boolean():
        return ibis.cases((column, 1.0), (~column, 0.0), else_=ibis.null("float64"))
    if kind.is_decimal():  # by its digits: DuckDB divides, and is off in the last bit
        return column.cast("string").cast("float64")
    if kind.is_string():
        # Every engine reads other things as numbers as well; "1f" and "1_000" are none.
        read = _like(column, NUMERAL)
        return _parsed(read) if _is_sqlite(column) else read.cast("float64")
    return column.cast("float64")


def _like(column: Any, pattern: str) -> Any:
    """Text that matches wholly, else null; `$` alone would let a last line break pass."""
    matches = column.re_search(pattern) & ~column.contains("\n")
    return ibis.ifelse(matches, column, ibis.null("string"))


def square(value: Any) -> Any:
    """The square of a floating number; null where it would be beyond every number."""
    size = value.abs()
    return ibis.cases(
        (size <= NEAR, ibis.ifelse(size < NEAR, 0.0, NEAR * NEAR)), (size <= FAR, value * value)
    )


def absent(column: Any) -> Any:
    """Whether there is no value; NaN is one, which ibis on Spark would take for null."""
    return (column > 0).isnull() if column.type().is_floating() else column.isnull()


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
        return ibis.cases((column, "1"), (~column, "0"))
    if kind.is_timestamp():  # each engine writes fractions in its own way
        return moment(column).strftime("%Y-%m-%d %H:%M:%S")
    return column.cast("string")


def code(column: Any, bins: Bins, *, place: int = 0) -> Any:
    """The code of a column's value, moved to the column's place among all columns."""
    base = place * SPREAD
    if bins.size <= MOST_CODES and column.get_backend().name == "postgres":
        return _searched(column, bins, base)
    if bins.kind == "category":
        own, other = key(column, bins), base + OTHER
        numeric = column.type().is_numeric()
        pairs = [
            (_is(own, float(value)) if numeric else own == value, base + FIRST + i)
            for i, value in enumerate(bins.values)
        ]
        known = ibis.cases(*pairs, else_=other) if pairs else _whole(other)
        return ibis.ifelse(absent(column), base + NULL, known).cast("int32")
    value = number(column)
    unread = [(value.isnull(), base + OTHER)] if column.type().is_string() else []
    return ibis.cases(
        (absent(column), base + NULL), *unread, (is_nan(value), base + NAN),
        *_infinite(value, bins, base), else_=_placed(value, bins, base),
    ).cast("int32")  # fmt: skip


def _searched(column: Any, bins: Bins, base: int) -> Any:
    """The same in fewer words, where the engine can search."""
    value = key(column, bins)
    if value.type().is_string():
        special, found = [], word_code(value, bins)
    else:
        unread = bins.kind == "numeric" and column.type().is_string()
        special = [(value.isnull(), OTHER)] if unread else []
        special.append((is_nan(value), NAN if bins.kind == "numeric" else OTHER))
        found = number_code(value, bins)
    return (ibis.cases((absent(column), NULL), *special, else_=found) + base).cast("int32")


def _infinite(value: Any, bins: Bins, base: int) -> list[tuple[Any, int]]:
    """The point masses that no order tells from the numbers beside them."""
    return [
        (_is(value, float(mass)), base + FIRST + i)
        for i, mass in enumerate(bins.values)
        if math.isinf(float(mass))
    ]


def _placed(value: Any, bins: Bins, base: int) -> Any:
    """A balanced tree of comparisons: the last edge or mass that the value has reached."""
    own: dict[float, int] = {}
    for i, mass in enumerate(bins.values):
        own.setdefault(float(mass), base + FIRST + i)
    breaks = sorted({*bins.edges, *(mass for mass in own if not math.isinf(mass))})

    def tree(low: int, high: int) -> Any:
        if low < high:
            middle = (low + high) // 2
            below, above = tree(low, middle), tree(middle + 1, high)
            return ibis.ifelse(value < _exact(breaks[middle]), below, above)
        reached = breaks[:low][-1:]
        other = _whole(base + bins.under + sum(edge <= at for at in reached for edge in bins.edges))
        masses = [at for at in reached if at in own]
        return (
            ibis.ifelse(_is(value, masses[0]), _whole(own[masses[0]]), other) if masses else other
        )

    return tree(0, len(breaks))


def steps(value: Any, edges: tuple[int, ...]) -> Any:
    """How many of these whole edges a whole number has reached."""

    def tree(low: int, high: int) -> Any:
        if low == high:
            return _whole(low)
        middle = (low + high) // 2
        return ibis.ifelse(value < edges[middle], tree(low, middle), tree(middle + 1, high))

    return tree(0, len(edges))


def key(column: Any, bins: Bins) -> Any:
    """What is compared with the values and edges of the bins."""
    numeric = bins.kind == "numeric" or column.type().is_numeric()
    return number(column) if numeric else text(column)


def _is(value: Any, wanted: float) -> Any:
    """Whether a floating number is this one; infinity is told by its place above all numbers."""
    if math.isinf(wanted):
        signed = value if wanted > 0 else -value
        return (signed > _exact(LARGEST)) & (-signed <= _exact(LARGEST))
    return value == _exact(wanted)


def _exact(value: float) -> Any:
    """A number to the last bit: DuckDB reads a bare literal as a rounded decimal, SQLite likewise.

    A numeral of many digits is written as a whole number times powers of two, each step exact.
    """
    if not math.isfinite(value) or value == LARGEST or _is_short(value):
        return ibis.literal(repr(value)).cast("float64")
    whole, power = value, 0
    while not whole.is_integer() or abs(whole) > 2**53:
        step = 1 if whole.is_integer() else -1
        whole, power = whole * 2.0**-step, power + step
    made = ibis.literal(int(whole), type="int64").cast("float64")
    while power:
        part = min(abs(power), 62)
        factor = ibis.literal(2**part, type="int64").cast("float64")
        made, power = (made * factor, power - part) if power > 0 else (made / factor, power + part)
    return made


def _is_short(value: float) -> bool:
    """Whether the numeral is so short that no reader rounds it twice."""
    digits, _, power = repr(abs(value)).partition("e")
    return int(digits.replace(".", "")) < EXACT and abs(int(power or 0)) < 22


def _whole(value: int) -> "ir.IntegerScalar":
    return ibis.literal(value, type="int32")
