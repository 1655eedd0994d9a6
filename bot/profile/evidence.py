"""Everything the checks may look at."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bot.profile import mass, recoding
from bot.profile.ages import Aged, aged_of
from bot.profile.belonging import Loss
from bot.profile.bent import Bent, bent_of
from bot.profile.children import refined
from bot.profile.crowd import Crowd, crowd_of
from bot.profile.cycles import Cycle, cycle_of
from bot.profile.distance import Drift, drift_of
from bot.profile.flow import Flow, Part, flow_of, parts_of
from bot.profile.harm import FallenPart, fallen_part, fell
from bot.profile.hours import Lag, lag_of
from bot.profile.in_place import came_where
from bot.profile.joint import label_tie, pair_ties
from bot.profile.lead import Lead, lead_of
from bot.profile.limited import Limit, limit_of
from bot.profile.loosened import Loosened, loosened, moved_beyond_usual
from bot.profile.mixture import Mixture, kitagawa
from bot.profile.origin import Origin, origin_of
from bot.profile.outcomes import Outcomes
from bot.profile.own_rows import row_loss
from bot.profile.repeats import Copies, copies_of
from bot.profile.replaced import taken
from bot.profile.scaled_part import scale_of_part
from bot.profile.scales import Scale
from bot.profile.scatter import Scatter, scatter_of
from bot.profile.shift import Shift
from bot.profile.sick import Host, hosts_of
from bot.profile.slices import Place, split_by, where_values_are, worst_place
from bot.profile.swapped import Swapped, swapped_of
from bot.profile.ties import Tie

if TYPE_CHECKING:
    from bot.profile.columns import Column


class Evidence(Outcomes):
    """The traffic with every answer that a check may ask for, worked out when first asked."""

    def where(self, column: "Column", codes: Sequence[int]) -> Place | None:
        """The part of the traffic in which these codes came up; None for everywhere."""
        return where_values_are(self, column, codes)

    def parts_with(
        self, column: "Column", place: Place | None
    ) -> "tuple[dict[str, str], ...] | None":
        """The segments of such a part: empty for everywhere; None where the column is not split."""
        if place is not None:
            return place.segments
        return () if any(split_by(self, column)) else None

    @cached_property
    def where_wrong(self) -> Place | None:
        """The part of the traffic that holds the extra errors; None for everywhere."""
        place = None
        if self.extra_errors > 0:
            place = worst_place(self.columns, self.pairs, self.windows)
        if place is None:
            return None
        return refined(place, self.within, columns=self.columns, windows=self.windows)

    @cached_property
    def fell(self) -> bool:
        """Whether the metric, recomputed from rows, fell by more than its history explains."""
        return fell(self)

    @cached_property
    def fallen_part(self) -> FallenPart | None:
        """A slice that did worse while the rest did not; None where none is confirmed."""
        return fallen_part(self)

    @cached_property
    def flow(self) -> Flow:
        """How many rows arrive, against the same times of day before."""
        return flow_of(self)

    @cached_property
    def parts(self) -> list[Part]:
        """Every value of every segment with its part of the rows before and during."""
        return list(parts_of(self, due=self.flow.due))

    def mixture(self, column: "Column") -> Mixture:
        """The fall by a column: other rows than before, or the same rows judged worse."""
        return kitagawa(self, column)

    def hosts(self, *, spreads: float, ratio: float) -> list[Host]:
        """Every host with its errors and which of its own metrics rose."""
        return hosts_of(self, spreads=spreads, ratio=ratio)

    def crowd(self, *, many: int, few: int, times: float, least: float) -> Crowd | None:
        """A few values of an id-like segment that grew out of proportion."""
        return crowd_of(self, many=many, few=few, times=times, least=least)

    def only_hosts(self, place: Place | None) -> bool:
        """Whether a part of the traffic is nothing but one or a few hosts."""
        host = self.one("host")
        return place is not None and host is not None and all(
            set(segment) == {host.name} for segment in place.segments
        )  # fmt: skip

    def gain(self, column: "Column", code: int) -> float:
        """By how much the share of a code moved."""
        return float(mass.gains(self, column)[code])

    def gained(self, column: "Column") -> float:
        """By how much all codes together gained that gained at all."""
        return float(np.maximum(mass.gains(self, column), 0.0).sum())

    def variety(self, column: "Column") -> float:
        """How many equally frequent values would vary as much as the column did before."""
        before, _ = mass.shares(self, column)
        held = before[before > 0]
        return float(np.exp(-(held * np.log(held)).sum()))

    def unseen(self, column: "Column") -> list[int]:
        """Codes that have rows now and, but for a trace, never had any."""
        return mass.unseen(self, column)

    def came_beside(self, column: "Column", code: int) -> float:
        """The rows of other exact values that came up with this one, as a part of its gain."""
        return mass.came_beside(self, column, code)

    def exchanged(self, column: "Column") -> recoding.Exchange | None:
        """Known values that took each other's places."""
        return recoding.exchanged(self, column)

    def merged(self, column: "Column") -> recoding.Merge | None:
        """Known values that are now written as another known one."""
        return recoding.merged(self, column)

    def came(self, column: "Column") -> list[int]:
        """The new values of a column that have more than a trace of the rows."""
        return recoding.came(self, column)

    def renamed(self, column: "Column") -> recoding.Rename | None:
        """The values that are new, and the known ones whose rows they have."""
        return recoding.renamed(self, column)

    def taken(self, column: "Column", code: int) -> float:
        """How much better a value that grew fits rows of others than more rows of its own."""
        return taken(column, code)

    def origin(self, column: "Column") -> Origin | None:
        """Whose rows the values have that gained; None where nothing tells."""
        return origin_of(column, self.joint)

    def lead(self, column: "Column") -> Lead | None:
        """Whether the classes or the values of a column moved, and took the other along."""
        return None if self.settings.task == "regression" else lead_of(column)

    def came_where_wrong(self, column: "Column", code: int) -> float:
        """How far a value came up where the extra errors are: 0 where no less outside of it."""
        return came_where(self, column, code, self.where_wrong)

    def limit(self, column: "Column", code: int) -> Limit | None:
        """The side of a value that all came to it; None where rows came from both or neither."""
        return limit_of(self, column, code)

    def swapped(self) -> tuple[Swapped, ...]:
        """Pairs of numbers that have each other's values."""
        return swapped_of(self)

    def mix_share(self, column: "Column") -> float:
        """The part of the extra errors that the changed mix of a column alone explains."""
        return mass.mix_share(self, column)

    def moved_since(self, column: "Column") -> datetime | None:
        """When the codes that gained began to gain."""
        moved = mass.gains(self, column)
        return self.shift(column, [int(code) for code in np.flatnonzero(moved > 0)]).since

    def top_gain(self, column: "Column") -> int:
        """The code that gained the most rows."""
        return int(np.argmax(mass.gains(self, column)))

    def drift(self, column: "Column") -> Drift:
        """How far a column's distribution moved, against its own history."""
        return drift_of(column, self.windows)

    def tie(self, column: "Column") -> Tie | None:
        """How much a column and the label say about each other, before and during."""
        return label_tie(column)

    def loosened(self, column: "Column") -> Loosened | None:
        """Where a feature lost the most of what it said about the label and other features."""
        if self.joint is None or column.name not in self.joint.chosen:
            return None
        return loosened(self, self.joint, column, moved=self._moved_features, pairs=self._pairs)

    def row_loss(self, column: "Column") -> Loss | None:
        """What a feature lost of its ties to the rest of its rows; None where none can tell."""
        return row_loss(self._pairs, column, moved=self._moved_features)

    def own(self, column: "Column", share: float) -> bool:
        """Whether a feature still goes with the rest of its rows, though it lost this share.

        What was written over its values says nothing of those rows; what came by itself keeps its
        ties, to the label and to other features. False as well where no tie is close enough.
        """
        loss = self.row_loss(column)
        return loss is not None and loss.lost < max(0.5 * share, 1.5 * loss.error)

    @cached_property
    def _pairs(self) -> dict[tuple[str, str], Tie]:
        return {} if self.joint is None else pair_ties(self.joint)

    @cached_property
    def _moved_features(self) -> dict[str, float]:
        return {} if self.joint is None else moved_beyond_usual(self, self.joint)

    def scatter(self, column: "Column") -> Scatter | None:
        """How a number spread to both sides; None where it did not."""
        return scatter_of(self, column)

    def bent(self, column: "Column") -> Bent | None:
        """How a number became another one that goes less with its rows; None where not known."""
        return bent_of(self, column, drift=self.drift(column), loss=self.row_loss(column))

    def copies(self, column: "Column") -> Copies | None:
        """How often a feature repeats the value of the row before, or of its segment's."""
        return copies_of(self, column)

    def aged(self, column: "Column") -> Aged | None:
        """How the ages of a column of timestamps moved; None where it holds none."""
        return aged_of(self, column)

    def older(self, column: "Column") -> Shift | None:
        """How many of a column's timestamps are older than hardly any before."""
        ages = self.stamps.get(column.name)
        return None if ages is None else self.shift_of_share(ages.older, ages.rows)

    def lag(self, column: "Column") -> Lag | None:
        """By how many hours a column of hours moved against the clock of the log."""
        return lag_of(self, column)

    def scale(self, column: "Column") -> Scale | None:
        """The known conversion that best explains how a number moved, everywhere or in a place."""
        return scale_of_part(self, column)

    def cycle(
        self, name: str, *, seconds: int, least: int, recent: int | None = None
    ) -> Cycle | None:
        """The metric at the same phase of earlier cycles of this length."""
        return cycle_of(self, name=name, seconds=seconds, least=least, recent=recent)
