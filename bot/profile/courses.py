"""How many rows were to come: the course of the day or week, with or without growth."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]

WEEK = 7
FEW = 3
"""Fewer earlier spans than this do not tell which course foretells best, or how well."""

MANY = 12
"""So many of the last earlier spans are foretold again."""

BETTER = 0.9
"""A course with more to it errs at most this part as much, else the plainer one is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The rows of each bucket that were to come, after the history and in it.

    `missed` is by how much the course missed earlier spans, as a root mean square of logs; None
    for the plain course of the day, of which nothing has to be foretold.
    """

    rows: "Floats"
    missed: float | None = None


def expected_rows(rows: "Counts", before: "npt.NDArray[np.bool_]", *, day: int) -> Expected:
    """The rows of each bucket by the course that foretold earlier spans of the history best.

    Each course is fitted to what came before a span as long as what is left after the history, and
    held against the span. `day` is how many buckets one has.
    """
    start = int(np.flatnonzero(before)[-1]) + 1 if before.any() else 0
    counted, length = rows.astype(np.float64), max(len(rows) - start, 1)
    best = Expected(rows=_by_day(counted, start, day))
    least = _missed(_by_day, counted, start=start, length=length, day=day)
    for course in (_by_week, _growing_by_day, _growing_by_week):
        found = course(counted, start, day)
        missed = _missed(course, counted, start=start, length=length, day=day)
        same = min(len(missed), len(least))
        if found is None or same < FEW or _size(missed[:same]) >= BETTER * _size(least[:same]):
            continue
        best, least = Expected(rows=found, missed=_size(missed)), missed
    return best


def _size(missed: "Floats") -> float:
    return float(np.sqrt(np.mean(np.square(missed))))


def _missed(course: "Course", rows: "Floats", *, start: int, length: int, day: int) -> "Floats":
    """By how much the course missed the rows of earlier spans, in logs, the last span first."""
    first, step = max(FEW * day, start // 3), max(length, day // 4, 1)
    missed: list[float] = []
    for end in range(start - length, first - 1, -step):
        found = course(rows[: end + length], end, day)
        if found is None or len(missed) == MANY:
            break
        missed.append(math.log((rows[end : end + length].sum() + 1) / (found[end:].sum() + 1)))
    return np.array(missed)


Course = Callable[["Floats", int, int], "Floats | None"]
"""Rows, the end of what is known of them, and the buckets of a day; None where that is too few."""


def _by_day(rows: "Floats", start: int, day: int) -> "Floats":
    """What each time of day had before `start`."""
    phase = np.arange(len(rows)) % day
    past, mine = rows[:start], phase[:start]
    times = np.bincount(mine, minlength=day)
    total = np.bincount(mine, weights=past, minlength=day)
    level = past.mean() if len(past) else 0.0
    usual: Floats = np.where(times >= 2, total / np.maximum(times, 1), level)[phase]
    return usual


def _by_week(rows: "Floats", start: int, day: int) -> "Floats | None":
    """That, by what each day of the week had of it."""
    if start < 2 * WEEK * day:
        return None
    usual = _by_day(rows, start, day)
    weekday = (np.arange(len(rows)) - start) // day % WEEK
    past, mine = weekday[:start], usual[:start]
    got = np.bincount(past, weights=rows[:start], minlength=WEEK)
    part: Floats = got / np.maximum(np.bincount(past, weights=mine, minlength=WEEK), 1e-9)
    return usual * part[weekday]


def _growing_by_day(rows: "Floats", start: int, day: int) -> "Floats | None":
    return _growing(_by_day(rows, start, day), rows, start, day)


def _growing_by_week(rows: "Floats", start: int, day: int) -> "Floats | None":
    usual = _by_week(rows, start, day)
    return None if usual is None else _growing(usual, rows, start, day)


def _growing(usual: "Floats", rows: "Floats", start: int, day: int) -> "Floats | None":
    """A course with the exponential growth of the days before `start`, counted back from there."""
    days = start // day
    if days <= FEW:
        return None
    whole = slice(start - days * day, start)
    got, due = (part[whole].reshape(days, day).sum(axis=1) for part in (rows, usual))
    middle = np.arange(days) - days + 0.5
    slope, height = np.polyfit(middle, np.log((got + 1) / (due + 1)), 1, w=np.sqrt(due + 1))
    later: Floats = (np.arange(len(rows)) - start) / day
    grown: Floats = usual * np.exp(height + slope * later)
    return grown
