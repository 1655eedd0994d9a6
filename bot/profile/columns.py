"""One column of the log, counted."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import FIRST, NULL, Bins

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    Counts = npt.NDArray[np.int64]

WRONG, RIGHT, UNLABELLED = 0, 1, 2
"""How a prediction turned out; for regression wrong is an unusually large error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Rows by bucket x outcome x code, and by epoch x label x prediction x code."""

    bins: Bins
    series: "Counts"
    cells: "Counts"
    reference: "Counts | None" = None

    @property
    def name(self) -> str:
        """The column's name."""
        return self.bins.name

    def is_(self, role: str) -> bool:
        """Whether it has this role."""
        return role in self.bins.roles

    def over(self, mask: "npt.NDArray[np.bool_]") -> "Counts":
        """Rows by outcome and code in the buckets of the mask."""
        counted: Counts = self.series[mask].sum(axis=0)
        return counted

    def known(self) -> "Iterator[tuple[int, str]]":
        """The codes of its own values with their names."""
        for code in range(FIRST, self.bins.size):
            yield code, self.bins.name_of(code)

    @property
    def filled(self) -> "Counts":
        """Rows with a value, by bucket."""
        every = self.series.sum(axis=1)
        counted: Counts = every.sum(axis=1) - every[:, NULL]
        return counted
