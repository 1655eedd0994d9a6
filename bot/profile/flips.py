"""Labels turned round with the same chance at every score: what wrong or absent labels look like.

The world changes for some kind of case, and so at some scores. A label that is written down wrong
by a feed, or as negative because it never came, does not know the score.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from bot.profile.windows import HISTORY

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.traffic import Traffic

    Floats = npt.NDArray[np.float64]

Way = Literal["negative", "positive", "both"]

PARTS = 12
"""Into so many parts of equal rows the scores are cut."""

NOTHING = 0.03
"""The part of the gain that is left over by what else differs about the scores."""

CHANCES = np.arange(1, 96) / 100
"""The chances of a label to be turned that are tried; of both ways only up to a half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flips:
    """The chance by which labels turned, which `way`, and how well that describes them.

    `gain` is the log likelihood ratio over labels as before; `left` what a chance of its own at
    every score would gain on top, which half of chi-squared by `free` degrees would by chance;
    `apart` how much better it describes them than labels of other rows would.
    """

    way: Way
    chance: float
    gain: float
    left: float
    free: int
    apart: float

    @property
    def fits(self) -> bool:
        """Whether no score has a chance of its own: beyond four spreads of chance, or at all.

        Of very many labels some always differ a little; a few hundredths of the gain are no kind
        of case.
        """
        usual = self.free / 2
        return self.left <= max(usual + 4 * float(np.sqrt(usual)), NOTHING * self.gain)


def flips_of(evidence: "Traffic") -> Flips | None:
    """The way of turning labels that fits best; None without a score, two classes, and labels."""
    score, positive = evidence.one("score"), evidence.tallies.positive
    if score is None or positive is None:
        return None
    codes = score.bins.ascending()
    labels = score.cells[:, 1:].sum(axis=2)[:, :, codes]
    old, new = labels[:HISTORY].sum(axis=0), labels[HISTORY:].sum(axis=0)
    parts = _parts(new.sum(axis=0))
    n0, k0, n1, k1 = (
        np.bincount(parts, counts, minlength=PARTS).astype(np.float64)
        for counts in (old.sum(axis=0), old[positive - 1], new.sum(axis=0), new[positive - 1])
    )
    kept = (n0 > 20) & (n1 > 5)
    if kept.sum() < PARTS // 2:
        return None
    n0, k0, n1, k1 = (one[kept] for one in (n0, k0, n1, k1))
    usual = (k0 + 0.5) / (n0 + 1)
    likely, chance, way = max(
        (_likely(n1, k1, turned), chance, way)
        for chance in CHANCES.tolist()
        for way, turned in _turned(usual, chance)
    )
    mean = float((usual * n1).sum() / n1.sum())
    mixed = max(_likely(n1, k1, usual + chance * (mean - usual)) for chance in CHANCES.tolist())
    free = _likely(n1, k1, (k1 + 0.01) / (n1 + 0.02))
    return Flips(
        way=way, chance=chance, gain=likely - _likely(n1, k1, usual), left=free - likely,
        free=int(kept.sum()) - 1, apart=likely - mixed,
    )  # fmt: skip


def _parts(rows: "npt.NDArray[np.int64]") -> "npt.NDArray[np.int64]":
    """The part of each score code, the codes in ascending order."""
    reached = np.cumsum(rows)
    edges = np.searchsorted(reached, np.linspace(0, reached[-1], PARTS + 1)[1:-1])
    return np.digitize(np.arange(len(rows)), edges)


def _turned(usual: "Floats", chance: float) -> "list[tuple[Way, Floats]]":
    """What the share of positive labels becomes when that part of them is turned."""
    found: list[tuple[Way, Floats]] = [
        ("negative", usual * (1 - chance)), ("positive", usual + chance * (1 - usual)),
    ]  # fmt: skip
    if chance <= 0.5:
        found.append(("both", usual * (1 - chance) + (1 - usual) * chance))
    return found


def _likely(rows: "Floats", hits: "Floats", share: "Floats") -> float:
    share = np.clip(share, 1e-4, 1 - 1e-4)
    return float((hits * np.log(share) + (rows - hits) * np.log(1 - share)).sum())
