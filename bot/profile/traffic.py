"""The counts of a model's traffic, and what follows from them directly."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from bot.profile.columns import RIGHT, WRONG, Column
from bot.profile.shift import Shift, shift, shift_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from bot.profile.beside import Event, Gauge, Reported, Skew
    from bot.profile.bins import Bins
    from bot.profile.dashboard import Dashboard
    from bot.profile.grid import Grid
    from bot.profile.joint import Joint
    from bot.profile.lines import Line
    from bot.profile.measures import Tallies
    from bot.profile.registered import Registered
    from bot.profile.sequence import Ages, Runs
    from bot.profile.single_rows import Scorer, SingleRows
    from bot.profile.windows import Windows
    from bot.settings import ModelSettings


FEW = 0.2
"""A part of the rows that is too small to say how many errors there would be anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A time and an interval about it."""

    time: datetime
    low: datetime
    high: datetime


@dataclass(frozen=True, kw_only=True)
class Traffic:
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
    registered: "Registered | None" = None
    reference_labels: "npt.NDArray[np.int64] | None" = None
    reported: "Reported | None" = None
    dashboard: "Dashboard | None" = None
    skew: Sequence["Skew"] | None = None
    differing: Mapping[str, tuple[dict[str, str], ...]] | None = None
    """By feature the segments in which its served values differ from the offline ones."""
    lines: Mapping[str, "Line"] = field(default_factory=dict)
    joint: "Joint | None" = None
    within: "Mapping[tuple[tuple[str, int], ...], Mapping[str, npt.NDArray[np.int64]]]" = field(
        default_factory=dict
    )
    arrivals: "npt.NDArray[np.int64] | None" = None
    single_rows: "SingleRows | None" = None
    scorer: "Scorer | None" = None
    former: "Scorer | None" = None
    repeats: "Mapping[str, tuple[Runs, ...]]" = field(default_factory=dict)
    stamps: "Mapping[str, Ages]" = field(default_factory=dict)

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
        return self.tallies.error(self.before)

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

    def shift_of_share(self, hits: "npt.NDArray[np.int64]", rows: "npt.NDArray[np.int64]") -> Shift:
        """How a share moved that is given by its hits and rows in each bucket."""
        return shift(hits, rows, self.windows, self.grid)

    def began(self, since: datetime | None) -> datetime | None:
        """The beginning of what turned at `since`: a fall that came slowly began with its cause.

        The clearest single step of a slow change lies in its middle; where the metric itself fell
        slowly, a share that turned while it did so is dated by the beginning of the fall.
        """
        slow = self.windows.shape == "ramp" and self.windows.change is not None
        return self.start if slow and since is not None and since > self.start else since

    def explained(self, column: Column, codes: Sequence[int]) -> float:
        """The part of the extra errors that lies in rows with one of these codes."""
        if self.extra_errors <= 0:
            return 0.0
        counted = column.over(self.during)[:, list(codes)].sum(axis=1)
        known = counted[WRONG] + counted[RIGHT]
        return float((counted[WRONG] - known * self.error_before) / self.extra_errors)

    def error_of(self, column: Column, code: int, *, inside: bool = True) -> float:
        """The share of wrong among the labelled rows of a code, or of all others, during."""
        counted = column.over(self.during)
        one = counted[:, code] if inside else counted.sum(axis=1) - counted[:, code]
        known = one[WRONG] + one[RIGHT]
        return float(one[WRONG] / known) if known else 0.0

    @cached_property
    def onset_interval(self) -> Interval:
        """The onset with the times between which it lies."""
        change, grid = self.windows.change, self.grid
        start = self.windows.start
        low, high = (change.low, change.high) if change else (start, start)
        return Interval(
            time=grid.time(start), low=grid.time(min(low, start)),
            high=grid.time(max(high, start + 1)),
        )  # fmt: skip

    def accounts(self, column: Column, codes: Sequence[int]) -> float:
        """How far the extra errors keep to rows with these codes: 0 by chance, 1 entirely.

        Where nearly all rows have one of the codes, the few others tell little: of their extra
        errors one standard error is taken for chance.
        """
        counted = column.over(self.during)[[WRONG, RIGHT]]
        others = int(counted.sum()) - int(counted[:, list(codes)].sum())
        rest = others / max(int(counted.sum()), 1)
        if rest <= 0.03:
            return 1.0
        if self.extra_errors <= 0:
            return 0.0
        p = self.error_before
        chance = math.sqrt(others * p * (1 - p)) / self.extra_errors if rest <= FEW else 0.0
        outside = max(1 - self.explained(column, codes) - chance, 0.0)
        return max(1 - outside / rest, 0.0)
