"""Whether scores mean what they say: the expected calibration error, from counts of score bins."""

from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import FIRST, Bins

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.traffic import Traffic


def calibration_error(evidence: "Traffic", mask: "npt.NDArray[np.bool_]") -> float | None:
    """The mean gap between the score and the share of positives, by bins of the score.

    None without a score, two classes and labels. A bin stands for its middle, so that the width
    of the bins bounds what can be seen. Naeini, Cooper and Hauskrecht (2015).
    """
    scores, positive = evidence.tallies.scores, evidence.tallies.positive
    column = evidence.one("score")
    if scores is None or positive is None or column is None:
        return None
    counts = scores[mask].sum(axis=0)[:, FIRST:].astype(np.float64)
    rows = counts[1:].sum(axis=0)
    if not rows.sum():
        return None
    share = counts[positive] / np.maximum(rows, 1.0)
    said = np.array([_middle(column.bins, code) for code in column.bins.ascending()])
    return float((rows * np.abs(share - said)).sum() / rows.sum())


def _middle(bins: Bins, code: int) -> float:
    """The score that a code stands for: a point mass itself, an interval its middle."""
    if code < bins.under:
        return float(bins.values[code - FIRST])
    place = code - bins.under
    ends = bins.edges[max(place - 1, 0) : place + 1]
    return sum(ends) / len(ends) if ends else 0.0
