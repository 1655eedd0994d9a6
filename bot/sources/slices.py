"""A few narrow slices of time of a log that lies in any database, read through ibis."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.errors import SourceError
from bot.profile.coding import literal, moment, seconds
from bot.profile.spelling import clock as clock_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_ROWS = 200_000
"""No look brings more rows than this, however unevenly they lie in time."""


class Slices:
    """The same door as `Pieces`: a rank stands for the time that lies as far along the log.

    The database itself finds the slices, by its index or its zone maps over the time column.
    """

    ordered = True
    free = False

    def __init__(
        self, table: "ir.Table", connection: Any, *, time: str, at: datetime | None
    ) -> None:
        import duckdb  # noqa: PLC0415 - wanted only once data is read

        clock = moment(table[time])
        self._table = table if at is None else table.filter(clock <= literal(at))
        self._time = time
        self._connection = connection
        clock = seconds(moment(self._table[time]))
        bounds = self._table.aggregate(n=clock.count(), first=clock.min(), last=clock.max())
        (row,) = self._arrow(bounds).to_pylist()
        self.rows = int(row["n"])
        self._first, self._last = (float(row[end] or 0) for end in ("first", "last"))
        self._memory, self._error = duckdb.connect(), duckdb.Error
        self._memory.execute("SET TimeZone = 'UTC'")
        self._memory.register("rows", self._arrow(self._table.limit(0)))
        described = self._memory.execute("DESCRIBE rows").fetchall()
        self.types = {str(name): str(kind) for name, kind, *_ in described}

    @property
    def ranks(self) -> int:
        """How many rows can be asked for."""
        return self.rows

    def close(self) -> None:
        """Let go of the rows; the connection is the source's own."""
        self._memory.close()

    def read(
        self, columns: Mapping[str, str], *, ranks: Iterable[int], rows: int
    ) -> Mapping[str, Any]:
        """These SQL expressions of about `rows` rows from each of the ranks on; see `Pieces`."""
        span = (self._last - self._first + 1) / max(self.rows, 1)
        slices = [(self._first + rank * span, rows * span) for rank in ranks]
        clock = moment(self._table[self._time])
        inside = [
            (clock >= literal(_moment(start))) & (clock < literal(_moment(start + width)))
            for start, width in slices
        ]
        held = inside[0]
        for each in inside[1:]:
            held = held | each
        self._memory.register("rows", self._arrow(self._table.filter(held).limit(MOST_ROWS)))
        asked = ", ".join(f'{sql} AS "{name}"' for name, sql in columns.items())
        cases = " ".join(
            f"WHEN {clock_of(self._time, self.types)} < {start + width!r}e0 THEN {number}"
            for number, (start, width) in enumerate(slices)
        )
        asked = f"SELECT CASE {cases} END AS piece, {asked} FROM rows"  # noqa: S608 - columns are quoted by whoever asks
        try:
            return dict(self._memory.execute(asked).fetchnumpy())
        except self._error as error:
            reason = str(error).splitlines()[0]
            raise SourceError(f"cannot take a first look: {reason}") from error

    def _arrow(self, expression: "ir.Table") -> Any:
        return self._connection.to_pyarrow(expression)


def _moment(clock: float) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=clock)
