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

    @property
    def share(self) -> bool:
        """Whether every row counts 0 or 1, so that none outweighs the others."""
        return bool(np.array_equal(self.square, self.total))

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


def _blocks(size: int, *, day: int | None, blocks: int) -> "npt.NDArray[np.int64]":
    """Where blocks of time begin: whole days where there are enough, so that hours do not count."""
    if day is not None and day >= 1 and size // day >= 8:
        width = day * max(1, size // day // 40)
        return np.arange(size % width, size, width)
    return np.linspace(0, size, min(blocks, size) + 1).astype(np.int64)[:-1]


def dispersion(series: Series, *, day: int | None = None, blocks: int = 24) -> float:
    """How much more the means of blocks of time vary than their rows alone explain; at least 1.

    Differences of neighbouring blocks and their median keep one step in the series from counting.
    """
    edges = _blocks(len(series.n), day=day, blocks=blocks)
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


def dispersion_before(series: Series, *, day: int, blocks: int = 24) -> "Array":
    """The same of the history before each bucket but the first, which a fall there does not touch.

    It is Pearson's chi-square of the blocks that end before, divided by its degrees of freedom
    (McCullagh and Nelder 1989, section 4.5): bad days of the past count in full, where a median
    leaves them out. As few blocks are uncertain, it is pulled towards the median's of all.
    """
    size = len(series.n)
    edges = _blocks(size, day=day, blocks=blocks)
    n, total, square = (np.add.reduceat(a, edges) for a in (series.n, series.total, series.square))
    full = n >= 5
    n, total, square = (np.where(full, a, 0.0) for a in (n, total, square))
    rows, sums = np.maximum(np.cumsum(n), 1.0), np.cumsum(total)
    between = np.cumsum(total**2 / np.maximum(n, 1.0)) - sums**2 / rows
    variance = np.maximum(np.cumsum(square) / rows - (sums / rows) ** 2, 1e-9)
    count = np.cumsum(full)
    usual = dispersion(series, day=day, blocks=blocks)
    found = (between / variance + FEWEST * usual) / (np.maximum(count - 1, 0) + FEWEST)
    ended = np.searchsorted(np.append(edges[1:], size), np.arange(1, size), side="right")
    last = np.maximum(ended - 1, 0)
    enough = (ended > 0) & (count[last] >= FEWEST)
    spread: Array = np.where(enough, np.maximum(found[last], 1.0), usual)
    return spread


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
        bucket=first_with_rows(series.n, best + 1),
        low=int(near[0]) + 1, high=first_with_rows(series.n, int(near[-1]) + 1),
        strength=float(ratio[best]), before=float(m0[best]), after=float(m1[best]),
        dispersion=phi,
    )  # fmt: skip


def first_with_rows(n: "Array", bucket: int) -> int:
    """The first bucket from this one on that has rows: it shows what began in the gap before.

    Each bucket of a gap is as likely a beginning as the next, and the first would be taken.
    """
    return bucket + int(np.argmax(n[bucket:] > 0)) if bucket < len(n) else bucket


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
