"""A log counted by the hour: what a diagnosis wants of any window, kept instead of counted again.

An hour is one sparse vector. Its layout is a row of sections: all rows and each column by outcome,
label and prediction, and each pair of segments by outcome. The edges of the bins are frozen.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.coded_log import (
    BUCKET,
    EPOCH,
    EPOCHS,
    LABEL,
    OUTCOME,
    OUTCOMES,
    PREDICTION,
    Key,
)
from bot.profile.delays import STEPS
from bot.profile.engine import SPREAD
from bot.profile.grid import Grid
from bot.profile.measures import SUMS

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.binning import Survey

    Counts = npt.NDArray[np.int64]

HOUR = 3_600
MOST_SEGMENTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One key of the layout: where it lies, the groups it is counted by, and its codes."""

    key: Key
    start: int
    groups: tuple[int, ...]
    codes: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many places it takes."""
        return math.prod(self.groups) * math.prod(self.codes)


@dataclass(frozen=True)
class Layout:
    """Where in the vector of an hour each count lies."""

    found: "Survey"

    @cached_property
    def sections(self) -> dict[Key, Section]:
        """All rows, every column, and the pairs of segments whose joint codes are few."""
        bins = {one.name: one for one in self.found.plan.columns}
        segments = [b.name for b in bins.values() if {"segment", "host", "version"} & set(b.roles)]
        cells = (OUTCOMES, self.found.label.size, self.found.prediction.size)
        keys: list[Key] = [(), *((name,) for name in bins)]
        keys += combinations(segments[:MOST_SEGMENTS], 2)
        found: dict[Key, Section] = {}
        start = 0
        for key in keys:
            codes = tuple(bins[name].size for name in key)
            if math.prod(codes) >= SPREAD:
                continue
            groups = cells if len(key) < 2 else (OUTCOMES,)
            found[key] = Section(key=key, start=start, groups=groups, codes=codes)
            start += found[key].size
        return found

    @property
    def size(self) -> int:
        """The length of the vector of an hour."""
        return sum(section.size for section in self.sections.values())

    @cached_property
    def by_outcome(self) -> "tuple[Counts, dict[Key, int]]":
        """For each place its place in the shorter vector by outcome only, and its sections."""
        places = np.zeros(self.size, dtype=np.int64)
        starts: dict[Key, int] = {}
        start = 0
        for key, section in self.sections.items():
            starts[key] = start
            codes = math.prod(section.codes)
            inner = np.arange(section.size).reshape(*section.groups[:1], -1, codes)
            outcome, _, code = np.indices(inner.shape)
            places[section.start : section.start + section.size] = (
                start + outcome * codes + code
            ).ravel()
            start += OUTCOMES * codes
        return places, starts | {("",): start}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """One hour counted: the places that are not zero with their rows, the sums and the ids.

    `hour` is in hours since 1970; `sums` are [SUMS, outcome], `arrivals` [label class, delay] or
    empty; `print` tells whether the hour's rows and labels are still those that were counted.
    """

    hour: int
    print: str
    places: "npt.NDArray[np.uint32]"
    rows: "npt.NDArray[np.uint32]"
    sums: "npt.NDArray[np.float64]"
    arrivals: "npt.NDArray[np.uint32]"
    ids: int


class RolledLog:
    """The hours of a rollup behind the door of a `CodedLog`; a bucket is an hour."""

    def __init__(self, found: "Survey", hours: Sequence[Hour]) -> None:
        self._layout = Layout(found)
        self._found = found
        self._hours = sorted(hours, key=lambda hour: hour.hour)
        first, last = self._hours[0].hour, self._hours[-1].hour
        self.grid = Grid(origin=first * HOUR, width=HOUR, size=last - first + 1)
        self._at = np.array([hour.hour - first for hour in self._hours])

    @property
    def sums(self) -> "dict[str, npt.NDArray[np.float64]]":
        """Each of `SUMS` as [bucket, outcome]."""
        found = np.zeros((self.grid.size, len(SUMS), OUTCOMES))
        for at, hour in zip(self._at, self._hours, strict=True):
            found[at] = hour.sums
        return {name: found[:, i] for i, name in enumerate(SUMS)}

    @property
    def arrivals(self) -> "Counts | None":
        """[bucket, label class, delay]; None without a label's time."""
        if not any(len(hour.arrivals) for hour in self._hours):
            return None
        shape = self._found.label.size, STEPS
        found = np.zeros((self.grid.size, *shape), dtype=np.int64)
        for at, hour in zip(self._at, self._hours, strict=True):
            found[at] = hour.arrivals.reshape(shape)
        return found

    @property
    def ids(self) -> "Counts | None":
        """Distinct ids in each bucket; None without an id column."""
        if all(hour.ids < 0 for hour in self._hours):
            return None
        found = np.zeros(self.grid.size, dtype=np.int64)
        found[self._at] = [hour.ids for hour in self._hours]
        return found

    def counted(
        self, keys: Sequence[Key], by: Sequence[str], *, epochs: "Counts | None" = None,
        among: Mapping[str, int] | None = None,
    ) -> "list[Counts]":  # fmt: skip
        """Rows of each key as [*by, *codes of the key]; `by` begins with the bucket or epoch.

        Raises:
            KeyError: The rollup does not hold this key, or rows `among` others.
        """
        if among:
            raise KeyError(*among)
        sections = [self._layout.sections[key] for key in keys]
        first, *groups = by
        if first == BUCKET and groups == [OUTCOME]:
            return [self._by_outcome(section) for section in sections]
        axes = (OUTCOME, LABEL, PREDICTION)
        found = []
        for section in sections:
            dense = self._by_bucket(section) if first == BUCKET else self._by_epoch(section, epochs)
            gone = tuple(
                1 + i for i, axis in enumerate(axes[: len(section.groups)]) if axis not in groups
            )
            found.append(dense.sum(axis=gone) if gone else dense)
        return found

    @cached_property
    def _entries(self) -> "tuple[Counts, Counts, Counts]":
        """Of all that is not zero: the bucket, the place and the rows."""
        buckets = np.repeat(self._at, [len(hour.places) for hour in self._hours])
        places = np.concatenate([hour.places for hour in self._hours]).astype(np.int64)
        rows = np.concatenate([hour.rows for hour in self._hours]).astype(np.int64)
        return buckets, places, rows

    @cached_property
    def _outcomes(self) -> "Counts":
        """[bucket, place by outcome]: every section at once."""
        buckets, places, rows = self._entries
        shorter, starts = self._layout.by_outcome
        size = starts["",]
        flat = np.bincount(buckets * size + shorter[places], rows, self.grid.size * size)
        return flat.astype(np.int64).reshape(self.grid.size, size)

    def _by_outcome(self, section: Section) -> "Counts":
        start = self._layout.by_outcome[1][section.key]
        width = OUTCOMES * math.prod(section.codes)
        part = self._outcomes[:, start : start + width]
        return part.reshape(self.grid.size, OUTCOMES, *section.codes)

    def _by_bucket(self, section: Section) -> "Counts":
        buckets, places, rows = self._entries
        inside = (places >= section.start) & (places < section.start + section.size)
        flat = np.bincount(
            buckets[inside] * section.size + places[inside] - section.start, rows[inside],
            self.grid.size * section.size,
        )  # fmt: skip
        return flat.astype(np.int64).reshape(self.grid.size, *section.groups, *section.codes)

    def _by_epoch(self, section: Section, epochs: "Counts | None") -> "Counts":
        part = self._in_epochs(epochs)[:, section.start : section.start + section.size]
        return part.reshape(EPOCHS, *section.groups, *section.codes)

    def _in_epochs(self, epochs: "Counts | None") -> "Counts":
        """[epoch, place]: every section at once, kept for the next question of the same epochs."""
        if epochs is None:
            raise ValueError(f"counting by {EPOCH} wants the epoch of each bucket")
        if self._kept is None or not np.array_equal(self._kept[0], epochs):
            buckets, places, rows = self._entries
            epoch = epochs[buckets]
            inside = epoch >= 0
            size = self._layout.size
            flat = np.bincount(epoch[inside] * size + places[inside], rows[inside], EPOCHS * size)
            self._kept = epochs, flat.astype(np.int64).reshape(EPOCHS, size)
        return self._kept[1]

    _kept: "tuple[Counts, Counts] | None" = None
