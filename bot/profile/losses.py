"""Log loss and Brier score of rows in memory; `sums` has the same in a database's words."""

from typing import TYPE_CHECKING, Any

import numpy as np

from bot.profile.limits import FAR, NEAR, SMALLEST

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


def squared(values: "Floats") -> "Floats":
    """Squares; NaN where a square would be beyond every number, and nothing where it would be."""
    size = np.abs(values)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        found: Floats = np.where(size <= FAR, values * values, np.nan)
    found[size <= NEAR] = NEAR * NEAR
    found[size < NEAR] = 0.0
    return found


def losses_of(
    score: "Floats", label: Any, prediction: Any, *, positive: int | None
) -> "dict[str, Floats]":
    """The losses of the probability that the score gives to what happened, and their squares.

    `label` and `prediction` are codes, `positive` the code of the positive class.
    """
    hit = label == positive if positive is not None else label == prediction
    given = np.where(hit, score, 1 - score)
    given[~np.isfinite(given)] = np.nan
    loss = -np.log(np.clip(given, SMALLEST, 1 - SMALLEST))
    brier = squared(1 - given)
    return {"loss": loss, "loss2": loss * loss, "brier": brier, "brier2": squared(brier)}
