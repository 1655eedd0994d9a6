"""Whether the values that a feature has in one part of the traffic are those of the whole log."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.distance import total_variation
from bot.profile.windows import HISTORY

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.bins import Bins
    from bot.profile.joint import Joint

    Counts = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

PARTS = np.linspace(0.0, 1.0, 21)

FEWEST = 20
"""An earlier span with fewer rows there says nothing of what is usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Borrowed:
    """How far the values in a place moved, in shares of rows beyond what is usual.

    `own` is from its own, `left` from any mixture of its own with those of the whole log; usual is
    the median of the history's spans.
    """

    own: float
    left: float

    @property
    def came(self) -> bool:
        """Whether the place has values of the whole log now, where it had its own."""
        return self.own > 0.1 and self.left < 0.25 * self.own


def borrowed_in(joint: "Joint", feature: str, place: tuple[str, str], bins: "Bins") -> Borrowed:
    """Of a feature in one value of a segment (whose bins are given), as counted jointly."""
    by_place = joint.within[feature, place[0]].sum(axis=1)
    code = bins.code(place[1])
    here = by_place[:, :, code if code is not None else 0]
    return borrowed(here, by_place[:HISTORY].sum(axis=(0, 2)))


def borrowed(here: "Counts", whole: "Counts") -> Borrowed:
    """From [epoch, code] of a place, and by code of all earlier rows.

    Values of other rows of the same place leave its frequencies as they are; those of any rows
    draw them towards the frequencies of all. Another unit, a default or noise does neither.
    """
    old, new = here[:HISTORY].sum(axis=0), here[HISTORY:].sum(axis=0)
    past = [total_variation(old - span, span) for span in here[:HISTORY] if span.sum() >= FEWEST]
    usual = float(np.median(past)) if past else 0.0
    p, q, r = (counts / max(counts.sum(), 1) for counts in (old, new, whole))
    mixed = (1 - PARTS)[:, None] * p + PARTS[:, None] * r
    apart = np.abs(mixed - q).sum(axis=1) / 2
    return Borrowed(
        own=max(float(apart[0]) - usual, 0.0), left=max(float(apart.min()) - usual, 0.0)
    )
