"""Kitagawa's parts of a fall: other rows than before, or the same rows judged worse."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.columns import RIGHT, WRONG

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.columns import Column
    from bot.profile.traffic import Traffic


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """The rise of the error rate in three parts that add up to it.

    `mix` is what the changed shares of known values bring, `within` what got worse at the same
    value, `fresh` what values without a history bring.
    """

    column: str
    rise: float
    mix: float
    within: float
    fresh: float
    rows: int

    @property
    def moved(self) -> float:
        """The part of the rise that other rows explain: known values that grew, and new ones."""
        return (self.mix + self.fresh) / self.rise if self.rise > 0 else 0.0


def kitagawa(evidence: "Traffic", column: "Column", *, known: int = 10) -> Mixture:
    """Split the rise of the error rate by the values of a column.

    A value with fewer than `known` labelled rows before has no rate of its own: what its rows
    bring beyond the old error rate counts as fresh.
    """
    old, new = column.over(evidence.before), column.over(evidence.during)
    n0, n1 = (_labelled(part) for part in (old, new))
    total0, total1 = max(n0.sum(), 1.0), max(n1.sum(), 1.0)
    w0, w1 = n0 / total0, n1 / total1
    rate0, rate1 = old[WRONG].sum() / total0, new[WRONG].sum() / total1
    a0 = np.where(n0 >= known, old[WRONG] / np.maximum(n0, 1), rate0)
    a1 = np.where(n1 > 0, new[WRONG] / np.maximum(n1, 1), a0)
    fresh = n0 < known
    # Against the old rate, so that a value as bad as the average counts as no mix at all.
    mix = (w1 - w0) * ((a0 + a1) / 2 - rate0)
    within = (w0 + w1) / 2 * (a1 - a0)
    return Mixture(
        column=column.name, rise=float(rate1 - rate0), mix=float(mix[~fresh].sum()),
        within=float(within[~fresh].sum()), fresh=float((mix + within)[fresh].sum()),
        rows=int(n0.sum() + n1.sum()),
    )  # fmt: skip


def _labelled(part: "npt.NDArray[np.int64]") -> "npt.NDArray[np.float64]":
    known: npt.NDArray[np.float64] = (part[WRONG] + part[RIGHT]).astype(np.float64)
    return known
