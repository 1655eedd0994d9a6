"""Which of two moved and took the other along: the classes, or the values of a feature."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.distance import by_chance
from bot.profile.replaced import labels_by_code, scaled

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.columns import Column

    Floats = npt.NDArray[np.float64]

PULLED = 20
"""What few rows go with is pulled to what all go with, as if so many rows of it were there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """The part of its move that either has left when the other's is known, chance taken off.

    Where the classes became more or less frequent and nothing else, each class has the values that
    it always had: the move of the values follows from theirs. Where other values came, each with
    its usual classes, the move of the classes follows. Both lie between 0 and 1.
    """

    values_left: float
    classes_left: float

    @property
    def by_values(self) -> bool:
        """Whether the values moved by themselves, rather than along with the classes."""
        return self.values_left > self.classes_left

    @property
    def by_classes(self) -> bool:
        """Whether the values moved along with the classes, by more than a half."""
        return self.values_left < min(self.classes_left, 0.5)


def lead_of(column: "Column") -> Lead | None:
    """From labelled rows by label and code; None where too few are labelled."""
    old, new = labels_by_code(column)
    if old.sum() < 200 or new.sum() < 50:
        return None
    return Lead(values_left=_left(old.T, new.T), classes_left=_left(old, new))


def _left(old: "Floats", new: "Floats") -> float:
    """The part of the rows' move that what they are divided by does not foretell, [row, column]."""
    rows = scaled(new.sum(axis=1))
    average = scaled(old.sum(axis=1))
    given = (old + PULLED * average[:, None]) / (old.sum(axis=0) + PULLED)
    foretold = given @ scaled(new.sum(axis=0))
    chance = float(by_chance(rows, per_row=1 / new.sum()))
    moved, left = (float(np.abs(rows - usual).sum() / 2) for usual in (average, foretold))
    return min(max(left - chance, 0.0) / max(moved - chance, 1e-9), 1.0)
