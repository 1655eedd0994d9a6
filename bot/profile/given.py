"""What the model says, and what is true, at equal features: did either move?"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.columns import RIGHT, WRONG
from bot.profile.windows import HISTORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from bot.profile.columns import Column
    from bot.profile.traffic import Traffic

    Floats = npt.NDArray[np.float64]


SEEN = 8.0
"""Spreads beyond chance from which an uneven rise counts in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """How far a distribution given the features moved: the size of the effect, and its excess.

    `size` is 0 for nothing and 1 for all; `z` counts spreads of the history's own movements, the
    median over the features.
    """

    size: float
    z: float
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """The feature in whose bins the errors rose the least evenly.

    `z` is how far beyond chance, `share` the part of the extra errors that would have to move to
    other bins for the rise to be even.
    """

    feature: str
    z: float
    share: float
    bin: str
    rows: int


def said_given(evidence: "Traffic") -> Moved | None:
    """How far the predictions moved at equal features."""
    return _moved([column.cells.sum(axis=1) for column in evidence.features()])


def true_given(evidence: "Traffic") -> Moved | None:
    """How far the labels moved at equal features; rows without a label left out."""
    return _moved([column.cells[:, 1:].sum(axis=2) for column in evidence.features()])


def true_given_others(evidence: "Traffic", feature: str | None) -> Moved | None:
    """How far the labels moved at equal values of each feature but this one."""
    others = [column for column in evidence.features() if column.name != feature]
    return _moved([column.cells[:, 1:].sum(axis=2) for column in others])


def true_given_score(evidence: "Traffic") -> Moved | None:
    """How far the labels moved at equal score; None without a score or classes."""
    table = _score_by_label(evidence)
    return None if table is None else _moved([table])


def score_given_true(evidence: "Traffic") -> Moved | None:
    """How far the scores of each class moved; None without a score or classes."""
    table = _score_by_label(evidence)
    return None if table is None else _moved([np.swapaxes(table, 1, 2)])


def said_given_one(column: "Column") -> Moved | None:
    """How far the predictions moved at equal values of one feature."""
    return _moved([column.cells.sum(axis=1)])


def true_given_one(column: "Column") -> Moved | None:
    """How far the labels moved at equal values of one feature."""
    return _moved([column.cells[:, 1:].sum(axis=2)])


def _score_by_label(evidence: "Traffic") -> "npt.NDArray[np.int64] | None":
    """[epoch, label, score code], rows without a label left out."""
    score = evidence.one("score")
    if score is None or evidence.settings.task == "regression":
        return None
    counted: npt.NDArray[np.int64] = score.cells[:, 1:].sum(axis=2)
    return counted


def _moved(tables: "list[npt.NDArray[np.int64]]") -> Moved | None:
    """From [epoch, class, code] of each feature."""
    found = [one for table in tables if (one := _apart(table)) is not None]
    if not found:
        return None
    sizes, zs, rows = zip(*found, strict=True)
    return Moved(size=float(np.median(sizes)), z=float(np.median(zs)), rows=max(rows))


def _apart(table: "npt.NDArray[np.int64]") -> tuple[float, float, int] | None:
    """The incident against the history, and each span of the history against the others."""
    old = table[:HISTORY].sum(axis=0).astype(np.float64)
    new = table[HISTORY:].sum(axis=0).astype(np.float64)
    if old.sum() < 200 or new.sum() < 100:
        return None
    size, error = _effect(old, new)
    past = [
        _effect(old - part, part)
        for part in table[:HISTORY].astype(np.float64)
        if part.sum() >= 50
    ]  # fmt: skip
    usual = float(np.median([value for value, _ in past])) if past else 0.0
    spread = 1.4826 * float(np.median([abs(v - usual) for v, _ in past])) if past else 0.0
    z = (size - max(usual, 0.0)) / math.hypot(error, spread, 0.25 * max(usual, 0.0))
    return math.sqrt(max(size, 0.0)), z, int(old.sum() + new.sum())


def _effect(old: "Floats", new: "Floats") -> tuple[float, float]:
    """The squared effect of being new on the class at equal code, chance taken off; its error."""
    n0, n1 = old.sum(axis=0), new.sum(axis=0)
    both = (n0 >= 20) & (n1 >= 5)
    old, new, n0, n1 = old[:, both], new[:, both], n0[both], n1[both]
    rows = float(n1.sum())
    if rows < 20:
        return 0.0, 1.0
    p = (old + new + 0.5) / (n0 + n1 + 0.5 * len(old))
    gap = old / n0 - new / n1
    squares = float((gap**2 / p / (1 / n0 + 1 / n1)).sum())
    degrees = float(((old + new > 0).sum(axis=0) - 1).clip(min=0).sum())
    return (squares - degrees) / rows, math.sqrt(2 * max(degrees, 1.0)) / rows


def local_rise(evidence: "Traffic") -> Local | None:
    """The feature whose bins tell best where the errors rose; None where nothing rose."""
    found = [one for c in evidence.features() if (one := _uneven(evidence, c)) is not None]
    # A share of few errors is large by chance: it counts as far as chance does not explain it.
    return max(
        found,
        key=lambda one: (one.share * min(max(one.z / SEEN, 0.0), 1.0), one.feature),
        default=None,
    )


def _uneven(evidence: "Traffic", column: "Column") -> Local | None:
    """Held against an even rise, by which each right row turns wrong with the same chance."""
    if evidence.extra_errors <= 0:
        return None
    parts = [one for each in _answered(evidence, column) if (one := _gaps(evidence, *each))]
    degrees = sum(len(part.places) - 1 for part in parts)
    if not degrees:
        return None
    z = (sum(part.squares for part in parts) - degrees) / math.sqrt(2 * degrees)
    beyond, extra = sum(part.beyond for part in parts), sum(part.extra for part in parts)
    total = np.zeros(column.bins.size)
    for part in parts:
        total[part.places] += part.gaps
    return Local(
        feature=column.name, z=z, share=min(beyond / 2 / max(abs(extra), 1.0), 1.0),
        bin=column.bins.name_of(int(np.argmax(total))), rows=sum(part.rows for part in parts),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gaps:
    """Errors beyond an even rise: of each code in `places`, squared in spreads, and added up."""

    places: "npt.NDArray[np.int64]"
    gaps: "Floats"
    squares: float
    beyond: float
    extra: float
    rows: int


def _answered(evidence: "Traffic", column: "Column") -> "Iterator[tuple[Floats, ...]]":
    """Wrong and labelled rows by code, before and during, apart for each answer of a class.

    Where labels of one class turn wrong, all errors are where the model says that class, which is
    in some bins more than in others.
    """
    if evidence.settings.task == "regression":
        old, new = column.over(evidence.before), column.over(evidence.during)
        yield old[WRONG], old[WRONG] + old[RIGHT], new[WRONG], new[WRONG] + new[RIGHT]
        return
    old, new = column.cells[:HISTORY, 1:].sum(axis=0), column.cells[HISTORY:, 1:].sum(axis=0)
    for said in range(1, column.cells.shape[2]):
        right = said - 1
        n0, n1 = old[:, said].sum(axis=0), new[:, said].sum(axis=0)
        if right < len(old):
            yield n0 - old[right, said], n0, n1 - new[right, said], n1


def _gaps(
    evidence: "Traffic", wrong0: "Floats", n0: "Floats", wrong1: "Floats", n1: "Floats"
) -> _Gaps | None:
    """Against a rise by which every right row turns wrong with the same chance."""
    kept = (n0 >= 20) & (n1 >= 10)
    if kept.sum() < 2:
        return None
    wrong, rows = wrong1[kept].astype(np.float64), n1[kept].astype(np.float64)
    rate = (wrong0[kept] + 5 * evidence.error_before) / (n0[kept] + 5)
    room = rows * np.maximum(1 - 2 * rate, 0.05)
    rise = (wrong - rows * rate).sum() / room.sum()
    even = np.clip(rate + rise * room / rows, 0.002, 0.998)
    gap = wrong - rows * even
    noise = rows * even * (1 - even) + rows**2 * rate * (1 - rate) / n0[kept]
    return _Gaps(
        places=np.flatnonzero(kept), gaps=gap, squares=float((gap**2 / noise).sum()),
        beyond=float(np.maximum(np.abs(gap) - np.sqrt(noise) * 0.8, 0.0).sum()),
        extra=float((wrong - rows * rate).sum()), rows=int((n0 + n1)[kept].sum()),
    )  # fmt: skip
