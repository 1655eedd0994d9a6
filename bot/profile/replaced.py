"""Whose rows a value has now: its own, or those of the values whose place it took."""

from typing import TYPE_CHECKING

import numpy as np

from bot.profile.windows import HISTORY

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.columns import Column

    Floats = npt.NDArray[np.float64]


def taken(column: "Column", code: int) -> float:
    """How much better the labels of a value that grew fit a value that was written over others.

    A log likelihood ratio in natural-log units: above 0 the rows that it gained have the labels of
    the values that lost, below 0 those that it always had; near 0 the labels do not tell. Labels
    that became more or less frequent in all rows are allowed for by the rows of the other values.
    """
    old, new = labels_by_code(column)
    before, during = old.sum(axis=0), new.sum(axis=0)
    if before[code] < 20 or during[code] < 20 or before.sum() == before[code]:
        return 0.0
    share, now = before / before.sum(), during / during.sum()
    loss = np.maximum(share - now, 0.0)
    loss[code] = 0.0
    gained = now[code] - share[code]
    if gained <= 0 or not loss.sum():
        return 0.0
    chance = (old + 0.5) / (old + 0.5).sum(axis=0)
    others = (chance * loss).sum(axis=1) / loss.sum()
    tilt = _tilt(old, new, code)
    own = scaled(chance[:, code] * tilt)
    mixed = (share[code] * own + gained * scaled(others * tilt)) / now[code]
    return float((new[:, code] * np.log(mixed / own)).sum())


def labels_by_code(column: "Column") -> "tuple[Floats, Floats]":
    """Labelled rows by label and code, before and during."""
    known = column.cells[:, 1:].sum(axis=2).astype(np.float64)
    return known[:HISTORY].sum(axis=0), known[HISTORY:].sum(axis=0)


def _tilt(old: "Floats", new: "Floats", code: int) -> "Floats":
    """How much more frequent each label became in the rows of the other values, mix allowed for."""
    rest = np.arange(old.shape[1]) != code
    chance = (old + 0.5) / (old + 0.5).sum(axis=0)
    expected = (chance * new.sum(axis=0))[:, rest].sum(axis=1)
    found: Floats = (new[:, rest].sum(axis=1) + 1) / (expected + 1)
    return found


def scaled(weights: "Floats") -> "Floats":
    """Weights as shares of their sum."""
    shares: Floats = weights / weights.sum()
    return shares
