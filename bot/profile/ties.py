"""How much two columns say about each other, and how much of that is left."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.windows import HISTORY

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.bins import Bins

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]

GROUPS = 6
"""Codes are put together into so many groups, so that few rows suffice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """The mutual information before and during (nats, bias taken off), and what is kept of it.

    `kept` is 1 where the old dependence holds and 0 where there is none left, whatever became of
    the two columns by themselves; `error` its standard error, the history's swings included.
    """

    before: float
    during: float
    kept: float
    error: float
    rows: int

    @property
    def z(self) -> float:
        """By how many standard errors too little is kept."""
        return (1 - self.kept) / self.error


def mutual_information(table: "npt.NDArray[np.number]") -> float:
    """Of two columns, from their joint counts, less the bias of few rows (Miller and Madow)."""
    counts = table.astype(np.float64)
    n = float(counts.sum())
    if n == 0:
        return 0.0
    p = counts / n
    rows, columns = p.sum(axis=1, keepdims=True), p.sum(axis=0, keepdims=True)
    there = p > 0
    plain = float((p[there] * np.log(p[there] / (rows @ columns)[there])).sum())
    free = there.sum() - (rows > 0).sum() - (columns > 0).sum() + 1
    return plain - float(free) / (2 * n)


def tie_of(
    table: "Counts", one: "Bins", other: "Bins | None", *, least_rows: int = 40,
    least_tie: float = 0.004,
) -> Tie | None:  # fmt: skip
    """The tie of two columns from [epoch, code, code]; None without rows, or where it is weak."""
    few = _gathered(_gathered(table, one, axis=1), other, axis=2)
    old, new = few[:HISTORY].sum(axis=0), few[HISTORY:].sum(axis=0)
    if old.sum() < 5 * least_rows or new.sum() < least_rows:
        return None
    before = mutual_information(old)
    if before < least_tie:
        return None
    parts = few[:HISTORY]
    parts = parts[(parts.sum(axis=(1, 2)) >= least_rows)]
    rest = old - parts
    enough = rest.sum(axis=(1, 2)) >= least_rows
    shares, errors = _kept(
        np.concatenate([old[None], rest[enough]]), np.concatenate([new[None], parts[enough]])
    )
    swing, error = 0.0, float(errors[0])
    if len(shares) > 3:
        chance = float((errors[1:] ** 2).mean())
        swing = max(float(((shares[1:] - 1) ** 2).mean()) - chance, 0.0)
    return Tie(
        before=before, during=mutual_information(new), kept=float(shares[0]),
        error=math.sqrt(error**2 + swing), rows=int(old.sum() + new.sum()),
    )  # fmt: skip


def _kept(old: "Floats", new: "Floats") -> "tuple[Floats, Floats]":
    """Where new rows lie between the old dependence (1) and none (0), with the errors.

    Tables are [pair of tables, code, code]. Each row is scored by how much likelier its cell was
    than chance; the marginals of the new rows are taken as they are, so that drift of one column
    alone does not count.
    """
    both = (1, 2)
    p = (old + 0.5) / (old + 0.5).sum(axis=both, keepdims=True)
    score = p / (p.sum(axis=2, keepdims=True) * p.sum(axis=1, keepdims=True)) - 1
    score = np.clip(score, -1.0, 8.0)
    share = new / new.sum(axis=both, keepdims=True)
    given = old / np.maximum(old.sum(axis=2, keepdims=True), 1)
    across, along = share.sum(axis=2, keepdims=True), share.sum(axis=1, keepdims=True)
    whole = (across * given * score).sum(axis=both)
    none = (across * along * score).sum(axis=both)
    got = (share * score).sum(axis=both)
    spread = (share * score**2).sum(axis=both) - got**2
    span = np.maximum(whole - none, 1e-6)
    return (got - none) / span, np.sqrt(np.maximum(spread, 1e-9) / new.sum(axis=both)) / span


def _gathered(table: "npt.NDArray[np.number]", bins: "Bins | None", *, axis: int) -> "Floats":
    """The table with the codes of one axis put together into a few groups."""
    counts = table.astype(np.float64)
    size = table.shape[axis]
    mass = counts[:HISTORY].sum(axis=tuple(i for i in range(counts.ndim) if i != axis))
    groups = grouped(bins, mass) if bins is not None else _commonest(mass)
    onto = np.zeros((size, int(groups.max()) + 1))
    onto[np.arange(size), groups] = 1.0
    gathered: Floats = np.moveaxis(np.moveaxis(counts, axis, -1) @ onto, -1, axis)
    return gathered


def grouped(bins: "Bins", mass: "Floats") -> "Counts":
    """The group of each code: equal parts of an ordered number, the commonest categories."""
    if bins.kind != "numeric":
        return _commonest(mass)
    groups = np.zeros(len(mass), dtype=np.int64)
    order = np.array(bins.ascending())
    middle = np.cumsum(mass[order]) - mass[order] / 2
    part = middle * GROUPS / max(float(mass[order].sum()), 1.0)
    groups[order] = 1 + np.minimum(part.astype(np.int64), GROUPS - 1)
    return groups


def _commonest(mass: "Floats") -> "Counts":
    groups = np.zeros(len(mass), dtype=np.int64)
    common = np.argsort(-mass, kind="stable")[:GROUPS]
    groups[common] = 1 + np.arange(len(common))
    return groups
