"""Which values of a column gained rows, which lost them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import FIRST, OTHER

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.columns import Column
    from bot.profile.traffic import Traffic

    Floats = npt.NDArray[np.float64]


def shares(evidence: "Traffic", column: "Column") -> "tuple[Floats, Floats]":
    """The share of each code before and during."""
    p = column.over(evidence.before).sum(axis=0).astype(np.float64)
    q = column.over(evidence.during).sum(axis=0).astype(np.float64)
    return p / max(p.sum(), 1.0), q / max(q.sum(), 1.0)


def gains(evidence: "Traffic", column: "Column") -> "Floats":
    """By how much the share of each code moved."""
    before, during = shares(evidence, column)
    moved: Floats = during - before
    return moved


def unseen(evidence: "Traffic", column: "Column", *, rare: float = 0.0005) -> list[int]:
    """Codes with rows during the incident and, but for a trace, neither before nor in training."""
    before, during = shares(evidence, column)
    known = column.reference
    trained = np.zeros_like(before) if known is None else known / max(known.sum(), 1)
    new = (before < rare) & (trained < rare) & (during > np.maximum(20 * before, rare))
    codes = [code for code in np.flatnonzero(new).tolist() if code == OTHER or code >= FIRST]
    return sorted(codes, key=lambda code: (-during[code], code))


def came_beside(evidence: "Traffic", column: "Column", code: int, *, times: float = 10.0) -> float:
    """The rows of other exact values that came up ten times over, as a part of this one's gain.

    Only values with rows enough that chance does not bring them up so far.
    """
    counts = column.over(evidence.during).sum(axis=0)
    before, during = shares(evidence, column)
    exact = np.zeros(len(before), dtype=np.bool_)
    exact[FIRST : column.bins.under] = True
    exact[code] = False
    came = exact & (during >= np.maximum(times * before, 0.005)) & (counts >= 5)
    return float((during - before)[came].sum() / max(during[code] - before[code], 1e-9))


def lost(evidence: "Traffic", column: "Column", fresh: Sequence[int]) -> list[tuple[int, float]]:
    """The values that lost clearly more than their part of what the fresh ones gained."""
    before, during = shares(evidence, column)
    gained = float(during[list(fresh)].sum() - before[list(fresh)].sum())
    moved = during - before
    fair = -before * gained
    found = [
        (code, float(moved[code]))
        for code in range(FIRST, len(before))
        if code not in fresh and before[code] > 0.01
        and moved[code] < -0.15 * gained
        and (moved[code] < 1.3 * fair[code] or during[code] < 0.1 * before[code])
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one[1], one[0]))


def mix_share(evidence: "Traffic", column: "Column") -> float:
    """The part of the extra errors that the changed mix of this column alone explains (Kitagawa).

    Each bin keeps its error rate of before; only how many rows it has changes.
    """
    old, new = column.over(evidence.before), column.over(evidence.during)
    n0, n1 = old[:2].sum(axis=0), new[:2].sum(axis=0)
    if not n0.sum() or not n1.sum() or evidence.extra_errors <= 0:
        return 0.0
    rate = (old[0] + 20 * evidence.error_before) / (n0 + 20)
    weights = n1 / n1.sum() - n0 / n0.sum()
    return float((weights * rate).sum() * n1.sum() / evidence.extra_errors)
