"""The rows of a log by window and outcome, as they are read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.arrays import seconds_of
from bot.profile.coded_log import OUTCOMES
from bot.profile.drift_part import WINDOWS
from bot.profile.grouped import Grouped
from bot.profile.parquet_log import inside, outcomes_of
from bot.profile.tallied import Tally

if TYPE_CHECKING:
    import pyarrow as pa

    from bot.profile.extent import Extent
    from bot.profile.grid import Grid

GROUPS = WINDOWS * OUTCOMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Puts rows into groups, the second window from the bucket `start` on; `minutes` counts them.

    `minutes` is flat, [minute, outcome].
    """

    log: "Extent"
    grid: "Grid"
    start: int
    minutes: Tally

    @classmethod
    def at(cls, start: int, *, log: "Extent", grid: "Grid") -> "Split":
        """A split before anything is counted."""
        return cls(log=log, grid=grid, start=start, minutes=Tally((grid.size * OUTCOMES,)))

    def grouped(self, columns: "Mapping[str, pa.Array]") -> Grouped:
        """The groups of some rows, by their time, prediction and label."""
        time = columns[self.log.settings.predictions.columns.time]
        outcome, _ = outcomes_of(columns, self.log)
        bucket = (seconds_of(time) - self.grid.origin) // self.grid.width
        group = outcome + np.where(bucket >= self.start, np.uint8(OUTCOMES), np.uint8(0))
        held = inside(time, self.log)
        if not held.all():
            group[~held] = GROUPS
            bucket, outcome = bucket[held], outcome[held]
        self.minutes.add(bucket * OUTCOMES + outcome)
        return Grouped.of(group, groups=GROUPS)
