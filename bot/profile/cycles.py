"""The metric at the same phase of earlier days or weeks."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.traffic import Traffic

DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """The metric now, at the same phase of earlier cycles, and at all other times before.

    `gap` is by how much the earlier phases were worse than the other times and `z` that in
    standard errors; `now` by how much the incident is worse than they were.
    """

    name: str
    earlier: tuple[float, ...]
    during: float
    otherwise: float
    gap: float
    z: float
    now: float
    now_z: float
    rows: int


def cycle_of(
    evidence: "Traffic", *, name: str, seconds: int, least: int, rows: int = 30
) -> Cycle | None:
    """The same phase of earlier cycles; None where there are too few, or the incident is longer."""
    width = evidence.grid.width
    period, places = seconds // width, np.flatnonzero(evidence.during)
    if not len(places) or seconds % width or places[-1] - places[0] >= period:
        return None
    tallies = evidence.tallies
    earlier, held = [], np.zeros_like(evidence.before)
    for back in range(1, evidence.grid.size // period + 1):
        moved = places - back * period
        mask = _mask(moved[moved >= 0], evidence.grid.size) & evidence.before
        value = tallies.value(mask) if mask.sum() >= 0.8 * len(places) else None
        if value is not None and tallies.labelled(mask) >= rows:
            earlier.append(value)
            held |= mask
    rest = evidence.before & ~held
    during, otherwise = tallies.value(evidence.during), tallies.value(rest)
    if len(earlier) < least or during is None or otherwise is None:
        return None
    usual = float(np.mean(earlier))
    swing = float(np.std(earlier, ddof=1)) if len(earlier) > 1 else 0.0
    spread = tallies.series().variance()
    apart = math.sqrt(spread / tallies.labelled(held) + swing**2 / len(earlier))
    now = math.sqrt(spread / max(tallies.labelled(evidence.during), 1) + swing**2)
    gap, worse = tallies.worse(otherwise, usual), tallies.worse(usual, during)
    return Cycle(
        name=name, earlier=tuple(earlier), during=during, otherwise=otherwise, gap=gap,
        z=gap / max(apart, 1e-9), now=worse, now_z=worse / max(now, 1e-9),
        rows=tallies.labelled(held | evidence.during),
    )  # fmt: skip


def _mask(places: "npt.NDArray[np.int64]", size: int) -> "npt.NDArray[np.bool_]":
    mask = np.zeros(size, dtype=np.bool_)
    mask[places] = True
    return mask
