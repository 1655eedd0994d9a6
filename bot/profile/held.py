"""A first look at rows in memory: values that are common, and quantiles."""

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from bot.profile.arrays import floats_of, masked, numbers_of, one_piece, plain, present, seconds_of
from bot.profile.binning import ERROR, Levels
from bot.profile.types import PLAIN, arrow_types, kind_of

if TYPE_CHECKING:
    from bot.profile.extent import Extent
    from bot.profile.plan import Plan
    from bot.settings import ModelSettings


class HeldLook:
    """A look at an Arrow table of plain columns; `Look` says what it answers."""

    def __init__(self, rows: "pa.Table", extent: "Extent") -> None:
        self._columns = extent.settings.predictions.columns
        time = one_piece(rows.column(self._columns.time))
        clock = seconds_of(time)
        inside = (clock >= extent.first) & (clock <= extent.last) & present(time)
        self._table = rows if inside.all() else masked(rows, inside)
        clock = clock[inside]
        self._late = clock >= extent.last - (extent.last - extent.first) // 10
        self._early = clock < (extent.first + extent.last) // 2

    @classmethod
    def reads(cls, schema: "pa.Schema", settings: "ModelSettings", plan: "Plan") -> bool:
        """Whether it can look at all that is planned: times as such, numbers, words, booleans."""
        columns = settings.predictions.columns
        named = [columns.label, columns.prediction, *(bins.name for bins in plan.columns)]
        numeric = [bins.name for bins in plan.columns if bins.kind == "numeric"]
        if settings.task == "regression":
            numeric += [columns.label, columns.prediction]
        return (
            pa.types.is_timestamp(schema.field(columns.time).type)
            and all(kind_of(schema.field(name).type) in PLAIN for name in named)
            and all(kind_of(schema.field(name).type) == "number" for name in numeric)
        )

    @property
    def rows(self) -> int:
        """How many rows are looked at."""
        return int(self._table.num_rows)

    @property
    def types(self) -> Mapping[str, str]:
        """The type of each column."""
        return arrow_types(self._table.schema)

    def common(self, least: Mapping[str, int]) -> list[tuple[str, str, int, int]]:
        """Values that come often."""
        return [
            (name, str(value), rows, late)
            for name, fewest in least.items()
            for value, rows, late in often(self._column(name), self._late, fewest)
        ]

    def quantiles(self, levels: Mapping[str, Levels]) -> dict[str, list[float | None]]:
        """Quantiles and ends over the first half of the time."""
        return {name: ranked(self._early_numbers(name), wanted) for name, wanted in levels.items()}

    def _early_numbers(self, name: str) -> Any:
        if name == ERROR:
            said, was = (self._column(n) for n in (self._columns.prediction, self._columns.label))
            values = np.abs(numbers_of(said) - numbers_of(was))
        else:
            values = numbers_of(self._column(name))
        return values[self._early & np.isfinite(values)]

    def _column(self, name: str) -> "pa.Array":
        return one_piece(self._table.column(name))


Often = Iterator[tuple[Any, int, int]]


def often(values: "pa.Array", late: Any, least: int) -> Often:
    """Values with at least so many rows: the value, its rows, and those that are late."""
    there = present(values)
    if kind_of(values.type) == "number":
        return _often_numbers(floats_of(values)[there], late[there], least)
    if kind_of(values.type) == "boolean":
        return _often_booleans(plain(values)[there], late[there], least)
    return _often_words(values, there, late, least)


def ranked(values: Any, levels: Levels) -> list[float | None]:
    """The values at these levels, the least and the greatest; `None` of no values."""
    ordered = np.sort(values)
    size = len(ordered)
    if not size:
        return [None] * (len(levels) + 2)
    ranks = [*(rank(level, size) for level in levels), 0, -1]
    return [float(ordered[place]) for place in ranks]


def _often_numbers(values: Any, late: Any, least: int) -> Often:
    """Each number that comes often, from the sorted numbers: its rows, and those that are late."""
    ordered = np.sort(values)
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])
    rows = np.diff(np.append(starts, len(ordered)))
    common = np.flatnonzero(rows >= least)
    found, recent = ordered[starts[common]], np.sort(values[late])
    lately = np.searchsorted(recent, found, side="right") - np.searchsorted(recent, found)
    for value, count, new in zip(found, rows[common], lately, strict=True):
        yield str(value), int(count), int(new)


def _often_words(values: "pa.Array", there: Any, late: Any, least: int) -> Often:
    words = values.dictionary_encode()
    code = plain(words.indices)[there]
    rows = np.bincount(code, minlength=len(words.dictionary))
    recent = np.bincount(code[late[there]], minlength=len(words.dictionary))
    for place in np.flatnonzero(rows >= least).tolist():
        yield str(words.dictionary[place]), int(rows[place]), int(recent[place])


def _often_booleans(values: Any, late: Any, least: int) -> Often:
    for word, held in (("0", ~values), ("1", values)):
        if held.sum() >= max(least, 1):
            yield word, int(held.sum()), int((held & late).sum())


def rank(level: float, rows: int) -> int:
    """The rank, from 0, of the least value that so large a share of the values reaches."""
    return max(1, rows - math.floor(rows - level * rows)) - 1
