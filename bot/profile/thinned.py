"""A mix that moved because rows are missing, not because others came."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bot.profile.columns import Column
    from bot.profile.evidence import Evidence

LEAST = 0.05
"""Less than this part of the usual rows is no hole in the traffic that could move a metric."""
FEW = 2
NEARLY_ALL = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinned:
    """A column whose values lost rows by themselves, as shares of the rows that were to come.

    `lost` and `gained` are what all values together have less and more than usual, beyond chance;
    `explains` is the part of the rise of the error rate that the mix of what is left brings.
    `values` are those that lost nearly all of it, where a few did.
    """

    column: str
    values: tuple[str, ...]
    lost: float
    gained: float
    explains: float
    rows: int


def thinned(
    evidence: "Evidence", columns: "list[Column]", *, expected: float, least: float = 0.3,
    moved: float = 0.2,
) -> Thinned | None:  # fmt: skip
    """The column that tells best which rows are missing; None where some came in their place.

    `expected` is how many rows the window usually has. Where other traffic comes, some values have
    more rows than they ever had, however little comes in all; where rows are lost, none has. So
    what was gained must be at most the part `moved` of what was lost, and the mix of what is left
    must explain at least `least` of the fall.
    """
    found = [one for column in columns if (one := _of(evidence, column, expected)) is not None]
    fit = [one for one in found if one.explains >= least and one.lost >= LEAST]
    # One column with values that grew is enough to say that the rows are not only missing.
    if not fit or any(one.gained > moved * one.lost for one in fit):
        return None
    return max(fit, key=lambda one: (min(one.explains, 1.0), one.lost, one.column))


def _of(evidence: "Evidence", column: "Column", expected: float) -> Thinned | None:
    before, during = (column.over(mask).sum(axis=0) for mask in (evidence.before, evidence.during))
    if not before.sum() or expected <= 0:
        return None
    usual = before / before.sum() * expected
    chance = 2 * np.sqrt(usual + 1)
    lost = np.maximum(usual - during - chance, 0.0)
    most = np.argsort(-lost, kind="stable")[:FEW]
    most = most[lost[most] > 0]
    few = lost[most].sum() >= NEARLY_ALL * lost.sum()
    mix = evidence.mixture(column)
    return Thinned(
        column=column.name, lost=float(lost.sum() / expected),
        values=tuple(column.bins.name_of(int(code)) for code in most) if few else (),
        gained=float(np.maximum(during - usual - chance, 0.0).sum() / expected),
        explains=mix.moved, rows=mix.rows,
    )  # fmt: skip
