"""Times as senders write them."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.errors import UnreadableAlert

Clock = Callable[[], datetime]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = 1e11
"""Counted in seconds this is the year 5138, so a larger number is in milliseconds."""


def utcnow() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


def read_time(value: object, *, where: str) -> datetime | None:
    """A time in UTC from ISO 8601 or a number since 1970; None for none, or Go's zero time.

    Datadog's templates put the number in quotes; a date in ISO 8601 has eight digits at most.

    Raises:
        UnreadableAlert: It is there, but no time; names the field.
    """
    if value is None or value == "":
        return None
    try:
        found = _of_text(value) if isinstance(value, str) else _of_number(value)
    except (ValueError, OverflowError, TypeError) as error:
        raise UnreadableAlert(f"{where} is no time: {str(value)[:60]!r}") from error
    return None if found.year <= 1 else found


def _of_text(text: str) -> datetime:
    if text.isascii() and text.isdigit() and 8 < len(text) < 15:
        return _of_number(int(text))
    found = datetime.fromisoformat(text.strip())
    if found.tzinfo is None:
        return found.replace(tzinfo=UTC)
    # Year 1 in another zone may begin before the first day that there is.
    return found.replace(tzinfo=UTC) if found.year <= 1 else found.astimezone(UTC)


def _of_number(value: object) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError("neither text nor a number")
    seconds = value / 1000 if abs(value) > _MILLISECONDS_FROM else value
    return _EPOCH + timedelta(seconds=seconds)
