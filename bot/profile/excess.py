"""Which few cells of a split hold what came on top of the history: found, tested, compared.

An excess is hits beyond what the history's share of hits explains: errors, or rows that carry a
value. Its variance is that of two binomial shares.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import FIRST
from bot.profile.windows import HISTORY

if TYPE_CHECKING:
    import numpy.typing as npt

    Counts = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]

MOST = 4
"""A union has no more values than this."""

FEWEST = 8
"""Fewer rows than this in a cell say nothing of it."""

PULLED = 20
"""The share of few rows is pulled towards the usual one, as if so many rows of it were there."""

SURE = 3.5
"""Standard errors by which a union is denser than the rest: chance makes the densest of two hundred
cells exceed that in 5 %."""

BEATS = 3.0
"""Standard errors by which a conjunction is denser than what is left of each part it lies in: the
likeliest conjunctions of some fifteen pairs of columns together exceed that by chance in 2 %."""

SEEN = 1.28
"""Standard errors in each half of the time by itself: chance exceeds that in a tenth of them."""

DENIED = 1.64
"""From so many standard errors of excess elsewhere, it does not all sit in the union."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """The excess of each cell, the rows that it was counted in, and its variance."""

    extra: "Floats"
    rows: "Counts"
    variance: "Floats"
    usual: "Floats"
    """The share of hits that the history has, of which nothing is quite impossible."""

    @classmethod
    def of(cls, hits0: "Counts", rows0: "Counts", hits1: "Counts", rows1: "Counts") -> "Excess":
        """Hits and rows of the history and of the incident."""
        average = (hits0.sum() + 0.5) / (rows0.sum() + 1)
        usual = (hits0 + PULLED * average) / (rows0 + PULLED)
        now = (hits1 + PULLED * usual) / (rows1 + PULLED)
        guessed = rows1.astype(np.float64) ** 2 * usual * (1 - usual) / (rows0 + PULLED)
        return cls(
            extra=hits1 - rows1 * usual, rows=rows1,
            variance=rows1 * now * (1 - now) + guessed, usual=usual,
        )  # fmt: skip

    def likelier(self, cells: "Mask") -> float:
        """Log likelihood ratio of the share of hits in the cells now, against the usual one."""
        rows = float(self.rows[cells].sum())
        usual = float((self.rows * self.usual)[cells].sum())
        now = usual + float(self.extra[cells].sum())
        return now * math.log(max(now, 1e-9) / usual) + (rows - now) * math.log(
            max(rows - now, 1e-9) / (rows - usual)
        )

    def denser(self, cells: "Mask", rest: "Mask") -> float:
        """By how many standard errors the cells are denser than the rest."""
        n1, n0 = max(self.rows[cells].sum(), 1), max(self.rows[rest].sum(), 1)
        gap = self.extra[cells].sum() / n1 - self.extra[rest].sum() / n0
        variance = self.variance[cells].sum() / n1**2 + self.variance[rest].sum() / n0**2
        return float(gap / math.sqrt(variance + 1e-12))

    def density(self, cells: "Mask") -> float:
        """The excess per row."""
        return float(self.extra[cells].sum() / max(self.rows[cells].sum(), 1))


@dataclass(frozen=True, kw_only=True)
class Split:
    """Hits and rows by the values of one or several columns, [epoch, code, ...]."""

    names: tuple[str, ...]
    hits: "Counts"
    rows: "Counts"

    @property
    def shape(self) -> tuple[int, ...]:
        """How many codes each column has."""
        return self.hits.shape[1:]

    @cached_property
    def whole(self) -> Excess:
        """Over all of the time."""
        return self._over(slice(None, HISTORY), slice(HISTORY, None))

    @cached_property
    def halves(self) -> tuple[Excess, Excess]:
        """Each half of the incident, against every other epoch of the history."""
        first, second = (
            self._over(slice(half, HISTORY, 2), slice(HISTORY + half, None, 2)) for half in (0, 1)
        )
        return first, second

    def _over(self, before: slice, during: slice) -> Excess:
        flat = (len(self.hits), -1)
        hits, rows = self.hits.reshape(flat), self.rows.reshape(flat)
        return Excess.of(
            hits[before].sum(axis=0), rows[before].sum(axis=0),
            hits[during].sum(axis=0), rows[during].sum(axis=0),
        )  # fmt: skip

    def known(self) -> "Mask":
        """The cells that are values of their own, with rows enough."""
        found = np.ones(self.shape, dtype=np.bool_)
        for axis, size in enumerate(self.shape):
            own = np.arange(size) >= FIRST
            found &= np.expand_dims(own, [a for a in range(found.ndim) if a != axis])
        return found.ravel() & (self.whole.rows >= FEWEST)

    def parents(self, cells: "Mask") -> "Iterator[Mask]":
        """For each column, all cells that share their value of it with one of these."""
        taken = cells.reshape(self.shape)
        for axis in range(taken.ndim):
            others = tuple(a for a in range(taken.ndim) if a != axis)
            yield np.broadcast_to(taken.any(axis=others, keepdims=True), self.shape).ravel()


@dataclass(frozen=True, slots=True, kw_only=True)
class Union:
    """A few cells of a split; `worth` is their log likelihood less the price of the choice."""

    split: Split
    cells: tuple[int, ...]
    worth: float
    share: float
    inside: float
    outside: float
    rows: int
    size: float


def densest(splits: Iterable[Split]) -> Union | None:
    """The likeliest union in any split; None where the excess is spread over everything."""
    found = (union for split in splits if (union := _union(split)) is not None)
    return max(found, key=lambda union: union.worth, default=None)


def _union(split: Split, *, enough: float = 0.8, widest: float = 0.7) -> Union | None:
    """The few cells that hold the excess, if they are denser than the rest, in each half too.

    The rest has to be free of it: as far as its own error tells, or to the fifth of all that is
    left to it.
    """
    whole, known = split.whole, split.known()
    total, every = float(whole.extra.sum()), int(whole.rows.sum())
    if total <= 0:
        return None
    # Of conjunctions only one: chance makes several bad together that have nothing in common.
    cells = _greedy(whole, known, total, most=MOST if len(split.names) == 1 else 1)
    if not cells.any() or not _holds(split, cells):
        return None
    held, rows = float(whole.extra[cells].sum()), int(whole.rows[cells].sum())
    inside, outside = whole.density(cells), whole.density(~cells)
    free = (total - held) / math.sqrt(whole.variance[~cells].sum() + 1e-9) <= DENIED
    apart = held >= enough * total and inside >= 3 * outside
    if rows > widest * every or not (free or apart):
        return None
    ways = math.log(math.comb(int(known.sum()), int(cells.sum())))
    return Union(
        split=split, cells=tuple(int(cell) for cell in np.flatnonzero(cells)),
        worth=whole.likelier(cells) - ways,
        share=held / total, inside=inside, outside=outside, rows=rows, size=rows / every,
    )  # fmt: skip


def _greedy(whole: Excess, known: "Mask", total: float, *, most: int) -> "Mask":
    """The densest cells, until nearly all of the excess is held or the next is far less dense."""
    density = np.where(known, whole.extra / np.maximum(whole.rows, 1), -np.inf)
    order = np.argsort(-density, kind="stable")[:most]
    cells, held = np.zeros_like(known), 0.0
    for cell in order:
        if density[cell] <= 0 or density[cell] < 0.45 * density[order[0]]:
            break
        cells[cell], held = True, held + float(whole.extra[cell])
        if held >= 0.92 * total:
            break
    return cells


def _holds(split: Split, cells: "Mask") -> bool:
    """Whether the cells are denser than the rest, and than what is left of their parents."""
    if split.whole.denser(cells, ~cells) < SURE:
        return False
    for half in split.halves:
        # A half without rows has nothing to say against it.
        if half.rows[cells].sum() >= FEWEST and half.denser(cells, ~cells) < SEEN:
            return False
    if len(split.names) == 1:
        return True
    return all(_beats(split.whole, cells, parent & ~cells) for parent in split.parents(cells))


def _beats(whole: Excess, child: "Mask", rest: "Mask") -> bool:
    """Whether a conjunction is needed: what is left of its parent is far less dense."""
    if whole.rows[rest].sum() < FEWEST:
        return False
    return (
        whole.denser(child, rest) >= BEATS and whole.density(rest) <= whole.density(child) / 3
    )  # fmt: skip
