"""What a column has in one part of the traffic, which the whole of it blurs."""

from typing import TYPE_CHECKING

import numpy as np

from bot.profile.mass import gains
from bot.profile.slices import Place, split_by
from bot.profile.windows import HISTORY

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.columns import Column
    from bot.profile.traffic import Traffic

    Counts = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]


SPREAD = 0.3
"""A value that came up less than this much as often outside of a place belongs to the place."""


def counts_in(evidence: "Traffic", column: "Column", place: Place) -> "Counts | None":
    """The rows of a column's codes in a place, [epoch, code]."""
    for names, counts in split_by(evidence, column):
        if set(names) == set(place.segments[0]):
            by_cell = counts.reshape(*counts.shape[:2], -1)
            cells = [tuple(dict(codes)[name] for name in names) for codes in place.codes]
            flat = [int(np.ravel_multi_index(cell, counts.shape[2:])) for cell in cells]
            found: Counts = by_cell[:, :, flat].sum(axis=2)
            return found
    return None


def gains_in(evidence: "Traffic", column: "Column", place: Place) -> "Floats | None":
    """By how much the share of each code moved among the rows of a place; None where not split."""
    counts = counts_in(evidence, column, place)
    if counts is None:
        return None
    old, new = counts[:HISTORY].sum(axis=0), counts[HISTORY:].sum(axis=0)
    moved: Floats = new / max(new.sum(), 1) - old / max(old.sum(), 1)
    return moved


def came_where(evidence: "Traffic", column: "Column", code: int, place: "Place | None") -> float:
    """Whether a value came up where a part of the traffic holds the extra errors, from 0 to 1.

    What came up as much in the rest, which does as well as before, does no harm there.
    """
    inside = None if place is None else gains_in(evidence, column, place)
    if place is None or inside is None or place.density <= 0 or not 0 < place.size < 1:
        return 1.0
    here, whole = float(inside[code]), float(gains(evidence, column)[code])
    if here <= 0:
        return 0.0
    spread = max(whole - place.size * here, 0.0) / (1 - place.size) / here
    if spread < SPREAD:
        return 1.0
    # Of a harm that is the same everywhere, the rest shows how much there is.
    return min(place.outside / place.density / spread, 1.0)
