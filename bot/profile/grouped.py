"""Rows of a piece brought together by their group, so that each group is one run of rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.profile.arrays import floats_of, indices_of, present
from bot.profile.bins import NULL, Bins
from bot.profile.coder import NumberCoder, WordCoder, coder_of
from bot.profile.moments import Moments

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

    Counts = npt.NDArray[np.int64]
    Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """The places of rows in the order of their groups, and how many rows each group has."""

    order: "Places"
    sizes: "Counts"

    @classmethod
    def of(cls, group: "npt.NDArray[np.uint8]", *, groups: int) -> "Grouped":
        """Rows by their group; those of a higher number than there are groups are left out."""
        order = np.argsort(group, kind="stable")
        sizes = np.bincount(group, minlength=groups)[:groups]
        return cls(order=order[: int(sizes.sum())], sizes=sizes)

    def without_nulls(self, values: "pa.Array") -> "Grouped":
        """Only the rows that have a value."""
        if not values.null_count:
            return self
        there = present(values)[self.order]
        sizes = np.array([np.count_nonzero(there[run]) for run in self.runs()], dtype=np.int64)
        return Grouped(order=self.order[there], sizes=sizes)

    def runs(self) -> Iterator[slice]:
        """Where each group lies among the ordered rows."""
        ends = np.cumsum(self.sizes).tolist()
        for size, end in zip(self.sizes.tolist(), ends, strict=True):
            yield slice(end - size, end)


class GroupedTally:
    """One column's codes, and the moments of its numbers, in each group."""

    def __init__(self, bins: Bins, *, groups: int) -> None:
        self.bins = bins
        self.counts: Counts = np.zeros((groups, bins.size), dtype=np.int64)
        self.moments = Moments(groups) if bins.kind == "numeric" else None
        self._coder: NumberCoder | WordCoder | None = None

    def add(self, values: "pa.Array", rows: Grouped) -> None:
        """Count a piece of the column: words as a dictionary, or numbers of any width."""
        there = rows.without_nulls(values)
        coder = self._coder = self._coder or coder_of(self.bins, values.type)
        codes: Any
        if isinstance(coder, WordCoder):
            codes = coder.known(values.dictionary)[indices_of(values)[there.order]]
        else:
            numbers = floats_of(values)[there.order]
            codes = coder.coded(numbers)
            if self.moments is not None:
                self.moments.add(numbers, there.sizes)
        self.counts[:, NULL] += rows.sizes - there.sizes
        for group, run in enumerate(there.runs()):
            if run.start < run.stop:
                self.counts[group] += np.bincount(codes[run], minlength=self.bins.size)
