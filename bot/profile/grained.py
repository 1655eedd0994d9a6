"""Numbers that lost their digits: each came down, or went over, to a mark of a coarse scale."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import FIRST
from bot.profile.mass import shares
from bot.profile.scales import Layout

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.columns import Column
    from bot.profile.traffic import Traffic

    Floats = npt.NDArray[np.float64]

GAINED = 0.005
"""The least share of rows that a mark of the new scale gained."""

FEWEST = 3
"""Marks of a scale; one is a default, and two may be categories that were merged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grained:
    """The marks of a scale with their codes, and the part of the rows that moved to them.

    `explained` is how much of the change of distribution that is.
    """

    marks: tuple[float, ...]
    codes: tuple[int, ...]
    share: float
    explained: float


def grained_of(evidence: "Traffic", column: "Column") -> Grained | None:
    """The scale that rounding a number down, up or to the nearest mark explains best, if any does.

    Each mark then has the rows of the values between it and the next: as many as the old
    distribution had there, which a default, another unit or other traffic does not give it.
    """
    bins = column.bins
    if bins.kind != "numeric" or not bins.edges:
        return None
    before, during = (part[FIRST:] for part in shares(evidence, column))
    p, q = (part / max(float(part.sum()), 1e-12) for part in (before, during))
    known = len(bins.values)
    marks = [place for place in np.flatnonzero(q - p > GAINED).tolist() if place < known]
    if len(marks) < FEWEST or not q.sum():
        return None
    marks.sort(key=lambda place: float(bins.values[place]))
    values = np.array([float(bins.values[place]) for place in marks])
    middle = (values[1:] + values[:-1]) / 2
    tried = [
        _fitted(p, q, marks, _between(Layout.of(bins, p), cuts))
        for cuts in (values[1:], np.nextafter(values[:-1], np.inf), middle)
    ]
    share, explained = max(tried, key=lambda one: one[1])
    return Grained(
        marks=tuple(values.tolist()), codes=tuple(FIRST + place for place in marks),
        share=share, explained=explained,
    )  # fmt: skip


def _between(layout: Layout, cuts: "Floats") -> "Floats":
    """The old share of the rows between the cuts, those below the first and above the last too."""
    below = np.interp(cuts, layout.places, layout.reached)
    below += (np.where(layout.masses[None, :] < cuts[:, None], layout.held, 0.0)).sum(axis=1)
    found: Floats = np.diff(np.concatenate([[0.0], below, [1.0]]))
    return found


def _fitted(p: "Floats", q: "Floats", marks: list[int], cells: "Floats") -> tuple[float, float]:
    """The part of the rows that moved, by least squares, and how much of the change that is."""
    onto = np.zeros_like(p)
    onto[marks] = cells
    course = onto - p
    share = float(np.clip((course * (q - p)).sum() / max((course**2).sum(), 1e-12), 0.0, 1.0))
    left, apart = np.abs(q - p - share * course).sum(), np.abs(q - p).sum()
    return share, 1 - float(left / max(apart, 1e-12))
