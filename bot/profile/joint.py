"""Joint counts: features with each other, and with the label inside each segment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.profile.ties import Tie, tie_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from bot.profile.bins import Bins
    from bot.profile.columns import Column

    Counts = npt.NDArray[np.int64]

STILL = 0.1
"""A feature with more than this part of its rows in other bins changed by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """What was counted jointly.

    `pairs` are [epoch, code, code] of two features; `within` [epoch, label, code, code] of a
    feature and a segment; `chosen` the features that say most about the label, `bins` theirs.
    """

    chosen: tuple[str, ...] = ()
    pairs: "Mapping[tuple[str, str], Counts]" = field(default_factory=dict)
    within: "Mapping[tuple[str, str], Counts]" = field(default_factory=dict)
    bins: "Mapping[str, Bins]" = field(default_factory=dict)


def label_tie(column: "Column") -> Tie | None:
    """How a feature and the label hang together, before and during."""
    by_label = column.cells.sum(axis=2)[:, 1:]
    return tie_of(by_label.transpose(0, 2, 1), column.bins, None)


def answer_tie(column: "Column") -> Tie | None:
    """How a feature and the answers hang together, before and during."""
    return tie_of(column.cells.sum(axis=1).transpose(0, 2, 1), column.bins, None)


def pair_ties(joint: Joint) -> dict[tuple[str, str], Tie]:
    """How each two chosen features hang together, where they do closely enough to tell."""
    found = {
        (one, other): tie_of(table, joint.bins[one], joint.bins[other], least_tie=0.02)
        for (one, other), table in joint.pairs.items()
    }
    return {pair: tie for pair, tie in found.items() if tie is not None}
