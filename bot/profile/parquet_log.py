"""Local Parquet read without a database: the same rows as `inputs`, for plain types of column."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from bot.profile.arrays import (
    PER_SECOND,
    masked,
    numbers_of,
    one_piece,
    plain,
    present,
    seconds_of,
    words_of,
)
from bot.profile.coded_log import LABEL, PREDICTION, Reading
from bot.profile.coder import coder_of
from bot.profile.columns import RIGHT, UNLABELLED, WRONG
from bot.profile.losses import losses_of, squared
from bot.profile.rows import BATCH_ROWS, Rows
from bot.profile.types import PLAIN, kind_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.bins import Bins
    from bot.profile.extent import Extent
    from bot.profile.plan import Plan
    from bot.settings import ModelSettings

    Array = npt.NDArray[Any]

WHOLE_VALUES = 8_000_000
"""Row groups of up to so many values are read at once; of larger ones a batch after the other."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParquetLog:
    """Files of one schema, whose columns are all plain: numbers, words, booleans, timestamps."""

    files: tuple[Path, ...]
    schema: "pa.Schema"

    @classmethod
    def of(
        cls, files: Sequence[Path], settings: "ModelSettings", plan: "Plan", *,
        columns: Sequence[str],
    ) -> "ParquetLog | None":  # fmt: skip
        """The files, where this road can read what is planned of them; None where it cannot.

        `columns` are those that the log has, which the files must have as well.
        """
        schemas = [parquet.read_schema(file) for file in files]
        if not schemas or settings.task == "regression":
            return None
        first, *others = schemas
        named = settings.predictions.columns
        times = [name for name in (named.label_time, named.arrival_time) if name in first.names]
        values = [
            named.label, named.prediction, *(b.name for b in plan.columns),
            *(n for n in (named.score, named.latency_ms) if n in first.names),
        ]  # fmt: skip
        wanted = {named.time, *times, *values}
        if not wanted <= set(first.names) or set(first.names) != set(columns):
            return None
        if any(not other.equals(first) for other in others):
            return None
        plain_ = all(pa.types.is_timestamp(first.field(n).type) for n in (named.time, *times))
        plain_ &= all(kind_of(first.field(name).type) in PLAIN for name in values)
        plain_ &= all(kind_of(first.field(b.name).type) == "number"
                      for b in plan.columns if b.kind == "numeric")  # fmt: skip
        kinds = {kind_of(first.field(n).type) == "number" for n in (named.label, named.prediction)}
        return cls(files=tuple(files), schema=first) if plain_ and len(kinds) == 1 else None

    def tables(self, names: Sequence[str]) -> "Iterator[pa.Table]":
        """These columns of all rows in order, words as dictionaries, a few rows at a time."""
        for path in self.files:
            with parquet.ParquetFile(path, read_dictionary=self.words(names)) as file:
                for group in range(file.num_row_groups):
                    if file.metadata.row_group(group).num_rows * len(names) <= WHOLE_VALUES:
                        whole = file.read_row_group(group, columns=list(names)).combine_chunks()
                        for begin in range(0, whole.num_rows, BATCH_ROWS):
                            yield whole.slice(begin, BATCH_ROWS)
                    else:
                        size = min(BATCH_ROWS, WHOLE_VALUES // len(names))
                        for batch in file.iter_batches(
                            size, row_groups=[group], columns=list(names)
                        ):
                            yield pa.Table.from_batches([batch])

    @property
    def rows_stored(self) -> int:
        """All rows of the files, with a time or without."""
        return sum(parquet.read_metadata(file).num_rows for file in self.files)

    def words(self, names: Sequence[str]) -> list[str]:
        """Those of these columns that hold words."""
        return [name for name in names if kind_of(self.schema.field(name).type) == "word"]

    def rows(self, coding: Reading) -> Iterator[Rows]:
        """The rows of the log, as `inputs.asked_inputs` gives them but for the ids."""
        named = coding.log.settings.predictions.columns
        given = (named.time, named.label_time, named.arrival_time, named.score, named.latency_ms)
        beside = [name for name in given if name is not None and name in self.schema.names]
        names = list(dict.fromkeys([*beside, *_wanted(coding)]))
        for table in self.tables(names):
            held = inside(one_piece(table.column(named.time)), coding.log)
            if held.any():
                kept = table if held.all() else masked(table, held)
                columns = {name: one_piece(kept.column(name)) for name in names}
                rows = _rows(columns, coding)
                yield replace(rows, sums=_sums(columns, rows, coding))


def inside(time: "pa.Array", log: "Extent") -> "Array":
    """The rows with a time that the log holds."""
    ticks = plain(time)
    clock = ticks // PER_SECOND[time.type.unit]
    held: Array = (clock >= log.first) & (clock <= log.last) & (ticks <= _ticks(log.at, time.type))
    return held & present(time)


def outcomes_of(
    columns: "Mapping[str, pa.Array]", log: "Extent"
) -> "tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]":
    """Whether each row is right, wrong or unlabelled; and whether its label is known by then."""
    named = log.settings.predictions.columns
    label, prediction = columns[named.label], columns[named.prediction]
    known = present(label)
    if pa.types.is_floating(label.type):
        known = known & ~np.isnan(plain(label))
    if named.label_time is not None and named.label_time in columns:
        arrived = columns[named.label_time]
        limit = _ticks(log.at, arrived.type)
        known = known & (~present(arrived) | (plain(arrived) <= limit))
    outcome = np.where(_equal(prediction, label), np.uint8(RIGHT), np.uint8(WRONG))
    outcome[~known] = UNLABELLED
    return outcome, known


def _rows(columns: "Mapping[str, pa.Array]", coding: Reading) -> Rows:
    """The rows without what is summed."""
    found, named = coding.found, coding.log.settings.predictions.columns
    label, prediction = columns[named.label], columns[named.prediction]
    outcome, known = outcomes_of(columns, coding.log)
    values = {
        LABEL: value_of(label, found.label),
        PREDICTION: value_of(prediction, found.prediction),
    }
    values |= {f"c{i}": value_of(columns[b.name], b) for i, b in enumerate(found.plan.columns)}
    bucket = (seconds_of(columns[named.time]) - coding.grid.origin) // coding.grid.width
    return Rows(
        bucket=bucket.astype(np.int32),
        outcome=outcome, values=values, gone={LABEL: ~known},
    )  # fmt: skip


def _sums(
    columns: "Mapping[str, pa.Array]", rows: Rows, coding: Reading
) -> "dict[str, npt.NDArray[np.float64]]":
    found, named = coding.found, coding.log.settings.predictions.columns
    clock = seconds_of(columns[named.time])
    sums = {
        name: np.where(present(columns[at]), seconds_of(columns[at]) - clock, np.nan)
        for name, at in (("arrival", named.arrival_time), ("label_delay", named.label_time))
        if at is not None and at in columns
    }
    if named.latency_ms is not None and named.latency_ms in columns:
        sums["latency"] = numbers_of(columns[named.latency_ms])
    if named.score is not None and named.score in columns:
        score = numbers_of(columns[named.score])
        codes = [
            coder_of(bins, rows.values[name].type).codes(rows.values[name], None)
            for name, bins in ((LABEL, found.label), (PREDICTION, found.prediction))
        ]
        sums |= {"score": score, "score2": squared(score)}
        sums |= losses_of(score, *codes, positive=found.positive)
    return sums


def _wanted(coding: Reading) -> list[str]:
    columns = coding.log.settings.predictions.columns
    return [columns.label, columns.prediction, *coding.columns]


def _ticks(time: datetime, kind: "pa.DataType") -> int:
    """A moment in the unit of a timestamp column, the last that is not after it."""
    return (time - EPOCH) // timedelta(microseconds=1) * PER_SECOND[kind.unit] // 1_000_000


def value_of(column: "pa.Array", bins: "Bins") -> "pa.Array":
    """The value that a coder compares: a floating number or a word."""
    kind = column.type
    if pa.types.is_boolean(kind) and bins.kind == "category":
        indices = pa.Array.from_buffers(
            pa.int8(), len(column),
            [None, pa.py_buffer(plain(column).astype(np.int8).tobytes())],
        )  # fmt: skip
        if column.null_count:
            valid = pa.py_buffer(np.packbits(present(column), bitorder="little").tobytes())
            indices = pa.Array.from_buffers(pa.int8(), len(column), [valid, indices.buffers()[1]])
        return pa.DictionaryArray.from_arrays(indices, words_of(["0", "1"]))
    return pc.cast(column, pa.float64(), safe=False) if kind_of(kind) == "number" else column


def _equal(one: "pa.Array", other: "pa.Array") -> "Array":
    """Whether values are equal; an absent one equals nothing."""
    # Words are read as a dictionary of them.
    if kind_of(getattr(one.type, "value_type", one.type)) != "word":
        equal: Array = numbers_of(one) == numbers_of(other)
        return equal
    found = pc.equal(pc.cast(one, pa.string()), pc.cast(other, pa.string()))
    same: Array = plain(found) & present(found)
    return same
