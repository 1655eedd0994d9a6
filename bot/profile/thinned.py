"""A mix that moved because rows are missing, not because others came."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import NULL
from bot.profile.columns import RIGHT, WRONG

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.columns import Column
    from bot.profile.evidence import Evidence

    Counts = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """The wrong and the right answers that came, each as a part of the usual number of them."""

    wrong: float
    right: float


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


def right_lost(
    evidence: "Evidence", columns: "list[Column]", *, ratio: float, moved: float = 0.2
) -> Lost | None:
    """Whether right answers alone are fewer; None where some kind of answer came more often.

    `ratio` is the part of the usual rows that came. Whatever makes answers wrong makes more wrong
    ones than there were: of a label, a prediction, or a value of a column. Where rows are left out
    by what became of them, or by what tells it, there are no more of any kind.
    """
    tallies = evidence.tallies
    before, during = (tallies.confusion[mask].sum(axis=0) for mask in _masks(evidence))
    tables = [(before[NULL + 1 :], during[NULL + 1 :])]
    for column in columns:
        before, during = (column.over(mask)[[WRONG, RIGHT]] for mask in _masks(evidence))
        tables.append((before, during))
    old, new = (
        tallies.outcomes[mask].sum(axis=0)[[WRONG, RIGHT]].astype(float)
        for mask in _masks(evidence)
    )
    if evidence.extra_errors <= 0 or not old.all() or ratio <= 0:
        return None
    expected = float(new.sum()) / ratio
    _, lost = _changed(old, new, expected)
    gained = max(_changed(before, during, expected)[0] for before, during in tables)
    if lost < LEAST * expected or gained > moved * lost:
        return None
    wrong, right = new / (old / old.sum() * expected)
    return Lost(wrong=float(wrong), right=float(right))


def _masks(evidence: "Evidence") -> "tuple[Mask, Mask]":
    return evidence.before, evidence.during


def _changed(before: "Counts", during: "Counts", expected: float) -> tuple[float, float]:
    """What all cells together have more, and less, than usual, beyond chance."""
    usual = before / max(before.sum(), 1) * expected
    chance = 2 * np.sqrt(usual + 1)
    gained = np.maximum(during - usual - chance, 0.0).sum()
    return float(gained), float(np.maximum(usual - during - chance, 0.0).sum())


def _of(evidence: "Evidence", column: "Column", expected: float) -> Thinned | None:
    before, during = (column.over(mask).sum(axis=0) for mask in (evidence.before, evidence.during))
    if not before.sum() or expected <= 0:
        return None
    usual = before / before.sum() * expected
    gained, _ = _changed(before, during, expected)
    lost = np.maximum(usual - during - 2 * np.sqrt(usual + 1), 0.0)
    most = np.argsort(-lost, kind="stable")[:FEW]
    most = most[lost[most] > 0]
    few = lost[most].sum() >= NEARLY_ALL * lost.sum()
    mix = evidence.mixture(column)
    return Thinned(
        column=column.name, lost=float(lost.sum() / expected),
        values=tuple(column.bins.name_of(int(code)) for code in most) if few else (),
        gained=gained / expected,
        explains=mix.moved, rows=mix.rows,
    )  # fmt: skip
