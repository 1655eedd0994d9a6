"""Everything the checks may look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.columns import RIGHT, WRONG, Column
from bot.profile.shift import Shift, shift_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.beside import Event, Gauge, Reported, Skew
    from bot.profile.bins import Bins
    from bot.profile.changepoint import Change
    from bot.profile.grid import Grid
    from bot.profile.measures import Tallies
    from bot.profile.windows import Windows
    from bot.settings import ModelSettings


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The profile of a model's traffic and the tables beside it.

    No rows: counts by bucket of time, outcome and bin. `absent` names what the configuration or
    the data do not have, by role, with the words for it.
    """

    model: str
    settings: "ModelSettings"
    at: datetime
    grid: "Grid"
    windows: "Windows"
    tallies: "Tallies"
    columns: Mapping[str, Column]
    label: "Bins"
    prediction: "Bins"
    cells: "npt.NDArray[np.int64]"
    pairs: Mapping[tuple[str, ...], "npt.NDArray[np.int64]"]
    crossed: Mapping[tuple[str, ...], "npt.NDArray[np.int64]"]
    schema: Mapping[str, str]
    reference_schema: Mapping[str, str] | None
    skipped: Mapping[str, str]
    rows: "npt.NDArray[np.int64]"
    ids: "npt.NDArray[np.int64] | None"
    undated: int
    absent: Mapping[str, str]
    changes: Sequence["Event"] | None = None
    unread_changes: Sequence[str] = ()
    system: Sequence["Gauge"] | None = None
    reported: "Reported | None" = None
    reported_fall: "Change | None" = None
    skew: Sequence["Skew"] | None = None

    @property
    def start(self) -> datetime:
        """When the incident window begins."""
        return self.grid.time(self.windows.start)

    @property
    def before(self) -> "npt.NDArray[np.bool_]":
        """The buckets of the baseline."""
        return self.windows.before

    @property
    def during(self) -> "npt.NDArray[np.bool_]":
        """The buckets of the incident."""
        return self.windows.during

    @cached_property
    def rows_before(self) -> int:
        """Predictions served in the baseline."""
        return int(self.rows[self.before].sum())

    @cached_property
    def rows_during(self) -> int:
        """Predictions served in the incident."""
        return int(self.rows[self.during].sum())

    @cached_property
    def error_before(self) -> float:
        """The share of labelled predictions that were wrong in the baseline."""
        return self._error(self.before)

    @cached_property
    def extra_errors(self) -> float:
        """Wrong predictions in the incident beyond what the baseline's share explains."""
        known = self.tallies.outcomes[self.during][:, (WRONG, RIGHT)].sum()
        wrong = self.tallies.outcomes[self.during][:, WRONG].sum()
        return float(wrong - known * self.error_before)

    def features(self) -> list[Column]:
        """The columns that the model reads."""
        return self.having("feature")

    def having(self, role: str) -> list[Column]:
        """The columns of a role, in the order of the log."""
        return [column for column in self.columns.values() if column.is_(role)]

    def one(self, role: str) -> Column | None:
        """The column of a role that only one can have."""
        return next(iter(self.having(role)), None)

    def shift(self, column: Column, codes: Sequence[int]) -> Shift:
        """How the share of rows with one of these codes moved, against its own history."""
        return shift_of(column, codes, self.windows, self.grid)

    def explained(self, column: Column, codes: Sequence[int]) -> float:
        """The part of the extra errors that lies in rows with one of these codes."""
        if self.extra_errors <= 0:
            return 0.0
        counted = column.over(self.during)[:, list(codes)].sum(axis=1)
        known = counted[WRONG] + counted[RIGHT]
        return float((counted[WRONG] - known * self.error_before) / self.extra_errors)

    def _error(self, mask: "npt.NDArray[np.bool_]") -> float:
        wrong, right = self.tallies.outcomes[mask][:, (WRONG, RIGHT)].sum(axis=0)
        return float(wrong / (wrong + right)) if wrong + right else 0.0
