"""A few short pieces of a log that lies in local Parquet files, read without reading the rest."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, groupby, pairwise
from pathlib import Path
from typing import Any

from bot.errors import SourceError

MOST_FILES = 300
"""Of more files than this only some are looked at, the newest among them: each costs a read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """A row group: its file, its first row there, and its times in seconds since 1970."""

    file: str
    first: int
    rows: int
    low: float | None
    high: float | None

    def until(self, at: float | None) -> int:
        """How many of its rows are not later than `at`, its rows being spread evenly in time."""
        if at is None or self.low is None or self.high is None or self.high <= at:
            return self.rows
        if self.low >= at:
            return 0
        return int(self.rows * (at - self.low) / (self.high - self.low))


class Pieces:
    """Parquet files as one row of ranks, in the order of time where row groups keep it.

    A rank is a place among all rows. DuckDB skips the row groups that no asked rank lies in, so
    that a look costs what its pieces cost, however large the files are.
    """

    free = True
    """Whether it may be read while another thread scans its source."""

    def __init__(self, files: Sequence[Path], *, time: str, at: datetime | None) -> None:
        import duckdb  # noqa: PLC0415 - a tenth of a second, wanted only once data is read

        self._connection, self._error = duckdb.connect(), duckdb.Error
        self._connection.execute("SET TimeZone = 'UTC'; SET parquet_metadata_cache = true")
        chosen, self._share = _some(files)
        try:
            groups = sorted(self._groups(chosen, time), key=lambda g: (g.low or 0.0, g.file))
            self.types = self._types(chosen[-1])
        except duckdb.Error as error:
            raise SourceError(f"cannot read {files[-1]}: {str(error).splitlines()[0]}") from error
        until = None if at is None else at.timestamp()
        self._groups_until = [(group, group.until(until)) for group in groups]
        self._starts = [0, *accumulate(rows for _, rows in self._groups_until)]
        self.ordered = _in_order(groups)

    @property
    def ranks(self) -> int:
        """How many rows can be asked for."""
        return self._starts[-1]

    @property
    def rows(self) -> int:
        """How many rows the log has, estimated where it has too many files to look at all."""
        return round(self.ranks / self._share)

    def close(self) -> None:
        """Let go of the files."""
        self._connection.close()

    def read(
        self, columns: Mapping[str, str], *, ranks: Iterable[int], rows: int
    ) -> Mapping[str, Any]:
        """These SQL expressions of up to `rows` rows from each of the ranks on.

        Beside them `piece` says which of the ranks, counted from 0, a row belongs to.
        """
        asked = ", ".join(f'{sql} AS "{name}"' for name, sql in columns.items())
        # A query for each part: of several in one condition DuckDB would try every row of the log.
        parts = [
            f"SELECT {number} AS piece, {asked}"  # noqa: S608 - columns are quoted by whoever asks
            f" FROM read_parquet([{_quoted(file)}], file_row_number = true)"
            f" WHERE file_row_number BETWEEN {first} AND {last}"
            for file, first, last, number in self._apart(ranks, rows)
        ]
        try:
            return dict(self._connection.execute(" UNION ALL ".join(parts)).fetchnumpy())
        except self._error as error:
            reason = str(error).splitlines()[0]
            raise SourceError(f"cannot read the log: {reason}") from error

    def _apart(self, ranks: Iterable[int], rows: int) -> Iterator[tuple[str, int, int, int]]:
        """The same without overlaps: no row comes twice."""
        file, until = "", -1
        for place in sorted(self._places(ranks, rows)):
            first = place[1] if place[0] != file else max(place[1], until + 1)
            if first <= place[2]:
                yield place[0], first, place[2], place[3]
                file, until = place[0], place[2]

    def _places(self, ranks: Iterable[int], rows: int) -> Iterator[tuple[str, int, int, int]]:
        """File, first and last row of each piece; a piece ends with its row group."""
        for number, rank in enumerate(ranks):
            place = next(
                (i for i, (low, high) in enumerate(pairwise(self._starts)) if low <= rank < high),
                None,
            )
            if place is None:
                continue
            group, held = self._groups_until[place]
            offset = max(0, min(rank - self._starts[place], held - rows))
            first = group.first + offset
            yield group.file, first, first + min(rows, held) - 1, number

    def _groups(self, files: Sequence[str], time: str) -> Iterator[_Group]:
        listed = ", ".join(_quoted(file) for file in files)
        rows = self._connection.execute(
            "SELECT file_name, row_group_num_rows,"  # noqa: S608 - file names are quoted
            " epoch(TRY_CAST(stats_min_value AS TIMESTAMPTZ)),"
            " epoch(TRY_CAST(stats_max_value AS TIMESTAMPTZ))"
            # No parameter: to convert one, duckdb imports pandas, a second and more.
            f" FROM parquet_metadata([{listed}]) WHERE path_in_schema = {_quoted(time)}"
            " ORDER BY file_name, row_group_id"
        ).fetchall()
        for file, groups in groupby(rows, key=lambda row: str(row[0])):
            first = 0
            for _, count, low, high in groups:
                yield _Group(file=file, first=first, rows=int(count), low=low, high=high)
                first += int(count)

    def _types(self, file: str) -> dict[str, str]:
        asked = f"DESCRIBE SELECT * FROM read_parquet([{_quoted(file)}])"  # noqa: S608 - quoted
        return {str(row[0]): str(row[1]) for row in self._connection.execute(asked).fetchall()}


def _some(files: Sequence[Path]) -> tuple[list[str], float]:
    """The files to look at, and their part of all."""
    names = [str(file) for file in files]
    if len(names) <= MOST_FILES:
        return names, 1.0
    newest, older = names[-MOST_FILES // 3 :], names[: -MOST_FILES // 3]
    step = -(-len(older) // (MOST_FILES - len(newest)))
    chosen = [*older[::step], *newest]
    return chosen, len(chosen) / len(names)


def _in_order(groups: Sequence[_Group]) -> bool:
    """Whether one row group ends about where the next begins."""
    spans = [(g.low, g.high) for g in groups if g.low is not None and g.high is not None]
    if len(spans) < len(groups) or not spans:
        return False
    whole = max(high for _, high in spans) - min(low for low, _ in spans)
    return sum(high - low for low, high in spans) <= 2 * whole


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
