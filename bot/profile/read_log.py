"""The log read once, coded and counted in memory: the fast road to the counts that ibis gives."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.profile.arrivals import EDGES
from bot.profile.bins import NULL
from bot.profile.coded_log import BUCKET, EPOCH, LABEL, OUTCOME, OUTCOMES, PREDICTION, Coding, Key
from bot.profile.coder import NumberCoder, WordCoder, coder_of
from bot.profile.delays import STEPS, UNDATED
from bot.profile.distinct import Distinct
from bot.profile.kept import Kept
from bot.profile.limits import GREATEST
from bot.profile.measures import SUMS
from bot.profile.rows import Rows
from bot.profile.tallied import Sum, Tally, joint

if TYPE_CHECKING:
    import numpy.typing as npt

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
        self, keys: Sequence[Key], by: Sequence[str], *, epochs: "Counts | None" = None,
        among: Mapping[str, int] | None = None,
    ) -> "list[Counts]":  # fmt: skip
        """Rows of each key as [*by, *codes of the key]."""
        sizes = {name: bins.size for name, bins in self._coding.columns.items()}
        groups = self._coding.sizes(by)
        tallies = [Tally((*groups, *(sizes[name] for name in key))) for key in keys]
        wanted = {BUCKET if name == EPOCH else name for name in by}
        wanted |= {_own(name) for key in keys for name in key}
        codes = {_own(name): code for name, code in (among or {}).items()}
        wanted |= set(codes) | (set() if epochs is None else {BUCKET})
        for whole in self._kept.chunks(sorted(wanted)):
            given = _among(whole, codes)
            chunk = given if epochs is None else _in_epochs(given, epochs)
            group = joint(chunk, by, groups)
            for key, tally in zip(keys, tallies, strict=True):
                tally.add(_places(group, chunk, [(_own(name), sizes[name]) for name in key]))
        return [tally.counts for tally in tallies]

    def take(self, rows: Rows) -> None:
        """Code some rows, keep their codes, and add up what is summed."""
        if not len(rows.bucket):
            return
        found = self._coding.found
        chunk: dict[str, Array] = {
            BUCKET: rows.bucket,
            OUTCOME: rows.outcome,
            LABEL: self._coded(LABEL, found.label, rows),
            PREDICTION: self._coded(PREDICTION, found.prediction, rows),
        }
        for i, bins in enumerate(found.plan.columns):
            chunk[_own(bins.name)] = self._coded(f"c{i}", bins, rows)
        self._kept.add(chunk)
        place = rows.bucket * OUTCOMES + rows.outcome
        for name, values in rows.sums.items():
            self._sums[name].add(place, values)
        self._note_arrivals(chunk, rows)
        self.note_ids(rows)

    def note_ids(self, rows: Rows) -> None:
        """Note the ids of some rows, where there are any."""
        if rows.ids is None:
            return
        if self._distinct is None:
            self._distinct = Distinct(self._coding.grid.size)
        there = slice(None) if rows.identified is None else rows.identified
        self._distinct.add(rows.bucket[there], rows.ids[there])

    def _coded(self, name: str, bins: "Bins", rows: Rows) -> "Array":
        values = rows.values[name]
        if name not in self._coders:
            self._coders[name] = coder_of(bins, values.type)
        return self._coders[name].codes(values, rows.gone.get(name))

    def _note_arrivals(self, chunk: "dict[str, Array]", rows: Rows) -> None:
        if "label_delay" not in rows.sums or self._coding.log.settings.task == "regression":
            return
        sizes = self._coding.sizes((BUCKET, LABEL))
        if self._arrivals is None:
            self._arrivals = Tally((*sizes, STEPS))
        late = rows.sums["label_delay"]
        step = np.where(np.isnan(late), UNDATED, np.searchsorted(EDGES, late, side="right") + 1)
        place = joint(chunk, (BUCKET, LABEL), sizes) * STEPS + step
        self._arrivals.add(place[chunk[LABEL] != NULL])


@contextmanager
def read_log(
    coding: Coding, batches: Iterable[Rows], ids: Iterable[Rows] = ()
) -> Iterator[ReadLog]:
    """Read all rows; `ids` are rows for their ids alone, where the first come without them."""
    with Kept() as kept:
        made = ReadLog(coding, kept)
        for rows in batches:
            made.take(rows)
        for rows in ids:
            made.note_ids(rows)
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


def _among(chunk: "dict[str, Array]", codes: Mapping[str, int]) -> "dict[str, Array]":
    """The rows with these codes."""
    if not codes:
        return chunk
    inside = np.flatnonzero(
        np.logical_and.reduce([chunk[name] == code for name, code in codes.items()])
    )
    return {name: column[inside] for name, column in chunk.items()}


def _places(group: "Array", chunk: "Mapping[str, Array]", key: list[tuple[str, int]]) -> "Array":
    place = group
    for name, size in key:
        place = place * size + chunk[name]
    return place
