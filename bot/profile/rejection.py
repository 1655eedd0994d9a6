"""Answers of low score that all became one class: a threshold over the score of many classes."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import FIRST, Bins
from bot.profile.windows import HISTORY

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.traffic import Traffic

    Floats = npt.NDArray[np.float64]

KNOWN = 20
"""Rows of the history that a bin of the score needs, to say what was answered there."""

BINS = 3
"""Bins of the score that are needed to tell one side of it from the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """What became of answers that are not sure enough (Chow, IEEE Trans. Inf. Theory 1970).

    `name` is the class that gained the most at equal score, and `below` the score under which it
    did. Of the answers of other classes there `turned` became it, and `above` of those over it;
    `even` compares the less sure half of them with the surer one: 1 is as many of either. `truly`
    is the same as `turned` of the labels there. `to_one` is its part of all that classes gained at
    equal score, `share` the turned rows as a part of all, and `z` counts standard errors.
    """

    name: str
    below: float
    turned: float
    above: float
    even: float
    truly: float
    to_one: float
    share: float
    z: float
    rows: int


def rejection_of(evidence: "Traffic") -> Rejection | None:
    """The class that took over answers of low score; None without a score or several classes."""
    score = evidence.one("score")
    if score is None or evidence.settings.task != "multiclass":
        return None
    cells = score.cells.astype(np.float64)
    old, new = cells[:HISTORY].sum(axis=0), cells[HISTORY:].sum(axis=0)
    rows = old.sum(axis=(0, 1))
    codes = [c for c in score.bins.ascending() if c >= FIRST and rows[c] >= KNOWN]
    if len(codes) < BINS:
        return None
    said = _Gained(old=old.sum(axis=0)[:, codes], new=new.sum(axis=0)[:, codes])
    true = _Gained(old=old[1:].sum(axis=1)[:, codes], new=new[1:].sum(axis=1)[:, codes])
    whole = float(said.new.sum())
    if not whole or not true.new.sum():
        return None
    klass = int(np.argmax(said.gains.sum(axis=1)))
    cut = _cut(said, klass)
    low, high = slice(None, cut), slice(cut, None)
    gained = float(said.gains[klass, low].sum())
    return Rejection(
        name=evidence.prediction.name_of(klass), below=_from(score.bins, codes[cut]),
        turned=said.turned(klass, low), above=said.turned(klass, high),
        even=_even(said, klass, cut),
        truly=true.turned(klass - 1, low), to_one=gained / max(said.moved, 1e-9),
        share=gained / whole, z=gained / said.error(klass, low),
        rows=int(said.old.sum() + said.new.sum()),
    )  # fmt: skip


class _Gained:
    """How often each class comes at equal score, [class, bin of the score], before and during."""

    def __init__(self, *, old: "Floats", new: "Floats") -> None:
        self.old, self.new = old, new
        self.before = old / np.maximum(old.sum(axis=0), 1)
        rows = new.sum(axis=0)
        self.gains = new - rows * self.before
        self.noise = rows * self.before * (1 - self.before) * (
            1 + rows / np.maximum(old.sum(axis=0), 1)
        )  # fmt: skip

    @property
    def moved(self) -> float:
        """The rows of all classes that gained, each class taken over all scores."""
        return float(np.maximum(self.gains.sum(axis=1), 0.0).sum())

    def others(self, klass: int) -> "Floats":
        """How many answers of other classes there would be in each bin."""
        found: Floats = self.new.sum(axis=0) * (1 - self.before[klass])
        return found

    def turned(self, klass: int, part: slice) -> float:
        """The part of the answers of other classes that became this one."""
        return float(self.gains[klass, part].sum() / max(self.others(klass)[part].sum(), 1e-9))

    def error(self, klass: int, part: slice) -> float:
        """The standard error of what a class gained."""
        return math.sqrt(float(self.noise[klass, part].sum()) + 1)


def _cut(said: _Gained, klass: int) -> int:
    """The bin from which on least turned: two levels with the least squares between them."""
    gains, others = said.gains[klass], said.others(klass)
    left, right = np.cumsum(gains)[:-1], gains.sum() - np.cumsum(gains)[:-1]
    n0, n1 = np.cumsum(others)[:-1], others.sum() - np.cumsum(others)[:-1]
    fit = left**2 / np.maximum(n0, 1) + right**2 / np.maximum(n1, 1)
    return int(np.argmax(fit)) + 1


def _even(said: _Gained, klass: int, cut: int) -> float:
    """How alike the parts are that turned of the less sure half below the cut and of the surer."""
    others = np.cumsum(said.others(klass)[:cut])
    half = int(np.searchsorted(others, others[-1] / 2)) + 1
    parts = said.turned(klass, slice(None, half)), said.turned(klass, slice(half, cut))
    return max(min(parts), 0.0) / max(*parts, 1e-9)


def _from(bins: Bins, code: int) -> float:
    """The lower end of what a code of a number stands for."""
    if code < bins.under:
        return float(bins.values[code - FIRST])
    return float(bins.edges[max(code - bins.under - 1, 0)])
