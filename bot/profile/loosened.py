"""A feature that lost its ties, to the label and to the other features, in all rows or a part."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.profile.bins import FIRST
from bot.profile.borrowed import borrowed_in
from bot.profile.distance import drift_of
from bot.profile.joint import Joint, label_tie
from bot.profile.ties import Tie, tie_of

if TYPE_CHECKING:
    import numpy as np

    from bot.profile.columns import Column
    from bot.profile.traffic import Traffic


STILL = 0.1
"""A feature with more than this part of its rows in other bins changed by itself."""


SURE = 5.0
"""Standard errors of what two features lost of the label, from which both are known to be loose."""

ALIKE = 0.75
"""The least part of the loss of one that the other has to have lost, to have come along with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loosened:
    """What is left of the ties of one feature, where it lost the most.

    `both` says that it lost its partner as well, `held` that it clearly did not.
    `z` is the loss of both ties in standard errors, `lost` the share of what it said about the
    label that is gone, and `others` the same of its peers. `moved` is the part of its rows there
    that other rows of the log, from anywhere, do not explain; `came` says that values of the whole
    log came into the place.
    """

    feature: str
    place: tuple[str, str] | None
    label_kept: float
    error: float
    before: float
    during: float
    partner: str | None
    partner_kept: float
    both: bool
    held: bool
    label_z: float
    z: float
    moved: float
    came: bool
    others: float
    rows: int

    @property
    def lost(self) -> float:
        """How much of what it said about the label is gone, by the weaker of two measures.

        A feature that says as much as before but something else did not lose its rows.
        """
        return min(1 - self.label_kept, 1 - max(self.during, 0.0) / self.before)


def moved_beyond_usual(evidence: "Traffic", joint: Joint) -> dict[str, float]:
    """How many rows of each chosen feature went to other bins, beyond what is usual."""
    drifts = {name: drift_of(evidence.columns[name], evidence.windows) for name in joint.chosen}
    return {name: drift.moved - drift.usual for name, drift in drifts.items()}


def loosened(
    evidence: "Traffic", joint: Joint, column: "Column", *, moved: Mapping[str, float]
) -> Loosened | None:
    """The ties of one feature, in the place where they are the weakest against before."""
    ties = [((), tie), *_inside(evidence, joint, column)] if (tie := label_tie(column)) else []
    if not ties or tie is None:
        return None
    worst = max(ties, key=lambda one: one[1].z - (1.5 if one[0] else 0.0))
    place, least = worst
    partner, other = _partner(joint, column.name, moved)
    along = partner if _came_along(evidence, joint, partner, place, least) else None
    rest = _partner(joint, column.name, moved, without=along)
    partner, other, along = (partner, other, None) if rest[1] is None else (*rest, along)
    # If it lost its rows, then its partner's tie is as loose, as far as the place is all rows.
    due = least.rows / tie.rows * (1 - least.kept)
    both = other is not None and other.z >= 2.0 and 1 - other.kept >= 0.5 * due
    held = other is not None and due - (1 - other.kept) > 2.0 * other.error
    beside = max(other.z, 0.0) if other is not None else 0.0
    peers = [
        (1 - found.kept, found.error**-2)
        for name in joint.chosen
        if name not in (column.name, along)
        and (found := _peer(evidence, joint, name, place)) is not None
    ]
    there = (
        borrowed_in(joint, column.name, (place[0], place[1]), evidence.columns[place[0]].bins)
        if place
        else None
    )
    return Loosened(
        feature=column.name, place=(place[0], place[1]) if place else None,
        label_kept=least.kept, error=least.error, before=least.before, during=least.during,
        partner=partner, partner_kept=other.kept if other is not None else 1.0, both=both,
        held=held,
        label_z=least.z, z=math.hypot(max(least.z, 0.0), beside) if both else least.z,
        moved=max(moved[column.name], there.left if there is not None else 0.0),
        came=there is not None and there.came and moved[column.name] <= STILL,
        others=_average(peers), rows=least.rows,
    )  # fmt: skip


def _average(losses: list[tuple[float, float]]) -> float:
    """The mean loss of the peers, weighted by how well each is known, less its standard error."""
    weight = sum(part for _, part in losses)
    if not weight:
        return 0.0
    return max(sum(loss * part for loss, part in losses) / weight - 1 / math.sqrt(weight), 0.0)


def _inside(
    evidence: "Traffic", joint: Joint, column: "Column"
) -> Iterator[tuple[tuple[str, ...], Tie]]:
    """The tie to the label inside each value of each segment."""
    for (feature, segment), table in joint.within.items():
        if feature != column.name:
            continue
        bins = evidence.columns[segment].bins
        for code in range(FIRST, bins.size):
            found = _tie_within(column, table, code)
            if found is not None:
                yield (segment, bins.name_of(code)), found


def _tie_within(column: "Column", table: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]",
                code: int) -> Tie | None:  # fmt: skip
    return tie_of(table[:, 1:, :, code].transpose(0, 2, 1), column.bins, None)


def _peer(evidence: "Traffic", joint: Joint, name: str, place: tuple[str, ...]) -> Tie | None:
    """The tie of another feature to the label in the same place."""
    column = evidence.columns[name]
    if not place:
        return label_tie(column)
    table = joint.within.get((name, place[0]))
    code = evidence.columns[place[0]].bins.code(place[1])
    return None if table is None or code is None else _tie_within(column, table, code)


def _came_along(
    evidence: "Traffic", joint: Joint, partner: str | None, place: tuple[str, ...], least: Tie
) -> bool:
    """Whether the partner lost the label as well: columns of one table come from one wrong row.

    They then go with each other as before, which says nothing of the rows that they came from.
    """
    tie = None if partner is None else _peer(evidence, joint, partner, place)
    if tie is None or min(tie.z, least.z) < SURE:
        return False
    return 1 - tie.kept >= ALIKE * (1 - least.kept)


def _partner(
    joint: Joint, name: str, moved: Mapping[str, float], *, without: str | None = None
) -> tuple[str | None, Tie | None]:
    """The other feature with the closest tie, and that tie; one that moved itself tells nothing."""
    best: tuple[str | None, Tie | None] = None, None
    for (one, other), table in joint.pairs.items():
        if name not in (one, other) or moved[other if one == name else one] > STILL:
            continue
        if without in (one, other):
            continue
        found = tie_of(table, joint.bins[one], joint.bins[other], least_tie=0.02)
        if found is not None and (best[1] is None or found.before > best[1].before):
            best = (other if one == name else one), found
    return best
