"""The prediction log with what every later step needs: time, outcome and label known by `at`."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import ibis

from bot.errors import SourceError
from bot.profile.coding import is_nan, literal, moment, number, seconds, since, text
from bot.profile.columns import RIGHT, UNLABELLED, WRONG
from bot.profile.engine import KEEP_VALUES
from bot.profile.extent import Extent
from bot.profile.heads import HEAD_ROWS, heads

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import ibis.expr.types as ir
    import pyarrow as pa

    from bot.profile.engine import Engine
    from bot.settings import ModelSettings

SCAN_ROWS = 300_000
"""Above this many rows, bins are found on regular slices of time instead of on every row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Log(Extent):
    """The rows as a table that a database answers for."""

    table: "ir.Table"
    files: "tuple[Path, ...]" = ()
    """The local Parquet files that the table stands for, where it does for any."""

    @property
    def clock(self) -> Any:
        """Seconds since 1970 of a row."""
        return seconds(moment(self.table[self.settings.predictions.columns.time]))

    def half(self) -> Any:
        """Whether a row is of the first half of the time."""
        return self.clock < (self.first + self.last) // 2

    def around(self, spans: "Sequence[tuple[int, int]]") -> "ir.Table":
        """The rows of these spans of seconds, [first, end), and perhaps more.

        Of files, whatever holds none of the spans is not even opened: the time as it is stored is
        compared, because an engine cannot tell what a converted one leaves out.
        """
        time = self.table[self.settings.predictions.columns.time]
        if not spans or not _is_stored(time):
            return self.table
        return self.table.filter(ibis.or_(*(_between(time, first, end) for first, end in spans)))

    def known(self) -> Any:
        """Whether a row's label had arrived by `at`; NaN is how some tables write none."""
        columns = self.settings.predictions.columns
        label = self.table[columns.label]
        there = label.notnull()
        if label.type().is_floating():
            there = there & ~is_nan(number(label))
        if columns.label_time is None or columns.label_time not in self.table.columns:
            return there
        arrived = moment(self.table[columns.label_time])
        return there & (arrived.isnull() | (arrived <= literal(self.at)))

    def error(self) -> Any:
        """Prediction minus label, for regression."""
        columns = self.settings.predictions.columns
        return number(self.table[columns.prediction]) - number(self.table[columns.label])

    def outcome(self, *, tolerance: float | None) -> Any:
        """Wrong, right or unlabelled; a regression is wrong beyond the tolerance."""
        columns = self.settings.predictions.columns
        if self.settings.task == "regression":
            right = self.error().abs() <= (tolerance or 0.0)
        else:
            right = _equal(self.table[columns.prediction], self.table[columns.label])
        return ibis.cases(
            (~self.known(), UNLABELLED),
            (right, RIGHT),
            else_=WRONG,
        ).cast("int32")

    def heads(self) -> "pa.Table | None":
        """A sample in memory of a log that is too long to look at twice, where files give one."""
        if self.rows <= self._enough or not self.files:
            return None
        held = heads(self.files, rows=min(self._enough, HEAD_ROWS))
        return (
            held if held is not None and set(held.column_names) == set(self.table.columns) else None
        )

    def sample(self, engine: "Engine") -> "ir.Table":
        """All rows, or regular slices of time of a log that is too long to look at twice."""
        enough = self._enough if engine.fast else min(self._enough, HEAD_ROWS)
        if self.rows <= enough:
            return self.table
        slices = max((self.last - self.first) // 2_000, 1)
        keep = (self.clock // slices) % (self.rows // enough + 1) == 0
        part = self.table.filter(keep)
        copy = engine.frozen(part, rows=enough)
        return part if copy is None else copy

    @property
    def _enough(self) -> int:
        return min(SCAN_ROWS, KEEP_VALUES // len(self.table.columns))


def open_log(
    table: "ir.Table", settings: "ModelSettings", engine: "Engine", *, at: datetime | None,
    files: "Sequence[Path] | None" = None,
) -> Log:  # fmt: skip
    """The rows up to `at`, or up to the newest; rows that arrive later are not among them.

    Raises:
        SourceError: There is no row with a time in it.
    """
    name = settings.predictions.columns.time
    time = moment(table[name])
    if at is not None:
        table = table.filter(time.isnull() | (time <= literal(at)))
    bounds = table.aggregate(n=table.count(), **_ends(table[name]))
    ((rows, dated, first, last, newest),) = engine.rows(bounds)
    if not dated:
        until = f" up to {at.isoformat()}" if at else ""
        raise SourceError(f"the prediction log has no row with a time in {name!r}{until}")
    # A log grows while it is read: every later query keeps to the time that this one saw.
    first, last = int(first), int(last)
    seen = table.filter(_between(table[name], first, last + 1))
    settled, kept = _settled(seen, engine, int(dated))
    return Log(
        table=settled, settings=settings,
        at=at or _utc(newest),
        rows=kept, undated=int(rows - dated), first=first, last=last,
        files=tuple(files or ()),
    )  # fmt: skip


def _ends(column: Any) -> dict[str, Any]:
    """How many rows have a time, the first and the last second, and the newest moment."""
    time = moment(column)
    clock = seconds(time)
    if _is_stored(column):  # only the ends are converted: of every row it takes longer than to read
        first, last = moment(column.min()), moment(column.max())
        return {
            "dated": column.count(), "first": seconds(first), "last": seconds(last), "newest": last
        }  # fmt: skip
    # A whole number of seconds needs no reading back as a time, which DuckDB does by pytz.
    latest = clock.max() if column.type().is_numeric() else time.max()
    return {"dated": time.count(), "first": clock.min(), "last": clock.max(), "newest": latest}


def _is_stored(time: Any) -> bool:
    """Whether times can be compared as they lie in the files of DuckDB."""
    return bool(time.type().is_timestamp() and time.get_backend().name == "duckdb")


def _between(time: Any, first: int, end: int) -> Any:
    """Whether a time is in these seconds, [first, end)."""
    if not _is_stored(time):
        last = literal(datetime.fromtimestamp(end - 1, UTC).replace(microsecond=999_999))
        return since(moment(time), first) & (moment(time) <= last)
    zone = UTC if time.type().timezone else None

    def at(clock: int) -> Any:
        moment_ = datetime.fromtimestamp(clock, UTC).replace(tzinfo=zone)
        return ibis.literal(moment_, type=time.type())

    return (time >= at(first)) & (time < at(end))


def _utc(time: datetime | int) -> datetime:
    """A moment as the engine answers it: in seconds, with UTC as its zone, or without any."""
    if isinstance(time, int):
        return datetime.fromtimestamp(time, UTC)
    return datetime.fromtimestamp(time.replace(tzinfo=UTC).timestamp(), UTC)


def _settled(table: "ir.Table", engine: "Engine", rows: int) -> "tuple[ir.Table, int]":
    """The copy of a log that fits one, and its rows; of a larger one, what was given."""
    copy = engine.frozen(table, rows=rows)
    if copy is None:
        return table, rows
    ((copied,),) = engine.rows(copy.aggregate(n=copy.count()))
    return copy, int(copied)


def _equal(one: Any, other: Any) -> Any:
    kinds = one.type(), other.type()
    if any(kind.is_numeric() or kind.is_boolean() for kind in kinds):
        return number(one) == number(other)
    return text(one) == text(other)
