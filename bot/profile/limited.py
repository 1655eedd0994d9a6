"""A value that took only what lay beyond it: numbers that reached a limit and stop there."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.profile.bins import FIRST
from bot.profile.mass import shares

if TYPE_CHECKING:
    from bot.profile.columns import Column
    from bot.profile.traffic import Traffic

BEYOND = 0.85
"""The least part of what the value gained that the values beyond it lost."""

PAST = 0.02
"""New values beyond the limit that are this part of what it gained show that it is none."""

TOLD = 4.0
"""Standard errors that a loss alike on both sides has to be, to be told from none."""

KEPT = 0.3
"""The most that the other side may have lost, as a part of what a loss alike would be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The side on which nothing lies any more, and the shares of rows there before and during."""

    side: Literal["above", "below"]
    before: float
    during: float


def limit_of(evidence: "Traffic", column: "Column", code: int) -> Limit | None:
    """The side whose rows a value took, where the other side kept all of its own.

    A default or a value that stands still takes the same part of both sides.
    """
    bins = column.bins
    if bins.kind != "numeric" or not FIRST <= code < bins.under:
        return None
    before, during = shares(evidence, column)
    order = bins.ascending()
    place, gained = order.index(code), float(during[code] - before[code])
    if gained <= 0:
        return None
    sides = {"below": order[:place], "above": order[place + 1 :]}
    rows = max(evidence.rows_during, 1)
    for side, other in (("above", "below"), ("below", "above")):
        p, q = (float(part[sides[side]].sum()) for part in (before, during))
        near, kept = (float(part[sides[other]].sum()) for part in (before, during))
        if near <= 0 or p - q < BEYOND * gained:
            continue
        # Beyond a limit nothing comes that never was there: values of another unit do.
        there = before[sides[side]] > 0
        if float(during[sides[side]][~there].sum()) > PAST * gained:
            continue
        alike, error = gained * near / (p + near), math.sqrt(near * max(1 - near, 0.0) / rows)
        if alike > TOLD * error and abs(kept - near) <= KEPT * alike + error:
            return Limit(side="above" if side == "above" else "below", before=p, during=q)
    return None
