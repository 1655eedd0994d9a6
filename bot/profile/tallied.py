"""Counting codes that are in memory, a chunk of rows after the other."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]
    Counts = npt.NDArray[np.int64]


class Tally:
    """Rows by a joint code, added up over chunks: an array of the given shape."""

    def __init__(self, shape: Sequence[int]) -> None:
        self._shape = tuple(shape)
        self._flat = np.zeros(int(np.prod(self._shape)), dtype=np.int64)

    def add(self, places: "Array") -> None:
        """Count these places of the flat array."""
        if not len(places):
            return
        # Rows come in the order of time, so that a chunk touches a small part of the whole.
        low = int(places.min())
        counts = np.bincount(places - low if low else places)
        self._flat[low : low + len(counts)] += counts

    @property
    def counts(self) -> "Counts":
        """What was counted so far."""
        return self._flat.reshape(self._shape)


class Sum:
    """Numbers added up by place; those that are none, or beyond `most`, are left out."""

    def __init__(self, size: int, *, most: float) -> None:
        self.total = np.zeros(size)
        self._most = most

    def add(self, places: "Array", values: "npt.NDArray[np.float64]") -> None:
        """Add each value at its place."""
        with np.errstate(invalid="ignore"):
            there = np.abs(values) <= self._most
        if not there.all():
            values = np.where(there, values, 0.0)
        low = int(places.min())
        sums = np.bincount(places - low, weights=values)
        self.total[low : low + len(sums)] += sums


def joint(chunk: "Mapping[str, Array]", names: Sequence[str], sizes: Sequence[int]) -> "Array":
    """The joint code of several columns, as one whole number for each row."""
    first, *rest = names
    place = chunk[first].astype(np.int64)
    for name, size in zip(rest, sizes[1:], strict=True):
        place *= size
        place += chunk[name]
    return place
