"""Numbers whose distribution became another one, and that no longer go with the rest of their row.

Other traffic has other values, but they go with the row as ever; so do numbers in another unit, for
most of what they say. Values that a source smooths, cuts, mixes or makes up do not.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from bot.profile import mass
from bot.profile.belonging import Loss
from bot.profile.distance import Drift

if TYPE_CHECKING:
    from bot.profile.columns import Column
    from bot.profile.traffic import Traffic


@dataclass(frozen=True, slots=True, kw_only=True)
class Bent:
    """How a number moved, and what of its ties is gone.

    `moved` is the share of its rows that lie elsewhere beyond what is usual, `z` that in spreads of
    the history; `lost` the part that is gone of its ties to the label and to other features, and
    `lost_z` that in standard errors; `accounts` how far the extra errors keep to the values that
    came up.
    """

    moved: float
    z: float
    lost: float
    lost_z: float
    accounts: float
    rows: int
    since: datetime | None


def bent_of(
    evidence: "Traffic", column: "Column", *, drift: Drift, loss: Loss | None
) -> Bent | None:
    """How a number moved and came loose; None where it is no number or has no close tie."""
    if column.bins.kind != "numeric" or evidence.joint is None or loss is None:
        return None
    codes = [int(code) for code in np.flatnonzero(mass.gains(evidence, column) > 0)]
    shift = evidence.shift(column, codes)
    return Bent(
        moved=drift.moved - drift.usual, z=drift.z, lost=loss.lost, lost_z=loss.z,
        accounts=evidence.accounts(column, codes), rows=shift.rows, since=shift.since,
    )  # fmt: skip
