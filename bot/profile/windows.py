"""The two windows that are compared: the incident since its onset, and the history before it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from bot.profile.changepoint import Change, Series, locate, ramp_end, states

if TYPE_CHECKING:
    import numpy.typing as npt

    Mask = npt.NDArray[np.bool_]

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
    shape: Literal["step", "ramp", "intermittent"]
    change: Change | None
    forced: bool = False

    def epochs(self) -> "npt.NDArray[np.int64]":
        """The epoch of each bucket: history first, then the incident; -1 for neither."""
        found = np.full(len(self.before), -1, dtype=np.int64)
        for mask, first, parts in ((self.before, 0, HISTORY), (self.during, HISTORY, INCIDENT)):
            places = np.flatnonzero(mask)
            if len(places):
                found[places] = first + np.arange(len(places)) * parts // len(places)
        return found


def find_windows(
    series: Series, *, since: int | None = None, until: int | None = None, least: float = 9.0
) -> Windows:
    """Split at the onset of the fall; without one, the last tenth is compared with the rest."""
    size = len(series.n)
    if since is not None or until is not None:
        return _forced(series, since, until)
    change = locate(series)
    if change is None or change.strength < least:
        start = _last_part(series)
        return _windows(size, start, size, "step", None)
    end = size
    bad = states(series, good=change.before, bad=_bad_mean(series, change))
    first = int(np.flatnonzero(bad)[0]) if bad.any() else change.bucket
    shape, start = _shape(series, change, bad)
    if shape == "intermittent":
        during = bad & (np.arange(size) >= first)
        return Windows(
            before=np.arange(size) < first, during=during, start=first, end=end, shape=shape,
            change=change,
        )  # fmt: skip
    return _windows(size, start, end, shape, change)


def _bad_mean(series: Series, change: Change) -> float:
    """The mean of the worse half of the buckets after the change, by blocks of some rows."""
    n, total = series.n[change.bucket :], series.total[change.bucket :]
    width = max(1, int(np.ceil(30 * len(n) / max(n.sum(), 1))))
    edges = np.arange(0, len(n), width)
    rows, sums = np.add.reduceat(n, edges), np.add.reduceat(total, edges)
    means = sums[rows > 0] / rows[rows > 0]
    low = means <= np.median(means)
    worst = float(np.average(means[low], weights=rows[rows > 0][low]))
    return min(worst, change.after)


def _shape(
    series: Series, change: Change, bad: "Mask"
) -> tuple[Literal["step", "ramp", "intermittent"], int]:
    """How it began, and the bucket it began with."""
    after = bad[change.bucket :]
    switches = int(np.abs(np.diff(after.astype(np.int8))).sum())
    quiet = ~after
    if switches >= 3 and quiet.any():
        n, total = series.n[change.bucket :][quiet], series.total[change.bucket :][quiet]
        level = total.sum() / max(n.sum(), 1)
        recovered = level > change.after + 0.6 * (change.before - change.after)
        if recovered and n.sum() >= 40:
            return "intermittent", change.bucket
    start, _, gain = ramp_end(series, change.bucket)
    if gain / change.dispersion > 3.0:
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
    size: int, start: int, end: int, shape: Literal["step", "ramp", "intermittent"],
    change: Change | None,
) -> Windows:  # fmt: skip
    clock = np.arange(size)
    return Windows(
        before=clock < start, during=(clock >= start) & (clock < end), start=start, end=end,
        shape=shape, change=change,
    )  # fmt: skip
