"""What a feature lost of its ties to the other features, and what those lost of each other."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.profile.belonging import Loss, loss_of
from bot.profile.joint import STILL
from bot.profile.ties import Tie

SURE = 5.0
"""Standard errors of what two features lost of the label, from which both are known to be loose."""

ALIKE = 0.75
"""The least part of the loss of one that the other has to have lost, to have come along with it."""

HALF = 0.5
"""Two that lost less than this part of what each lost of the label still go with each other."""

Pairs = Mapping[tuple[str, str], Tie]
"""The tie of each two features that have a close one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partners:
    """The ties of one feature to others (`own`), and those of the others to each other (`rest`).

    Values of other rows loosen all ties of the feature and none of the rest. `closest` is the
    feature that it goes with most, and `tie` theirs.
    """

    own: Loss | None
    rest: Loss | None
    closest: str | None
    tie: Tie | None


def partners_of(
    pairs: Pairs, name: str, *, moved: Mapping[str, float], along: frozenset[str]
) -> Partners:
    """The partners of a feature, without those that came `along` with it, or moved themselves."""
    own: dict[str, Tie] = {}
    rest = []
    for (one, other), tie in pairs.items():
        if name in (one, other):
            partner = other if one == name else one
            if partner not in along and moved.get(partner, 0.0) <= STILL:
                own[partner] = tie
        elif not along & {one, other} and max(moved.get(one, 0.0), moved.get(other, 0.0)) <= STILL:
            rest.append(tie)
    closest = max(own, key=lambda partner: own[partner].before, default=None)
    return Partners(
        own=loss_of(own.values()), rest=loss_of(rest), closest=closest,
        tie=None if closest is None else own[closest],
    )  # fmt: skip


def came_along(
    pairs: Pairs, name: str, tie: Tie, peer: Callable[[str], Tie | None]
) -> frozenset[str]:
    """The features that lost the label as well, and go with this one as before.

    Columns of one table come from one wrong row: what they say of each other says nothing of it.
    `tie` is the feature's to the label, `peer` gives that of another in the same place.
    """
    if tie.z < SURE:
        return frozenset()
    found = set()
    for pair, between in pairs.items():
        if name not in pair:
            continue
        partner = next(one for one in pair if one != name)
        theirs = peer(partner)
        if theirs is None or theirs.z < SURE or 1 - theirs.kept < ALIKE * (1 - tie.kept):
            continue
        due = tie.rows / between.rows * (1 - tie.kept)
        if 1 - between.kept < HALF * due:
            found.add(partner)
    return frozenset(found)


def reliance(label: Tie, answers: Tie | None, own: Loss | None) -> float:
    """How far the answers hang on a feature that came loose: from 0 for nothing to 1.

    A model that reads wrong values follows them, so that answers keep their tie to the feature as
    the label and the other features lose theirs; one that hardly reads it answers by the others,
    and comes loose as they do. Less its standard error, since few ties are known well.
    """
    if answers is None:
        return 0.0
    lost, error = 1 - label.kept, label.error
    if own is not None:
        lost, error = min((lost, error), (own.lost, own.error))
    follows = lost - (1 - answers.kept) - math.hypot(error, answers.error)
    return min(max(follows / max(lost, error), 0.0), 1.0)
