"""The log read once, coded and counted in memory: the fast road to the counts that ibis gives."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.profile.arrays import numbers_of, plain, present
from bot.profile.arrivals import EDGES
from bot.profile.bins import NULL
from bot.profile.coded_log import BUCKET, EPOCH, LABEL, OUTCOME, OUTCOMES, PREDICTION, Coding, Key
from bot.profile.coder import NumberCoder, WordCoder, coder_of
from bot.profile.delays import STEPS, UNDATED
from bot.profile.distinct import Distinct
from bot.profile.kept import Kept
from bot.profile.measures import SUMS
from bot.profile.sums import GREATEST
from bot.profile.tallied import Sum, Tally, joint

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

    from bot.profile.bins import Bins

    Array = npt.NDArray[Any]
    Counts = npt.NDArray[np.int64]


class ReadLog:
    """The rows as codes that are kept; `CodedLog` says what they answer."""

    def __init__(self, coding: Coding, kept: Kept) -> None:
        self._coding = coding
        self._kept = kept
        self._sums = {name: Sum(coding.grid.size * OUTCOMES, most=GREATEST) for name in SUMS}
        self._arrivals: Tally | None = None
        self._distinct: Distinct | None = None
        self._coders: dict[str, NumberCoder | WordCoder] = {}

    @property
    def sums(self) -> "dict[str, npt.NDArray[np.float64]]":
        """Each of `SUMS` as [bucket, outcome]."""
        shape = self._coding.grid.size, OUTCOMES
        found = {name: one.total.reshape(shape) for name, one in self._sums.items()}
        (rows,) = self.counted([()], (BUCKET, OUTCOME))
        return found | {"rows": rows.astype(np.float64)}

    @property
    def arrivals(self) -> "Counts | None":
        """[bucket, label class, delay]."""
        return None if self._arrivals is None else self._arrivals.counts

    @property
    def ids(self) -> "Counts | None":
        """Distinct ids in each bucket."""
        return None if self._distinct is None else self._distinct.counts()

    def counted(
        self, keys: Sequence[Key], by: Sequence[str], *, epochs: "Counts | None" = None
    ) -> "list[Counts]":
        """Rows of each key as [*by, *codes of the key]."""
        sizes = {name: bins.size for name, bins in self._coding.columns.items()}
        groups = self._coding.sizes(by)
        tallies = [Tally((*groups, *(sizes[name] for name in key))) for key in keys]
        wanted = {BUCKET if name == EPOCH else name for name in by}
        wanted |= {_own(name) for key in keys for name in key}
        if epochs is not None:
            wanted |= {BUCKET}
        for given in self._kept.chunks(sorted(wanted)):
            chunk = given if epochs is None else _in_epochs(given, epochs)
            group = joint(chunk, by, groups)
            for key, tally in zip(keys, tallies, strict=True):
                tally.add(_places(group, chunk, [(_own(name), sizes[name]) for name in key]))
        return [tally.counts for tally in tallies]

    def take(self, batch: "pa.RecordBatch") -> None:
        """Code the rows of a batch, keep their codes, and add up what is summed."""
        if not batch.num_rows:
            return
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        found = self._coding.found
        chunk: dict[str, Array] = {
            BUCKET: plain(columns[BUCKET]).astype(np.int32),
            OUTCOME: plain(columns[OUTCOME]).astype(np.uint8),
            LABEL: self._coded(LABEL, found.label, columns),
            PREDICTION: self._coded(PREDICTION, found.prediction, columns),
        }
        for i, bins in enumerate(found.plan.columns):
            chunk[_own(bins.name)] = self._coded(f"c{i}", bins, columns)
        self._kept.add(chunk)
        place = chunk[BUCKET] * OUTCOMES + chunk[OUTCOME]
        for name, total in self._sums.items():
            if f"sum_{name}" in columns:
                total.add(place, numbers_of(columns[f"sum_{name}"]))
        self._note_arrivals(chunk, columns)
        self._note_ids(chunk, columns)

    def _coded(self, name: str, bins: "Bins", columns: "Mapping[str, pa.Array]") -> "Array":
        values = columns[f"{name}_value"]
        gone = columns.get(f"{name}_gone")
        if name not in self._coders:
            self._coders[name] = coder_of(bins, values.type)
        return self._coders[name].codes(values, None if gone is None else plain(gone))

    def _note_arrivals(self, chunk: "dict[str, Array]", columns: "Mapping[str, pa.Array]") -> None:
        if "sum_label_delay" not in columns or self._coding.log.settings.task == "regression":
            return
        sizes = self._coding.sizes((BUCKET, LABEL))
        if self._arrivals is None:
            self._arrivals = Tally((*sizes, STEPS))
        late = numbers_of(columns["sum_label_delay"])
        step = np.where(np.isnan(late), UNDATED, np.searchsorted(EDGES, late, side="right") + 1)
        place = joint(chunk, (BUCKET, LABEL), sizes) * STEPS + step
        self._arrivals.add(place[chunk[LABEL] != NULL])

    def _note_ids(self, chunk: "dict[str, Array]", columns: "Mapping[str, pa.Array]") -> None:
        if "id" not in columns:
            return
        if self._distinct is None:
            self._distinct = Distinct(self._coding.grid.size)
        there = present(columns["id"])
        self._distinct.add(chunk[BUCKET][there], plain(columns["id"])[there])


@contextmanager
def read_log(coding: Coding, batches: "Iterator[pa.RecordBatch]") -> Iterator[ReadLog]:
    """Read all batches; each holds what `inputs.inputs_of` names."""
    with Kept() as kept:
        made = ReadLog(coding, kept)
        for batch in batches:
            made.take(batch)
        yield made


def _own(name: str) -> str:
    """A column's name among the codes, apart from those of the groups."""
    return f"={name}"


def _in_epochs(chunk: "dict[str, Array]", epochs: "Counts") -> "dict[str, Array]":
    """The rows that are in an epoch, with it."""
    epoch = epochs[chunk[BUCKET]]
    inside = epoch >= 0
    if inside.all():
        return chunk | {EPOCH: epoch}
    return {name: column[inside] for name, column in (chunk | {EPOCH: epoch}).items()}


def _places(group: "Array", chunk: "Mapping[str, Array]", key: list[tuple[str, int]]) -> "Array":
    place = group
    for name, size in key:
        place = place * size + chunk[name]
    return place
