"""When a series of means fell: likelihood ratio of one change, with over-dispersion from history.

A series is three arrays by bucket: rows `n`, the sum of a value over the rows, and the sum of its
square. Right/wrong is the value 1/0. Lower is worse: losses come in with their sign turned.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


FEWEST = 4
"""From so few blocks of time an over-dispersion is estimated, and it is not pulled by more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Rows, sum and sum of squares of a value, by bucket."""

    n: "Array"
    total: "Array"
    square: "Array"

    @classmethod
    def of_counts(cls, hits: "npt.NDArray[np.int64]", n: "npt.NDArray[np.int64]") -> "Series":
        """The series of a share: `hits` of `n` rows."""
        total = hits.astype(np.float64)
        return cls(n=n.astype(np.float64), total=total, square=total)

    def turned(self) -> "Series":
        """The same with its sign turned, so that a rise becomes a fall."""
        return Series(n=self.n, total=-self.total, square=self.square)

    def part(self, start: int, end: int) -> "Series":
        """The buckets from `start` up to `end`."""
        cut = slice(start, end)
        return Series(n=self.n[cut], total=self.total[cut], square=self.square[cut])

    def mean(self, start: int = 0, end: int | None = None) -> float:
        """The mean over these buckets; 0 without rows."""
        n = self.n[start:end].sum()
        return float(self.total[start:end].sum() / n) if n else 0.0

    def variance(self) -> float:
        """The variance of a single row's value."""
        n = self.n.sum()
        if not n:
            return 0.0
        return max(float(self.square.sum() / n - (self.total.sum() / n) ** 2), 1e-9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change: the bucket it begins with, an interval, and the means before and after.

    `strength` is the log likelihood ratio, divided by the over-dispersion of the history.
    """

    bucket: int
    low: int
    high: int
    strength: float
    before: float
    after: float
    dispersion: float


def dispersion(series: Series, *, day: int | None = None, blocks: int = 24) -> float:
    """How much more the means of blocks of time vary than their rows alone explain; at least 1.

    Blocks are whole days where there are enough of them, so that the time of day does not count.
    Differences of neighbouring blocks and their median keep one step in the series from counting.
    """
    size = len(series.n)
    if day is not None and day >= 1 and size // day >= 8:
        width = day * max(1, size // day // 40)
        edges = np.arange(size % width, size, width)
    else:
        edges = np.linspace(0, size, min(blocks, size) + 1).astype(int)[:-1]
    if len(edges) < FEWEST:
        return 1.0
    n, total = np.add.reduceat(series.n, edges), np.add.reduceat(series.total, edges)
    full = n >= 5
    if full.sum() < FEWEST:
        return 1.0
    means, n = total[full] / n[full], n[full]
    spread = series.variance() * (1 / n[1:] + 1 / n[:-1])
    ratio = np.diff(means) ** 2 / np.maximum(spread, 1e-12)
    # The median of few differences is itself uncertain: pull it towards 1 as if FEWEST more were
    # there. More of them would hide what days really differ by, and call a bad day a fall.
    found = float(np.median(ratio)) / 0.455
    return max(1.0, (found * len(ratio) + FEWEST) / (len(ratio) + FEWEST))


def without_course(series: Series, *, day: int, weekly: bool = True) -> Series:
    """The series with its usual course of the day, and of the week, taken out.

    Both are learned on the first four fifths only, so that a late fall is not taken for a season.
    """
    size = len(series.n)
    if day < 2 or size // day < 6:
        return series
    clock = np.arange(size)
    early = clock < 0.8 * size
    found = _without(series, clock % day, early)
    if weekly and size // day >= 21:
        found = _without(found, clock // day % 7, early)
    return found


def _without(
    series: Series, phase: "npt.NDArray[np.int64]", early: "npt.NDArray[np.bool_]"
) -> Series:
    """Take out the mean of each phase, as far as the phases differ by more than chance."""
    n = np.bincount(phase[early], series.n[early])
    total = np.bincount(phase[early], series.total[early])
    mean = total.sum() / max(n.sum(), 1)
    seen = n > 0
    gap = np.where(seen, total / np.maximum(n, 1) - mean, 0.0)
    chance = series.variance() / np.maximum(n, 1)
    real = float((gap[seen] ** 2 - chance[seen]).mean()) if seen.any() else 0.0
    if real <= 0:
        return series
    moved = (gap * real / (real + chance))[phase]
    return Series(
        n=series.n,
        total=series.total - series.n * moved,
        square=np.maximum(series.square - 2 * moved * series.total + series.n * moved**2, 0.0),
    )


def locate(
    series: Series, *, least_before: float = 100, least_after: float = 40, phi: float | None = None
) -> Change | None:
    """The fall that the series shows most clearly, if there is room for one on both sides."""
    n, total = np.cumsum(series.n), np.cumsum(series.total)
    if len(n) < 2 or n[-1] < least_before + least_after:
        return None
    n0, n1 = n[:-1], n[-1] - n[:-1]
    ok = (n0 >= least_before) & (n1 >= least_after)
    if not ok.any():
        return None
    m0 = total[:-1] / np.maximum(n0, 1)
    m1 = (total[-1] - total[:-1]) / np.maximum(n1, 1)
    phi = dispersion(series) if phi is None else phi
    # Within-side variance, so that a large change does not hide itself in the pooled one.
    square = np.cumsum(series.square)
    within = (square[-1] - n0 * m0**2 - n1 * m1**2) / n[-1]
    within = np.maximum(within, 1e-9)
    ratio = n0 * n1 / n[-1] * (m0 - m1) ** 2 / (2 * within * phi)
    ratio = np.where(ok & (m1 < m0), ratio, -1.0)
    best = int(np.argmax(ratio))
    if ratio[best] <= 0:
        return None
    near = np.flatnonzero(ratio > ratio[best] - 1.92)
    return Change(
        bucket=best + 1, low=int(near[0]) + 1, high=int(near[-1]) + 1,
        strength=float(ratio[best]), before=float(m0[best]), after=float(m1[best]),
        dispersion=phi,
    )  # fmt: skip


def fall_at(series: Series, bucket: int, *, phi: float) -> Change | None:
    """The fall at a bucket that is known from elsewhere; None where there is none."""
    size = len(series.n)
    if not 0 < bucket < size:
        return None
    before, after = series.part(0, bucket), series.part(bucket, size)
    n0, n1 = before.n.sum(), after.n.sum()
    if n0 < 100 or n1 < 40 or after.mean() >= before.mean():
        return None
    within = (n0 * before.variance() + n1 * after.variance()) / (n0 + n1)
    ratio = n0 * n1 / (n0 + n1) * (before.mean() - after.mean()) ** 2 / (2 * within * phi)
    return Change(
        bucket=bucket, low=bucket, high=bucket, strength=float(ratio),
        before=before.mean(), after=after.mean(), dispersion=phi,
    )  # fmt: skip
