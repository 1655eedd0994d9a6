"""Values that repeat the one before: of the whole log, or of the same segment or host."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import FIRST
from bot.profile.columns import Column
from bot.profile.sequence import OLD, Runs

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.traffic import Traffic


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The share of rows that repeat the value before, and the excess of the incident in spreads."""

    key: str | None
    before: float
    during: float
    rise: float
    z: float
    rows: int


def copies_of(evidence: "Traffic", column: Column) -> Copies | None:
    """The clearest rise of repeats that the values' own frequencies do not explain."""
    runs = evidence.repeats.get(column.name, ())
    found = [one for each in runs if (one := _copies(evidence, column, each)) is not None]
    return max(found, key=lambda one: one.z, default=None)


def _copies(evidence: "Traffic", column: Column, runs: Runs, *, fewest: int = 60) -> Copies | None:
    n0, n1 = int(runs.pairs[:OLD].sum()), int(runs.pairs[OLD:].sum())
    if n0 < 2 * fewest or n1 < fewest:
        return None
    p0, p1 = float(runs.alike[:OLD].sum() / n0), float(runs.alike[OLD:].sum() / n1)
    by_chance = _chance(column, evidence.during) - _chance(column, evidence.before)
    rise = p1 - p0 - max(by_chance, 0.0)
    q0, q1 = (p0 * n0 + 1) / (n0 + 2), (p1 * n1 + 1) / (n1 + 2)
    error = math.sqrt(q0 * (1 - q0) / n0 + q1 * (1 - q1) / n1 + _swing(runs) ** 2)
    return Copies(key=runs.key, before=p0, during=p1, rise=rise, z=rise / error, rows=n0 + n1)


def _chance(column: Column, mask: "npt.NDArray[np.bool_]") -> float:
    """How often two rows are alike by chance: the values that are common, squared."""
    counts = column.over(mask).sum(axis=0).astype(np.float64)
    counts[0] = 0.0
    values = counts[FIRST : column.bins.under]
    return float((values**2).sum() / max(counts.sum(), 1.0) ** 2)


def _swing(runs: Runs) -> float:
    """How far the share swings between stretches of the history, beyond chance."""
    pairs, alike = (part[:OLD].astype(np.float64) for part in (runs.pairs, runs.alike))
    kept = pairs >= 20
    if kept.sum() < 3:
        return 0.0
    share = alike[kept] / pairs[kept]
    p = alike[kept].sum() / pairs[kept].sum()
    chance = float(np.mean(p * (1 - p) / pairs[kept]))
    return math.sqrt(max(float(np.var(share, ddof=1)) - chance, 0.0))
