"""Values of a category under other names: exchanged, merged into one, or written anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import FIRST
from bot.profile.mass import lost, shares, unseen
from bot.profile.replaced import labels_by_code, taken

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.columns import Column
    from bot.profile.traffic import Traffic

    Floats = npt.NDArray[np.float64]
    Order = npt.NDArray[np.intp]

TOLD = 3.0
"""Log likelihood ratio from which labels tell whose rows a value has."""

FAR = 0.2
"""A share of rows so large that it need not be told by labels that it changed its name."""

TRACE = 0.1
"""New values with less than this part of the rows of the commonest one say nothing of it."""

COMMON = 0.01
"""The least share of rows that a value must have to be looked for under another name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Values that took each other's places in a part of the rows: `codes` are now `names_of`."""

    codes: tuple[int, ...]
    names_of: tuple[int, ...]
    part: float
    told: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Values that are now written as another known one, while the rest kept all their rows."""

    into: int
    codes: tuple[int, ...]
    told: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    """Values that were never there before, and the known ones whose rows they have."""

    codes: tuple[int, ...]
    names_of: tuple[int, ...]


def exchanged(evidence: "Traffic", column: "Column") -> Exchange | None:
    """The order of the known values that explains best what each has now; None for their own.

    Whoever exchanges values moves their labels with them: other traffic keeps what each value says
    of the label. Where labels do not tell, only a large exchange in all rows is believed.
    """
    before, during = shares(evidence, column)
    codes = [c for c in range(FIRST, len(before)) if max(before[c], during[c]) > COMMON][:12]
    chance, counted = _labels(column, codes)
    old, new = before[codes], during[codes]
    if len(codes) < 2 or not counted.sum() or not old.sum():
        return None
    # Where each value lies by its rows and by which half of the labels they have.
    middle = _middle(old * chance)
    whose, now = _halves(old * chance, middle), _halves(counted, middle)
    off = float(np.abs(now - whose).sum())
    best: tuple[float, float, Order] | None = None
    for part in (1.0, 0.85, 0.7, 0.55, 0.4):
        order = _order(whose, now, part)
        left = float(np.abs(now - (1 - part) * whose - part * whose[:, order]).sum())
        moves = bool((order != np.arange(len(codes))).any())
        if moves and left < 0.35 * off and (best is None or left < best[0]):
            best = left, part, order
    if best is None or off < 0.1:
        return None
    _, part, order = best
    told = _told(old, chance, counted, part, order)
    moved = np.flatnonzero(order != np.arange(len(codes)))
    far = float(np.abs(new - old).sum()) > 2 * FAR
    sure = told > TOLD or (told > -TOLD and part > 0.9 and far)
    sure = sure and _rather_exchanged(old, chance, counted, order)
    return Exchange(
        codes=tuple(codes[i] for i in moved), names_of=tuple(codes[order[i]] for i in moved),
        part=part, told=told,
    ) if sure else None  # fmt: skip


def _middle(table: "Floats") -> int:
    """The label at which the second half of the rows begins."""
    reached = np.cumsum(table.sum(axis=1)) / table.sum()
    return min(int(np.searchsorted(reached, 0.5)) + 1, len(table) - 1)


def _halves(table: "Floats", middle: int) -> "Floats":
    """The parts of all rows by half of the labels and value, [2, value]."""
    halves = np.stack([table[:middle].sum(axis=0), table[middle:].sum(axis=0)])
    parts: Floats = halves / halves.sum()
    return parts


def _labels(column: "Column", codes: Sequence[int]) -> "tuple[Floats, Floats]":
    old, new = (table[:, list(codes)] for table in labels_by_code(column))
    return (old + 0.5) / (old + 0.5).sum(axis=0), new


def _order(old: "Floats", new: "Floats", part: float) -> "Order":
    """Which value each has the rows of, so that the shares fit; pairs exchanged while that helps.

    From their own places, so that values that are as frequent as each other stay where they are.
    """
    order = np.arange(old.shape[1])
    target = (new - (1 - part) * old) / part
    apart = np.abs(target[:, :, None] - old[:, None, :]).sum(axis=0)
    while True:
        gaps = {
            (i, j): apart[i, order[i]]
            + apart[j, order[j]]
            - apart[i, order[j]]
            - apart[j, order[i]]
            for i, j in combinations(range(len(order)), 2)
        }
        (i, j), gain = max(gaps.items(), key=lambda one: one[1])
        if gain <= 0.02:
            return order
        order[[i, j]] = order[[j, i]]


def _told(old: "Floats", chance: "Floats", counted: "Floats", part: float, order: "Order") -> float:
    """The log likelihood ratio of the exchange against values that kept their own labels."""
    # A value that was never there before has labels to compare, but no rows to have kept.
    stayed, came = (1 - part) * old + 1e-9, part * old[order]
    mixed = (stayed * chance + came * chance[:, order]) / (stayed + came)
    return float((counted * np.log(mixed / chance)).sum())


def _rather_exchanged(
    old: "Floats", chance: "Floats", counted: "Floats", order: "Order"
) -> bool:  # fmt: skip
    """Whether an exchange in a part of the rows explains them better than values of other rows do.

    Those loosen the labels as well, but leave the frequencies as they are.
    """
    own = old / old.sum() * chance
    whole = own.sum(axis=1, keepdims=True) * own.sum(axis=0, keepdims=True)
    best = [
        max(
            float((counted * np.log((1 - part) * own + part * other + 1e-12)).sum())
            for part in np.linspace(0.1, 1.0, 19)
        )
        for other in (own[:, order], whole)
    ]
    return best[0] > best[1] + TOLD


def merged(
    evidence: "Traffic", column: "Column", *, kept: float = 0.1, match: float = 0.15
) -> Merge | None:  # fmt: skip
    """The value that took the rows of some others, of which all lost alike, and of none else.

    A default or a frozen value takes its rows from every value; a merge leaves those alone that it
    does not name, and what it takes it has: other traffic goes to several values.
    """
    before, during = shares(evidence, column)
    into = int(np.argmax(during - before))
    codes = [c for c in range(FIRST, len(before)) if c != into and before[c] > 0.005]
    if len(codes) < 3 or into < FIRST or before[into] < COMMON:
        return None
    rows = evidence.rows_during
    lost = _losers(before[codes], during[codes] * rows, rows)
    if lost is None:
        return None
    level = float(during[codes][lost].sum() / before[codes][lost].sum())
    told = taken(column, into)
    moved = (1 - level) * before[codes][lost].sum()
    if level > 0.85 or moved < 0.05 or before[codes][~lost].sum() < kept or told < -TOLD:
        return None
    if abs(during[into] - before[into] - moved) > match * moved:
        return None
    return Merge(
        into=into, codes=tuple(c for c, one in zip(codes, lost, strict=True) if one), told=told
    )  # fmt: skip


def _losers(
    before: "Floats", counted: "Floats", rows: int, *, sure: float = 15.0
) -> "npt.NDArray[np.bool_] | None":
    """The values that lost one and the same part of their rows, where the rest lost none at all.

    None where every value losing alike explains the counts about as well (Poisson deviances).
    """
    order = np.argsort(counted / before)
    alike = _deviance(counted, before * counted.sum() / before.sum())
    best: tuple[float, npt.NDArray[np.bool_]] | None = None
    for place in range(1, len(before)):
        lost = np.zeros(len(before), dtype=bool)
        lost[order[:place]] = True
        expected = before * rows
        expected[lost] *= max(counted[lost].sum(), 0.5) / expected[lost].sum()
        left = _deviance(counted, expected)
        if best is None or left < best[0]:
            best = left, lost
    if best is None or alike - best[0] < sure or best[0] > 0.35 * alike:
        return None
    return best[1]


def _deviance(counted: "Floats", expected: "Floats") -> float:
    held, fit = np.maximum(counted, 0.5), np.maximum(expected, 0.5)
    return float(2 * (held * np.log(held / fit) - held + fit).sum())


def came(evidence: "Traffic", column: "Column") -> list[int]:
    """The values that were never there before, those aside that have only a trace of their rows."""
    _, during = shares(evidence, column)
    new = unseen(evidence, column)
    return [code for code in new if during[code] > TRACE * during[new].max()]


def renamed(evidence: "Traffic", column: "Column", *, match: float = 0.3) -> Rename | None:
    """The new values, and the known ones whose rows they took; None where none lost them.

    One new value has the rows of one known value that lost about as many. Of several, either known
    ones lost more than their part, or each took the rows of one: where a part of all rows was
    renamed, every known value lost the same part, as for a default, but a default is one value.
    """
    fresh = came(evidence, column)
    if not fresh:
        return None
    before, during = shares(evidence, column)
    gained = float((during - before)[fresh].sum())
    losers = lost(evidence, column, fresh)
    if len(fresh) == 1:
        one = bool(losers) and abs(losers[0][1] + gained) < match * gained
        losers = losers if one else []
    names = [code for code, _ in losers] or _paired(before, during, fresh)
    return Rename(codes=tuple(fresh), names_of=tuple(names)) if names else None


def _paired(
    before: "Floats", during: "Floats", fresh: Sequence[int], *, match: float = 0.25
) -> list[int]:
    """The known values that lost as many rows as each of several new ones gained, in order."""
    loss = before - during
    gained = sorted(fresh, key=lambda code: -during[code])
    free = sorted(
        (c for c in range(FIRST, len(before)) if c not in fresh and loss[c] > 0),
        key=lambda code: -loss[code],
    )
    if len(fresh) < 2 or len(free) < len(fresh):
        return []
    olds = free[: len(gained)]
    total = float(during[gained].sum())
    off = float(np.abs(during[gained] - loss[olds]).sum())
    return olds if total > 0 and off < match * total else []
