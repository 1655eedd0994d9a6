"""Everything the checks may look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bot.profile import mass
from bot.profile.columns import RIGHT, WRONG, Column
from bot.profile.decisions import (
    Prior,
    Relation,
    Rule,
    prior_of,
    relation_of,
    rule_of,
)
from bot.profile.distance import Drift, drift_of
from bot.profile.flow import Flow, Part, flow_of, parts_of
from bot.profile.labels import Labels, labels_of
from bot.profile.shift import Shift, shift, shift_of
from bot.profile.slices import Place, where_errors_are, where_values_are

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.beside import Event, Gauge, Reported, Skew
    from bot.profile.bins import Bins
    from bot.profile.dashboard import Dashboard
    from bot.profile.grid import Grid
    from bot.profile.lines import Line
    from bot.profile.measures import Tallies
    from bot.profile.windows import Windows
    from bot.settings import ModelSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A time and an interval about it."""

    time: datetime
    low: datetime
    high: datetime


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
    dashboard: "Dashboard | None" = None
    skew: Sequence["Skew"] | None = None
    lines: Mapping[str, "Line"] = field(default_factory=dict)

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

    def shift_of_share(self, hits: "npt.NDArray[np.int64]", rows: "npt.NDArray[np.int64]") -> Shift:
        """How a share moved that is given by its hits and rows in each bucket."""
        return shift(hits, rows, self.windows, self.grid)

    def explained(self, column: Column, codes: Sequence[int]) -> float:
        """The part of the extra errors that lies in rows with one of these codes."""
        if self.extra_errors <= 0:
            return 0.0
        counted = column.over(self.during)[:, list(codes)].sum(axis=1)
        known = counted[WRONG] + counted[RIGHT]
        return float((counted[WRONG] - known * self.error_before) / self.extra_errors)

    def where(self, column: Column, codes: Sequence[int]) -> Place | None:
        """The part of the traffic in which these codes came up; None for everywhere."""
        return where_values_are(self, column, codes)

    @cached_property
    def where_wrong(self) -> Place | None:
        """The part of the traffic that holds the extra errors; None for everywhere."""
        return where_errors_are(self) if self.extra_errors > 0 else None

    @cached_property
    def flow(self) -> Flow:
        """How many rows arrive, against the same times of day before."""
        return flow_of(self)

    @cached_property
    def parts(self) -> list[Part]:
        """Every value of every segment with its part of the rows before and during."""
        return list(parts_of(self))

    @cached_property
    def labels(self) -> Labels:
        """Whether labels come as they used to."""
        return labels_of(self)

    @cached_property
    def rule(self) -> Rule | None:
        """How predictions follow from the score, before and during."""
        return rule_of(self)

    @cached_property
    def prior(self) -> Prior | None:
        """How the frequencies of the classes moved."""
        return prior_of(self)

    @cached_property
    def relation(self) -> Relation | None:
        """Errors at equal score, before and during."""
        return relation_of(self)

    def only_hosts(self, place: Place | None) -> bool:
        """Whether a part of the traffic is nothing but one or a few hosts."""
        host = self.one("host")
        return place is not None and host is not None and all(
            set(segment) == {host.name} for segment in place.segments
        )  # fmt: skip

    def gain(self, column: Column, code: int) -> float:
        """By how much the share of a code moved."""
        return float(mass.gains(self, column)[code])

    def gained(self, column: Column) -> float:
        """By how much all codes together gained that gained at all."""
        return float(np.maximum(mass.gains(self, column), 0.0).sum())

    def variety(self, column: Column) -> float:
        """How many equally frequent values would vary as much as the column did before."""
        before, _ = mass.shares(self, column)
        held = before[before > 0]
        return float(np.exp(-(held * np.log(held)).sum()))

    def unseen(self, column: Column) -> list[int]:
        """Codes that have rows now and, but for a trace, never had any."""
        return mass.unseen(self, column)

    def lost(self, column: Column, fresh: Sequence[int]) -> list[tuple[int, float]]:
        """The values that lost what the fresh ones gained, with their loss."""
        return mass.lost(self, column, fresh)

    def swap(self, column: Column) -> mass.Swap | None:
        """Two values that changed places."""
        return mass.swap(self, column)

    def mix_share(self, column: Column) -> float:
        """The part of the extra errors that the changed mix of a column alone explains."""
        return mass.mix_share(self, column)

    def moved_since(self, column: Column) -> datetime | None:
        """When the codes that gained began to gain."""
        moved = mass.gains(self, column)
        return self.shift(column, [int(code) for code in np.flatnonzero(moved > 0)]).since

    def top_gain(self, column: Column) -> int:
        """The code that gained the most rows."""
        return int(np.argmax(mass.gains(self, column)))

    def error_of(self, column: Column, code: int, *, inside: bool = True) -> float:
        """The share of wrong among the labelled rows of a code, or of all others, during."""
        counted = column.over(self.during)
        one = counted[:, code] if inside else counted.sum(axis=1) - counted[:, code]
        known = one[WRONG] + one[RIGHT]
        return float(one[WRONG] / known) if known else 0.0

    @cached_property
    def onset_interval(self) -> "Interval":
        """The onset with the times between which it lies."""
        change, grid = self.windows.change, self.grid
        start = self.windows.start
        low, high = (change.low, change.high) if change else (start, start)
        return Interval(
            time=grid.time(start), low=grid.time(min(low, start)),
            high=grid.time(max(high, start + 1)),
        )  # fmt: skip

    def drift(self, column: Column) -> Drift:
        """How far a column's distribution moved, against its own history."""
        return drift_of(column, self.windows)

    def accounts(self, column: Column, codes: Sequence[int]) -> float:
        """How far the extra errors keep to rows with these codes: 0 by chance, 1 entirely."""
        counted = column.over(self.during)[:2].sum(axis=0)
        size = float(counted[list(codes)].sum() / max(counted.sum(), 1))
        if size >= 0.97:
            return 1.0
        return min(max((self.explained(column, codes) - size) / (1 - size), 0.0), 1.0)

    def _error(self, mask: "npt.NDArray[np.bool_]") -> float:
        wrong, right = self.tallies.outcomes[mask][:, (WRONG, RIGHT)].sum(axis=0)
        return float(wrong / (wrong + right)) if wrong + right else 0.0
