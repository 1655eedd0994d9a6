"""Whether labels come as they used to."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.columns import UNLABELLED

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.traffic import Traffic


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Rows old enough to have a label, those without one, and how long labels took."""

    rows: "npt.NDArray[np.int64]"
    unlabelled: "npt.NDArray[np.int64]"
    ripe_seconds: float
    delay_before: float
    delay_during: float


def labels_of(evidence: "Traffic", *, patience: float = 3.0) -> Labels:
    """Coverage among the rows older than a few times the usual delay, by bucket."""
    before, during = (_delay(evidence, mask) for mask in (evidence.before, evidence.during))
    ripe = patience * before if before > 0 else evidence.grid.width
    last = int((evidence.at.timestamp() - ripe - evidence.grid.origin) // evidence.grid.width)
    old = np.arange(evidence.grid.size) < last
    rows = np.where(old, evidence.rows, 0)
    without = np.where(old, evidence.tallies.outcomes[:, UNLABELLED], 0)
    return Labels(
        rows=rows, unlabelled=without, ripe_seconds=ripe, delay_before=before, delay_during=during
    )


def _delay(evidence: "Traffic", mask: "npt.NDArray[np.bool_]") -> float:
    known = evidence.tallies.labelled(mask)
    total = evidence.tallies.sums["label_delay"][mask][:, :UNLABELLED].sum()
    return float(total / known) if known else 0.0
