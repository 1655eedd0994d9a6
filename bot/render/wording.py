"""Times, spans and numbers in words; they take the plain values that templates get."""

from datetime import UTC, datetime

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def _moment(time: str) -> datetime:
    return datetime.fromisoformat(time).astimezone(UTC)


def utc(time: str) -> str:
    """`2026-03-01 14:05 UTC`, from an ISO 8601 text."""
    return f"{_moment(time):%Y-%m-%d %H:%M} UTC"


def clock(time: str) -> str:
    """`14:05`, in UTC."""
    return f"{_moment(time):%H:%M}"


def day(time: str) -> str:
    """`2026-03-01`, in UTC."""
    return f"{_moment(time):%Y-%m-%d}"


def duration(seconds: float) -> str:
    """A span in its two largest units: `2 hours 5 minutes`."""
    left = round(abs(seconds))
    found: list[tuple[int, str]] = []
    for size, name in _UNITS:
        count, left = divmod(left, size)
        found.append((count, f"{count} {name}{'' if count == 1 else 's'}"))
    first = next((place for place, (count, _) in enumerate(found) if count), len(found) - 1)
    said = [words for count, words in found[first : first + 2] if count]
    return " ".join(said) or "0 seconds"


def percent(share: float, digits: int = 0) -> str:
    """`12 %`, from 0.12."""
    return f"{share * 100:.{digits}f} %"


def number(value: float, digits: int = 0) -> str:
    """`12,345`."""
    return f"{value:,.{digits}f}"
