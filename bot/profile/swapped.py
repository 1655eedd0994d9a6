"""Two numbers that have each other's values: what one has now is what the other had."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import FIRST
from bot.profile.distance import by_chance
from bot.profile.scales import Layout

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.bins import Bins
    from bot.profile.columns import Column
    from bot.profile.traffic import Traffic

    Floats = npt.NDArray[np.float64]

MOVED = 0.03
"""The least share of rows that has to lie elsewhere in both for a swap to be looked for."""

EXPLAINED = 0.75
"""The least part of both changes that the values of the other have to explain."""

ALIKE = 0.35
"""How far the parts of the rows that moved in the two may lie apart, of the larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swapped:
    """Two features, and the share of rows in which they have each other's values.

    `explained` is how much of the change of the first that is.
    """

    feature: str
    other: str
    share: float
    explained: float


def swapped_of(evidence: "Traffic") -> tuple[Swapped, ...]:
    """Each of the pairs of which both have the old distribution of the other in as many rows.

    A unit that changed moves one feature, other traffic moves none to where another was.
    """
    moved = [
        one for column in evidence.features()
        if column.bins.kind == "numeric" and (one := _Moved.of(evidence, column)) is not None
    ]  # fmt: skip
    found = [pair for one, other in combinations(moved, 2) for pair in _pair(one, other)]
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moved:
    """A number whose rows lie in other intervals than they did, by share of all with a number."""

    column: "Column"
    old: "Floats"
    before: "Floats"
    during: "Floats"
    noise: float

    @classmethod
    def of(cls, evidence: "Traffic", column: "Column") -> "_Moved | None":
        if len(column.bins.edges) < 2:
            return None
        old, new = (
            column.over(mask).sum(axis=0)[FIRST:].astype(np.float64)
            for mask in (evidence.before, evidence.during)
        )
        if not old.sum() or not new.sum():
            return None
        before, during = (_cut(column.bins, part / part.sum()) for part in (old, new))
        noise = float(by_chance(before, per_row=1 / new.sum()))
        if float(np.abs(during - before).sum()) / 2 - noise < MOVED:
            return None
        return cls(column=column, old=old / old.sum(), before=before, during=during, noise=noise)

    def as_if(self, other: "_Moved") -> tuple[float, float]:
        """The part of the rows that have values of the other, and how much of the change it is."""
        theirs = _below(Layout.of(other.column.bins, other.old), self.column.bins.edges)
        course = np.diff(np.concatenate([[0.0], theirs, [1.0]])) - self.before
        apart = self.during - self.before
        part = float(np.clip((course * apart).sum() / max((course**2).sum(), 1e-12), 0.0, 1.0))
        left = max(float(np.abs(apart - part * course).sum()) / 2 - self.noise, 0.0)
        change = float(np.abs(apart).sum()) / 2 - self.noise
        return part, 1 - left / change


def _pair(one: _Moved, other: _Moved) -> Iterator[Swapped]:
    (part, explained), (back, also) = one.as_if(other), other.as_if(one)
    if min(explained, also) < EXPLAINED or abs(part - back) > ALIKE * max(part, back):
        return
    share, (first, second) = (part + back) / 2, (one.column.name, other.column.name)
    yield Swapped(feature=first, other=second, share=share, explained=explained)
    yield Swapped(feature=second, other=first, share=share, explained=also)


def _cut(bins: "Bins", shares: "Floats") -> "Floats":
    """The shares of the intervals, with the values in them that have a code of their own."""
    size = len(bins.values)
    found = shares[size:].copy()
    values = np.array([float(value) for value in bins.values])
    np.add.at(found, np.searchsorted(bins.edges, values, side="right"), shares[:size])
    return found


def _below(layout: Layout, edges: tuple[float, ...]) -> "Floats":
    """The share of the rows below each edge."""
    cuts = np.array(edges)
    below = np.interp(cuts, layout.places, layout.reached)
    below += np.where(layout.masses[None, :] < cuts[:, None], layout.held, 0.0).sum(axis=1)
    found: Floats = below
    return found
