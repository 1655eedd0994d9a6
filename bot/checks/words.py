"""Numbers and times as a tired engineer wants to read them."""

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.profile.slices import Place

PERCENT_METRICS = frozenset({"accuracy", "precision", "recall", "f1"})


UNEVEN, APART = 8.0, 0.2
"""Errors rose for some kind of case: by so many spreads beyond chance, in this part of them."""


def percent(share: float, *, digits: int | None = None) -> str:
    """A share as per cent with about two significant digits: 62 %, 4.1 %, 0.03 %."""
    value = 100 * share
    if digits is None:
        size = abs(value)
        if 99 < size < 100:
            digits = 1
        elif size >= 10 or size == 0:
            digits = 0
        else:
            digits = min(1 - math.floor(math.log10(size)), 3)
    return f"{value:.{digits}f} %".replace("-0 %", "0 %")


def portion(share: float) -> str:
    """A part of a whole, such as of the extra errors, which an estimate may put beyond all or none.

    More than all of it reads as all: other rows then did better than before.
    """
    return percent(min(max(share, 0.0), 1.0))


def number(value: float) -> str:
    """A number with four significant digits, never in powers of ten where it can be read."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    return f"{value:.3g}"


def rows(count: float) -> str:
    """A number of rows: 12,345 rows."""
    whole = round(count)
    return f"{whole:,} row" if whole == 1 else f"{whole:,} rows"


def when(time: datetime | None) -> str:
    """A time in UTC, to the minute."""
    return "" if time is None else time.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def since(time: datetime | None) -> str:
    """The end of a sentence: since when; nothing where that is not known."""
    return "" if time is None else f" since {when(time)}"


def figure(metric: str, value: float | None) -> str:
    """A value of a metric: 91.2 % for shares of rows, four digits for the rest."""
    if value is None:
        return "no value"
    return f"{100 * value:.1f} %" if metric in PERCENT_METRICS else f"{value:.4g}"


def span(seconds: float) -> str:
    """A length of time: 40 s, 12 min, 5.5 h, 3 days."""
    for size, word in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if abs(seconds) >= (2 * size if size == 86_400 else size):
            return f"{seconds / size:.3g} {word}"
    return f"{seconds:.3g} s"


def listed(names: list[str], *, most: int = 3) -> str:
    """A few names in a sentence, and how many more there are."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def inside(place: "Place | None") -> str:
    """The middle of a sentence: in which part of the traffic; nothing where it is everywhere."""
    if place is None:
        return ""
    parts = (
        " and ".join(f"{column} {value}" for column, value in segment.items())
        for segment in place.segments
    )
    return f" (almost all in {' or '.join(parts)})"
