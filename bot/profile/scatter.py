"""Numbers that scatter about what they were: more of them at both ends, and each says less."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import FIRST
from bot.profile.joint import label_tie
from bot.profile.ties import Tie, tie_of

if TYPE_CHECKING:
    from bot.profile.columns import Column
    from bot.profile.shift import Shift
    from bot.profile.traffic import Traffic

ENDS = (0.25, 0.1, 0.02)
"""The parts of the old rows that are looked at on either side; noise on a skewed number shows in
its far ends first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    """How a number spread: what either end gained, and the ties that it lost.

    `z` is that of the end that gained less surely, `lost` the largest part that is gone of a tie to
    the label or to another feature, and `lost_z` how sure that is.
    """

    low: float
    high: float
    z: float
    lost: float
    lost_z: float
    rows: int
    since: datetime | None


def scatter_of(evidence: "Traffic", column: "Column") -> Scatter | None:
    """How a number spread to both sides; None where it did not, or is no number."""
    if column.bins.kind != "numeric":
        return None
    both = [pair for part in ENDS if (pair := _ends(evidence, column, part)) is not None]
    if not both:
        return None
    low, high = max(both, key=lambda pair: min(pair[0].z, pair[1].z))
    tie = max(_ties(evidence, column), key=lambda one: one.z, default=None)
    return Scatter(
        low=low.change, high=high.change, z=min(low.z, high.z),
        lost=0.0 if tie is None else 1 - tie.kept, lost_z=0.0 if tie is None else tie.z,
        rows=low.rows, since=low.since if low.z > high.z else high.since,
    )  # fmt: skip


def _ends(evidence: "Traffic", column: "Column", part: float) -> "tuple[Shift, Shift] | None":
    """The gain of the lowest and of the highest part of the old rows, where both gained."""
    order = [code for code in column.bins.ascending() if code >= FIRST]
    held = column.over(evidence.before).sum(axis=0)[order].astype(np.float64)
    if not held.sum():
        return None
    share = np.cumsum(held) / held.sum()
    low = [code for code, upto in zip(order, share, strict=True) if upto <= part]
    high = [
        code
        for code, upto, own in zip(order, share, held / held.sum(), strict=True)
        if upto - own >= 1 - part - 1e-9
    ]
    if not low or not high:
        return None
    one, other = evidence.shift(column, low), evidence.shift(column, high)
    return (one, other) if one.change > 0 and other.change > 0 else None


def _ties(evidence: "Traffic", column: "Column") -> list[Tie]:
    """Its ties to the label and to the features that it was counted with."""
    joint = evidence.joint
    tables = {} if joint is None else joint.pairs
    found = [label_tie(column)]
    for (one, other), table in tables.items():
        if joint is not None and column.name in (one, other):
            found.append(tie_of(table, joint.bins[one], joint.bins[other], least_tie=0.02))
    return [tie for tie in found if tie is not None]
