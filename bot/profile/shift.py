"""How the share of rows with some property moved, measured against its own history."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.beginnings import beginning
from bot.profile.changepoint import Series

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.columns import Column
    from bot.profile.grid import Grid
    from bot.profile.windows import Windows

    Counts = npt.NDArray[np.int64]


SEEN = 5.0
"""The log likelihood ratio below which a turn is not dated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A share before and during, the interval of the difference, and how unusual it is.

    `z` is the difference over its standard error, the history's own swings included; `since` when
    the share began to move, where that can be said.
    """

    before: float
    during: float
    low: float
    high: float
    z: float
    rows: int
    since: datetime | None
    slow: bool = False
    """Whether it moved slowly from `since` on, rather than at once."""

    @property
    def change(self) -> float:
        """During minus before."""
        return self.during - self.before

    @property
    def strength(self) -> float:
        """The evidence for a change in natural-log units, capped where more says no more."""
        return min(max(self.z, 0.0) ** 2 / 2, 50.0)


def shift_of(column: "Column", codes: Sequence[int], windows: "Windows", grid: "Grid") -> Shift:
    """The shift of these codes' share among all rows of a column."""
    every = column.series.sum(axis=1)
    return shift(every[:, list(codes)].sum(axis=1), every.sum(axis=1), windows, grid)


def shift(hits: "Counts", rows: "Counts", windows: "Windows", grid: "Grid") -> Shift:
    """The shift of a share given by its hits and rows in each bucket."""
    n0, n1 = rows[windows.before].sum(), rows[windows.during].sum()
    p0 = float(hits[windows.before].sum() / n0) if n0 else 0.0
    p1 = float(hits[windows.during].sum() / n1) if n1 else 0.0
    # A share of none or all still has an error: add the half count of Agresti and Coull.
    q0, q1 = (p0 * n0 + 1) / (n0 + 2), (p1 * n1 + 1) / (n1 + 2)
    error2 = q0 * (1 - q0) / max(n0, 1) + q1 * (1 - q1) / max(n1, 1)
    error = math.sqrt(error2 + _swing(hits, rows, windows) ** 2)
    since, slow = _since(hits, rows, windows, grid, rising=p1 > p0)
    return Shift(
        before=p0, during=p1, low=p1 - p0 - 1.96 * error, high=p1 - p0 + 1.96 * error,
        z=abs(p1 - p0) / error if n0 and n1 else 0.0, rows=int(n0 + n1),
        since=since, slow=slow,
    )  # fmt: skip


def _swing(hits: "Counts", rows: "Counts", windows: "Windows") -> float:
    """How far the share swung between earlier spans of the incident's length, beyond chance."""
    width = max(int(windows.during.sum()), 1)
    places = np.flatnonzero(windows.before)
    parts = len(places) // width
    if parts < 3:
        parts = min(4, len(places))
    if parts < 3:
        return 0.0
    cut = np.array_split(places, min(parts, 30))
    n = np.array([rows[c].sum() for c in cut], dtype=np.float64)
    k = np.array([hits[c].sum() for c in cut], dtype=np.float64)
    share = k[n > 0] / n[n > 0]
    if len(share) < 3:
        return 0.0
    p = k.sum() / n.sum()
    chance = float(np.mean(p * (1 - p) / n[n > 0]))
    return math.sqrt(max(float(np.var(share, ddof=1)) - chance, 0.0))


def _since(
    hits: "Counts", rows: "Counts", windows: "Windows", grid: "Grid", *, rising: bool
) -> tuple[datetime | None, bool]:
    """When it began to move, and whether slowly."""
    series = Series.of_counts(hits[: windows.end], rows[: windows.end])
    found = beginning(
        series.turned() if rising else series, least_before=20, least_after=5,
        spells=windows.shape == "intermittent",
    )  # fmt: skip
    if found is None or found.strength <= SEEN:
        return None, False
    return grid.time(found.bucket), found.slow
