"""Values in memory as the codes of their bins: what `coding.code` asks of a database, in numpy."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bot.profile.arrays import floats_of, indices_of, present, words_of
from bot.profile.bins import FIRST, NAN, NULL, OTHER, Bins
from bot.profile.types import kind_of

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Codes = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
    Mask = npt.NDArray[np.bool_]

CELLS = 4_096
"""Cells of the even grid over a number's middle; one that holds no break has one code."""


def code_type(size: int) -> "type[np.uint8 | np.uint16]":
    """The smallest type that holds so many codes and one to spare."""
    return np.uint8 if size < np.iinfo(np.uint8).max else np.uint16


def coder_of(bins: Bins, kind: "pa.DataType") -> "NumberCoder | WordCoder":
    """What codes a column of this Arrow type."""
    return NumberCoder(bins) if kind_of(kind) == "number" else WordCoder(bins)


class NumberCoder:
    """Codes of numbers: an interval, a point mass, or for a category one of its values.

    A code holds between two breaks. Most cells of an even grid hold no break, so that the code of
    a value is read from its cell; the few others are searched: `between` has a code for below the
    first of the `breaks`, and one from each on. The cell is a monotone function of
    the value in floating arithmetic as well, so that no value is put on the wrong side of a break.
    """

    def __init__(self, bins: Bins) -> None:
        self._numeric = bins.kind == "numeric"
        self.kind = code_type(bins.size)
        own: dict[float, int] = {}
        for i, value in enumerate(bins.values):
            own.setdefault(float(value), FIRST + i)
        masses = np.array(sorted(own), dtype=np.float64)
        edges = np.array(bins.edges if self._numeric else (), dtype=np.float64)
        after = np.nextafter(masses, np.inf)
        # Not by `numpy.unique`, which brings masked arrays along.
        self.breaks = np.array(sorted({*edges.tolist(), *masses.tolist(), *after.tolist()}))
        others = bins.under + np.searchsorted(edges, self.breaks, side="right")
        below = bins.under if self._numeric else OTHER
        found = [
            own.get(at, int(other) if self._numeric else OTHER)
            for at, other in zip(self.breaks.tolist(), others, strict=True)
        ]
        between: Any = np.array([below, *found], dtype=self.kind)
        self.between: Codes = between
        self._low, self._scale = _grid(edges if len(edges) > 1 else self.breaks)
        self._searched = np.iinfo(self.kind).max
        self._table = self._cells()

    def codes(self, values: "pa.Array", gone: "Mask | None") -> "Codes":
        """The code of each value of a floating Arrow array; `gone` says which are none at all."""
        codes: Any = self.coded(floats_of(values))
        if values.null_count:
            codes[~present(values)] = NULL if gone is None else OTHER
        if gone is not None:
            codes[gone] = NULL
        found: Codes = codes
        return found

    def coded(self, x: "Floats") -> "Codes":
        """The code of each number."""
        codes: Any = self._table[self._cell(x)]
        places = np.flatnonzero(codes == self._searched)
        if len(places):
            codes[places] = self.between[np.searchsorted(self.breaks, x[places], side="right")]
        odd = x != x  # noqa: PLR0124 - NaN
        if odd.any():
            codes[odd] = NAN if self._numeric else OTHER
        found: Codes = codes
        return found

    def _cell(self, x: "Floats") -> "npt.NDArray[np.intp]":
        with np.errstate(all="ignore"):  # far values overflow, and are put to an end below
            place = x - self._low
            place *= self._scale
        # What is not a number goes below, whichever side it stands on.
        np.fmax(place, 0.0, out=place)
        np.fmin(place, CELLS + 1.0, out=place)
        return place.astype(np.intp)  # any other width is converted once more where it is looked up

    def _cells(self) -> "Codes":
        held = np.bincount(self._cell(self.breaks), minlength=CELLS + 2)
        passed = np.cumsum(held) - held
        made: Any = np.where(held == 0, self.between[passed], self._searched).astype(self.kind)
        found: Codes = made
        return found


def _grid(breaks: "Floats") -> tuple[float, float]:
    """Where the grid begins, and cells per unit: over the middle, for the ends may lie far out.

    It reaches half of the middle's width to either side, as far as there are breaks.
    """
    finite = breaks[np.isfinite(breaks)]
    inner = finite[1:-1] if len(finite) > 4 else finite
    if len(inner) < 2:
        return (float(inner[0]) if len(inner) else 0.0), 1.0
    least, low, high, most = (float(one) for one in (finite[0], inner[0], inner[-1], finite[-1]))
    reach = high / 2 - low / 2
    low, high = max(least, low - reach), min(most, high + reach)
    width = high / 2 - low / 2
    scale = CELLS / 2 / width if width > 0 else 1.0  # half of the least number there is, is 0
    if not np.isfinite(scale):
        return low, 1.0
    return low - 1 / scale, scale  # the first cell is for what lies below


class WordCoder:
    """Codes of words: one of the known values, or other."""

    def __init__(self, bins: Bins) -> None:
        self.kind = code_type(bins.size)
        self._known = words_of(bins.values)
        self._large = self._known.cast(pa.large_string())
        self._codes = np.array(
            [OTHER, *range(FIRST, FIRST + len(bins.values))], dtype=self.kind
        )  # fmt: skip

    def codes(self, values: "pa.Array", gone: "Mask | None") -> "Codes":
        """The code of each value of an Arrow array of words, plain or as a dictionary."""
        if pa.types.is_dictionary(values.type):
            known = np.append(self.known(values.dictionary), self.kind(OTHER))
            places = indices_of(values)
            if values.null_count:
                places = np.where(present(values), places, len(known) - 1)
            codes: Any = known[places]
        else:
            codes = self._codes[self._places(values)]
        if values.null_count and gone is None:
            codes[~present(values)] = NULL
        if gone is not None:
            codes[gone] = NULL
        found: Codes = codes
        return found

    def known(self, words: "pa.Array") -> "Codes":
        """The code of each word of a dictionary."""
        found: Codes = self._codes[self._places(words)]
        return found

    def _places(self, words: "pa.Array") -> Any:
        known = self._large if pa.types.is_large_string(words.type) else self._known
        found = pc.index_in(words, value_set=known, skip_nulls=True)
        places = np.frombuffer(found.buffers()[1], np.int32)[found.offset :][: len(found)] + 1
        return np.where(present(found), places, 0) if found.null_count else places
