"""What columns tell only in the order of their rows and against their clock, as counts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Counts = npt.NDArray[np.int64]

OLD, NEW = 6, 3
"""How many stretches of time are looked at before the onset and since."""

STEP = 900
"""Seconds of a step of age: every zone of the world is a whole number of quarter hours away."""

YOUNGEST, OLDEST = -4 * 16, 4 * 24 * 21
"""Steps that are told apart: from 16 hours in the future to three weeks ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Of each stretch, the older ones first: neighbouring pairs of rows, and those alike.

    Neighbours are rows of the same value of `key`, or all rows where that is None.
    """

    key: str | None
    pairs: "Counts"
    alike: "Counts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """Rows by epoch and step of age, and by bucket: all, and those older than hardly any before.

    `oldest` is the age in seconds that 99.5 % of the rows of the history did not exceed.
    """

    steps: "Counts"
    older: "Counts"
    rows: "Counts"
    oldest: float
