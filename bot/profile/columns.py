"""One column of the log, counted."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.profile.bins import FIRST, Bins

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
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

    def outside(self) -> list[int]:
        """The codes of numbers below the first edge or from the last one up."""
        if self.bins.kind != "numeric" or not self.bins.edges:
            return []
        low, high = self.bins.edges[0], self.bins.edges[-1]
        masses = [
            code for code, name in self.known()
            if code < self.bins.under and not low <= float(name) < high
        ]  # fmt: skip
        return [*masses, self.bins.under, self.bins.over]
