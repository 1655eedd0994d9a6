"""When the share of hits among rows began to fall, by the exact likelihood of its counts.

Least squares take every bucket to vary alike. Of a share that was hardly ever seen before, one hit
says more than that: there the likelihood of a binomial share at a change point (Hinkley and Hinkley
1970) tells the beginning to a bucket.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.changepoint import Series, first_with_rows

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

STARTS, ENDS = 24, 12
"""So many starts and ends of a straight rise are tried."""

LEAST = 3
"""Buckets: what takes fewer is no slow change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Hits, which became more, and rows by bucket."""

    hits: "Array"
    rows: "Array"

    @classmethod
    def of(cls, series: Series) -> "Counted | None":
        """The counts of a share, of hits or of what is left; None where rows count otherwise."""
        if np.array_equal(series.square, -series.total):
            return cls(hits=series.square, rows=series.n)
        return cls(hits=series.n - series.total, rows=series.n) if series.share else None

    def step(self, *, least_before: float, least_after: float) -> int | None:
        """The bucket from which the share was most probably higher; None without room."""
        k0, n0 = np.cumsum(self.hits)[:-1], np.cumsum(self.rows)[:-1]
        k1, n1 = self.hits.sum() - k0, self.rows.sum() - n0
        ok = (n0 >= least_before) & (n1 >= least_after) & (k1 * n0 > k0 * n1)
        if not ok.any():
            return None
        likely = np.where(ok, _likely(k0, n0) + _likely(k1, n1), -np.inf)
        return first_with_rows(self.rows, int(np.argmax(likely)) + 1)

    def rise(self, step: int) -> tuple[int, int, float]:
        """Start and end of the likeliest straight rise, and what it gains over a step there."""
        size = len(self.hits)
        after = _likely(self.hits[step:].sum(), self.rows[step:].sum())
        flat = self._before(step) + float(after)
        best = (step, step, -np.inf)
        for start in np.unique(np.linspace(max(1, step - size // 6), step, STARTS).astype(int)):
            ends = np.unique(np.linspace(step + 1, size, ENDS).astype(int))
            ends = ends[ends - start >= LEAST]
            if len(ends):
                likely = self._rising(int(start), ends)
                place = int(np.argmax(likely))
                gain = float(likely[place]) - flat
                best = max(best, (int(start), int(ends[place]), gain), key=lambda one: one[2])
        return best

    def _before(self, start: int) -> float:
        return float(_likely(self.hits[:start].sum(), self.rows[:start].sum()))

    def _rising(self, start: int, ends: "npt.NDArray[np.int64]") -> "Array":
        """The log likelihood of a rise from the share before `start` to each end."""
        hits, rows = self.hits[start:], self.rows[start:]
        usual = self.hits[:start].sum() / max(self.rows[:start].sum(), 1.0)
        clock = np.arange(len(hits)) + 0.5
        part = np.minimum(clock / (ends[:, None] - start), 1.0)
        slope = part @ (hits - rows * usual) / np.maximum(part**2 @ rows, 1e-9)
        share = np.clip(usual + slope[:, None] * part, 1e-9, 1 - 1e-9)
        likely: Array = np.log(share) @ hits + np.log1p(-share) @ (rows - hits)
        return self._before(start) + likely


def _likely(hits: "Array", rows: "Array") -> "Array":
    """The log likelihood of hits among rows at their own share."""
    share = np.clip(hits / np.maximum(rows, 1e-9), 1e-9, 1 - 1e-9)
    likely: Array = hits * np.log(share) + (rows - hits) * np.log1p(-share)
    return likely
