"""The two windows that are compared: the incident since its onset, and the history before it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bot.incident import Shape
from bot.profile.changepoint import (
    Change,
    Series,
    dispersion,
    dispersion_before,
    fall_at,
    locate,
    without_course,
)
from bot.profile.shapes import ramp_end, states

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.turns import Turn

    Mask = npt.NDArray[np.bool_]

WEEKS = 3
"""Fewer weeks than this have no usual course of the week."""

RECENT = 4
"""Days: a season that began longer ago is no answer to what is low now."""

WORST = 3
"""The worst of some twenty buckets is by chance so many times as bad as they are on average."""

HISTORY, INCIDENT = 8, 2
"""Into how many epochs of equal length the two windows are divided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Which buckets are before, and which during.

    `before` and `during` are masks over the buckets; between the bad spells of an intermittent
    fault neither holds. `start` and `end` (not included) bound the incident.
    """

    before: "Mask"
    during: "Mask"
    start: int
    end: int
    shape: Shape
    change: Change | None
    forced: bool = False
    season: Change | None = None
    """A fall that earlier weeks show as well, where there is no other."""

    def epochs(self) -> "npt.NDArray[np.int64]":
        """The epoch of each bucket: history first, then the incident; -1 for neither."""
        found = np.full(len(self.before), -1, dtype=np.int64)
        for mask, first, parts in ((self.before, 0, HISTORY), (self.during, HISTORY, INCIDENT)):
            places = np.flatnonzero(mask)
            if len(places):
                found[places] = first + np.arange(len(places)) * parts // len(places)
        return found


def find_windows(
    series: Series, *, day: int, hints: "Sequence[Turn]" = (), since: int | None = None,
    until: int | None = None, least: float = 6.5, least_hinted: float = 4.0,
    least_released: float = 3.0,
) -> Windows:  # fmt: skip
    """Split at the onset of the fall; without one, the last tenth is compared with the rest.

    `hints` are turns of something else. A fall that begins just there needs less to be believed,
    least of all where another version of the model began to serve, and one that was found begins at
    the hint that its interval holds.
    """
    size = len(series.n)
    if since is not None or until is not None:
        return _forced(series, since, until)
    level = without_course(series, day=day)
    share = series.share
    change = clearest_fall(level, day=day, share=share)
    if change is None or change.strength < least * _longer(level, change):
        faint = 0.0 if change is None else change.strength
        change = _hinted(level, hints, day=day, share=share, least=least_hinted) or _hinted(
            level, [hint for hint in hints if hint.released], day=day, share=share,
            least=least_released,
        )  # fmt: skip
    if change is None:
        season = _season(series, day=day, least=max(least, 2 * faint))
        start = season.bucket if season else _last_part(series)
        return replace(_windows(size, start, size, "step", None), season=season)
    # How it goes on is held against what neighbouring days differ by, not against old bad days.
    course = replace(change, dispersion=dispersion(level, day=day))
    shape, start = _shape(level, course)
    hint = next((hint for hint in hints if _within(hint.bucket, change, shape)), None)
    if hint is not None:
        # What turned the metric shows more sharply than the metric whether it came slowly.
        slow = hint.ramp() if shape != "intermittent" else None
        shape, start = (shape, hint.bucket) if slow is None else ("ramp", slow)
    if shape == "intermittent":
        clock = np.arange(size)
        during = _bad(level, course) & (clock >= start)
        return Windows(
            before=clock < start, during=during, start=start, end=size, shape=shape,
            change=change,
        )  # fmt: skip
    return _windows(size, start, size, shape, change)


def clearest_fall(level: Series, *, day: int, share: bool) -> Change | None:
    """The clearest fall of a series without its course, beyond what the time before it does.

    `share` says that the series counts hits: else a few rows may weigh as much as all others.
    """
    change = locate(level, phi=dispersion(level, day=day))
    if change is None:
        return None
    phi = float(dispersion_before(level, day=day)[change.bucket - 1])
    change = replace(change, strength=change.strength * change.dispersion / phi, dispersion=phi)
    return change if share else _lasting(level, change)


def _lasting(series: Series, change: Change) -> Change | None:
    """The fall of a loss, no stronger than what is left of it without its worst bucket tells.

    A few huge errors in one bucket raise a mean, and are no fall of it.
    """
    start, size = change.bucket, len(series.n)
    lost = series.n[start:] * change.before - series.total[start:]
    kept = np.ones(size)
    kept[start + int(np.argmax(lost))] = 0.0
    rest = Series(n=series.n * kept, total=series.total * kept, square=series.square * kept)
    left = fall_at(rest, start, phi=change.dispersion)
    if left is None:
        return None
    part = max(1 - WORST / (size - start), 0.5)
    return replace(change, strength=min(change.strength, left.strength / part))


def _season(series: Series, *, day: int, least: float) -> Change | None:
    """A fall that is there, or far clearer, while the course of the day or week is left in."""
    courses = [series]
    if day >= 2 and len(series.n) // day >= WEEKS * 7:
        courses.append(without_course(series, day=day, weekly=False))
    late = len(series.n) - RECENT * max(day, 1)
    for course in courses:
        fall = locate(course, phi=dispersion(course, day=day))
        if fall is not None and not series.share:
            fall = _lasting(course, fall)
        if fall is not None and fall.strength >= least and fall.bucket >= late:
            return fall
    return None


def _within(hint: int, change: Change, shape: str) -> bool:
    slack = 2 if shape == "step" else 6
    return change.low - slack <= hint <= change.high + 1


def _hinted(
    series: Series, hints: "Sequence[Turn]", *, day: int, share: bool, least: float
) -> Change | None:
    phi = dispersion_before(series, day=day)
    falls = [
        lasting for hint in hints if 0 < hint.bucket < len(series.n)
        and (fall := fall_at(series, hint.bucket, phi=float(phi[hint.bucket - 1]))) is not None
        and (lasting := fall if share else _lasting(series, fall)) is not None
    ]  # fmt: skip
    falls = [fall for fall in falls if fall.strength >= least * _longer(series, fall)]
    return max(falls, key=lambda fall: fall.strength, default=None)


def _longer(series: Series, change: Change) -> float:
    """How many times the history the fall is long, by rows; 1 where it is not longer.

    Of two levels the one that held longer is the usual one: a short good time at the start of a log
    is as well a lucky one, and whoever reports a drop reports a new one.
    """
    before = float(series.n[: change.bucket].sum())
    return max((float(series.n.sum()) - before) / max(before, 1.0), 1.0)


def _bad(series: Series, change: Change) -> "Mask":
    """The buckets that are more probably bad than good."""
    price = 6.0 * change.dispersion
    return states(series, good=change.before, bad=_bad_mean(series, change), price=price)


def _bad_mean(series: Series, change: Change) -> float:
    """The mean of the worse half of the buckets after the change, by blocks of some rows."""
    n, total = series.n[change.bucket :], series.total[change.bucket :]
    width = max(1, int(np.ceil(30 * len(n) / max(n.sum(), 1))))
    edges = np.arange(0, len(n), width)
    rows, sums = np.add.reduceat(n, edges), np.add.reduceat(total, edges)
    means = sums[rows > 0] / rows[rows > 0]
    low = means <= np.median(means)
    worst = float(np.average(means[low], weights=rows[rows > 0][low]))
    # The worse half of equal blocks lies this far below their mean by chance alone.
    chance = 0.8 * float(np.sqrt(series.variance() / max(rows[rows > 0][low].mean(), 1.0)))
    return min(worst + chance, change.after)


def _shape(series: Series, change: Change) -> tuple[Shape, int]:
    """How it began, and the bucket it began with."""
    after = _bad(series, change)[change.bucket :]
    switches = int(np.abs(np.diff(after.astype(np.int8))).sum())
    quiet = ~after
    if switches >= 3 and quiet.any():
        n, total = series.n[change.bucket :][quiet], series.total[change.bucket :][quiet]
        level = total.sum() / max(n.sum(), 1)
        recovered = level > change.after + 0.6 * (change.before - change.after)
        if recovered and n.sum() >= 40:
            return "intermittent", change.bucket
    start, _, gain = ramp_end(series, change.bucket)
    if gain / change.dispersion > 1.5:
        return "ramp", start
    return "step", change.bucket


def _last_part(series: Series, *, share: float = 0.1, rows: float = 300) -> int:
    """Where the last tenth of the time begins, or more where it has too few rows."""
    size = len(series.n)
    start = min(int(size * (1 - share)), size - 1)
    total = series.n.sum()
    wanted = min(rows, total / 3)
    while start > size // 2 and series.n[start:].sum() < wanted:
        start -= 1
    return max(start, 0)


def _forced(series: Series, since: int | None, until: int | None) -> Windows:
    size = len(series.n)
    end = size if until is None else min(until, size)
    start = _last_part(series.part(0, end)) if since is None else min(since, end - 1)
    change = None
    before, after = series.part(0, start), series.part(start, end)
    if before.n.sum() and after.n.sum() and after.mean() < before.mean():
        rows = before.n.sum() * after.n.sum() / (before.n.sum() + after.n.sum())
        strength = rows * (before.mean() - after.mean()) ** 2 / (2 * before.variance())
        change = Change(
            bucket=start, low=start, high=start, strength=float(strength),
            before=before.mean(), after=after.mean(), dispersion=1.0,
        )  # fmt: skip
    found = _windows(size, start, end, "step", change)
    return Windows(
        before=found.before, during=found.during, start=start, end=end, shape="step",
        change=change, forced=True,
    )  # fmt: skip


def _windows(
    size: int, start: int, end: int, shape: Shape,
    change: Change | None,
) -> Windows:  # fmt: skip
    clock = np.arange(size)
    return Windows(
        before=clock < start, during=(clock >= start) & (clock < end), start=start, end=end,
        shape=shape, change=change,
    )  # fmt: skip
