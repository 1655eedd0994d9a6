"""Another unit in one part of the traffic, which the whole of it blurs."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.in_place import counts_in
from bot.profile.mass import gains
from bot.profile.scales import Scale, scale_read
from bot.profile.slices import where_values_are
from bot.profile.windows import HISTORY

if TYPE_CHECKING:
    from bot.profile.columns import Column
    from bot.profile.traffic import Traffic

GAINED = 0.002
"""A code that gained less than this part of all rows says nothing of where new values came up."""


def scale_of_part(evidence: "Traffic", column: "Column") -> Scale | None:
    """The known conversion that best explains how a number moved, in all rows or in one place.

    Looked for in the one place where the values came up that it gained; `share` is of all rows.
    """
    old, new = (column.over(mask).sum(axis=0) for mask in (evidence.before, evidence.during))
    line = evidence.lines.get(column.name)
    whole = scale_read(column.bins, old, new, line)
    gained = [int(code) for code in np.flatnonzero(gains(evidence, column) > GAINED)]
    place = where_values_are(evidence, column, gained) if gained else None
    counts = None if place is None else counts_in(evidence, column, place)
    if whole is None or counts is None or place is None:
        return whole
    there = scale_read(
        column.bins, counts[:HISTORY].sum(axis=0), counts[HISTORY:].sum(axis=0), line
    )
    if there is None or there.gain < whole.gain or there.explained < whole.explained:
        return whole
    return replace(there, share=there.share * place.size)
