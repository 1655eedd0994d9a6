"""A feature that lost its ties, to the label and to the other features, in all rows or a part."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.profile.belonging import Loss, loss_of
from bot.profile.bins import FIRST
from bot.profile.borrowed import borrowed_in
from bot.profile.distance import drift_of
from bot.profile.joint import STILL, Joint, answer_tie, label_tie
from bot.profile.partners import Pairs, came_along, partners_of, reliance
from bot.profile.ties import Tie, tie_of

if TYPE_CHECKING:
    import numpy as np

    from bot.profile.columns import Column
    from bot.profile.traffic import Traffic


@dataclass(frozen=True, slots=True, kw_only=True)
class Loosened:
    """What is left of the ties of one feature, where it lost the most.

    `both` says that it lost its partners as well, `held` that it clearly did not.
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
    rest: float
    relied: float
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
    evidence: "Traffic", joint: Joint, column: "Column", *, moved: Mapping[str, float],
    pairs: Pairs,
) -> Loosened | None:  # fmt: skip
    """The ties of one feature, in the place where they are the weakest against before."""
    ties = [((), tie), *_inside(evidence, joint, column)] if (tie := label_tie(column)) else []
    if not ties or tie is None:
        return None
    place, least = max(ties, key=lambda one: one[1].z - (1.5 if one[0] else 0.0))

    def peer(name: str) -> Tie | None:
        return _peer(evidence, joint, name, place)

    along = came_along(pairs, column.name, least, peer)
    beside = partners_of(pairs, column.name, moved=moved, along=along)
    if beside.own is None:  # with no other partner, what came along is all that can tell
        along = frozenset()
        beside = partners_of(pairs, column.name, moved=moved, along=along)
    # If it lost its rows, then its partners' ties are as loose, as far as the place is all rows.
    own, rest = beside.own, beside.rest
    due = least.rows / tie.rows * (1 - least.kept)
    both = own is not None and own.z >= 2.0 and own.lost >= 0.5 * due
    held = own is not None and due - own.lost > 2.0 * own.error
    others = _average([peer(name) for name in joint.chosen if name not in {column.name, *along}])
    there = (
        borrowed_in(joint, column.name, (place[0], place[1]), evidence.columns[place[0]].bins)
        if place
        else None
    )
    return Loosened(
        feature=column.name, place=(place[0], place[1]) if place else None,
        label_kept=least.kept, error=least.error, before=least.before, during=least.during,
        partner=beside.closest, partner_kept=beside.tie.kept if beside.tie is not None else 1.0,
        both=both, held=held, label_z=least.z,
        z=math.hypot(max(least.z, 0.0), max(own.z, 0.0)) if both and own is not None else least.z,
        moved=max(moved[column.name], there.left if there is not None else 0.0),
        came=there is not None and there.came and moved[column.name] <= STILL,
        others=others, rest=_part(rest, own),
        relied=reliance(tie, answer_tie(column), own), rows=least.rows,
    )  # fmt: skip


def _part(rest: Loss | None, own: Loss | None) -> float:
    """What other pairs of features lost, as a part of what the feature lost of its partners."""
    if rest is None or own is None or rest.lost <= 2.0 * rest.error:
        return 0.0
    return rest.lost / max(own.lost, own.error)


def _average(peers: "list[Tie | None]") -> float:
    """The mean loss of the peers, weighted by how well each is known, less its standard error."""
    known = loss_of(peers)
    return 0.0 if known is None else max(known.lost - known.error, 0.0)


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
