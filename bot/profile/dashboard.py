"""The metric as reported, held against the same metric recomputed from rows."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.changepoint import Series, locate
from bot.settings import LOWER_IS_BETTER

if TYPE_CHECKING:
    from bot.profile.beside import Reported
    from bot.profile.grid import Grid
    from bot.profile.measures import Tallies


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """Reported and recomputed values before and since the gap between them changed.

    `gap` is how much worse the reported one became than the recomputed one; `alone` when that is
    beyond what the history shows; `since` is the end of the last period that was as usual, each
    `step_seconds` long.
    """

    before: float
    during: float
    recomputed_before: float
    recomputed_during: float
    gap: float
    strength: float
    points: int
    step_seconds: float
    since: datetime | None
    alone: bool


def compare(reported: "Reported", tallies: "Tallies", grid: "Grid") -> Dashboard | None:
    """Find when, if ever, the reported metric left the recomputed one."""
    times = np.array([time.timestamp() for time in reported.times])
    if len(times) < 8:
        return None
    step = float(np.median(np.diff(times)))
    starts = ((times - grid.origin) // grid.width).astype(int)
    ends = np.maximum(((times + step - grid.origin) // grid.width).astype(int), starts + 1)
    worse = 1.0 if tallies.metric in LOWER_IS_BETTER else -1.0
    pairs, when = [], []
    for time, value, start, end in zip(times, reported.values, starts, ends, strict=True):
        mask = np.zeros(grid.size, dtype=np.bool_)
        mask[max(start, 0) : max(end, 0)] = True
        again = tallies.value(mask) if mask.any() else None
        if again is not None and tallies.labelled(mask) >= 20:
            pairs.append((value, again))
            when.append(time)
    if len(pairs) < 8:
        return None
    said, again_ = np.array(pairs).T
    return _parted(said, again_, worse * (said - again_), when)


def _parted(
    said: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    again: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    gap: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    when: list[float],
) -> Dashboard:
    series = Series(n=np.ones(len(gap)), total=-gap, square=gap**2)
    found = locate(series, least_before=5, least_after=2, phi=1.0)
    at = found.bucket if found is not None else int(len(gap) * 0.9)
    moved = float(gap[at:].mean() - gap[:at].mean())
    usual = 1.4826 * float(np.median(np.abs(gap[:at] - np.median(gap[:at])))) + 0.002
    alone = found is not None and found.strength > 6 and moved > max(3 * usual, 0.01)
    step = float(np.median(np.diff(when)))
    ended = min(when[at - 1] + step, when[at]) if at else when[at]
    return Dashboard(
        before=float(said[:at].mean()), during=float(said[at:].mean()),
        recomputed_before=float(again[:at].mean()), recomputed_during=float(again[at:].mean()),
        gap=moved, strength=min(found.strength, 50.0) if found else 0.0, points=len(gap),
        step_seconds=step, since=datetime.fromtimestamp(ended, UTC), alone=alone,
    )  # fmt: skip
