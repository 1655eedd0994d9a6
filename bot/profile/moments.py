"""Least, greatest and mean of numbers in groups, over chunks of rows."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]


class Moments:
    """Of each group; NaN where it has no number."""

    def __init__(self, groups: int) -> None:
        self.least: Floats = np.full(groups, np.nan)
        self.greatest: Floats = np.full(groups, np.nan)
        self._total = np.zeros(groups)
        self._rows = np.zeros(groups)

    def add(self, ordered: "Floats", sizes: "Counts") -> None:
        """Add values that are ordered by group, of these sizes; NaN stands for none."""
        end = 0
        for group in np.flatnonzero(sizes).tolist():
            begin, end = end, end + int(sizes[group])
            part = ordered[begin:end]
            total = part.sum()
            if not np.isfinite(total):
                part = part[np.isfinite(part)]
                total = part.sum()
            if len(part):
                self._total[group] += total
                self._rows[group] += len(part)
                self.least[group] = np.fmin(self.least[group], part.min())
                self.greatest[group] = np.fmax(self.greatest[group], part.max())

    def put(
        self, group: int, least: float | None, greatest: float | None, total: float | None,
        rows: int,
    ) -> None:  # fmt: skip
        """Set a group to what a database found of it."""
        if rows and least is not None and greatest is not None and total is not None:
            self.least[group], self.greatest[group] = least, greatest
            self._total[group], self._rows[group] = total, rows

    @property
    def mean(self) -> "Floats":
        """The mean of each group."""
        with np.errstate(invalid="ignore"):
            found: Floats = self._total / np.where(self._rows, self._rows, np.nan)
        return found
