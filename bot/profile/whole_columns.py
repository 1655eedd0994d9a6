"""Local Parquet of moderate length, read by columns: each of them once, and wholly in memory."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa
from pyarrow import parquet

from bot.profile.heads import chosen
from bot.profile.rows import BATCH_ROWS

if TYPE_CHECKING:
    from bot.profile.parquet_log import ParquetLog

WHOLE_ROWS = 2_000_000
"""Longer logs are read by rows: there the heads of a few row groups cost little beside the rest."""

BLOCK_VALUES = 4_000_000
"""So many values are in memory at once, or one column."""


class WholeColumns:
    """The columns of a log, every one with all its rows in order."""

    def __init__(self, log: "ParquetLog") -> None:
        self._log = log
        self._open = ExitStack()
        self._files: list[parquet.ParquetFile] = []

    def __enter__(self) -> Self:
        words = self._log.words(self._log.schema.names)
        for path in self._log.files:
            file = parquet.ParquetFile(path, read_dictionary=words)
            self._files.append(self._open.enter_context(file))
        sizes = [file.metadata.row_group(i).num_rows
                 for file in self._files for i in range(file.num_row_groups)]  # fmt: skip
        self._groups = [*zip(accumulate(sizes, initial=0), sizes, strict=False)]
        return self

    def __exit__(self, *failure: object) -> None:
        self._open.close()

    def blocks(self, names: Sequence[str]) -> Iterator[Sequence[str]]:
        """The columns, as many together as fit in memory."""
        width = max(BLOCK_VALUES // max(sum(size for _, size in self._groups), 1), 1)
        for begin in range(0, len(names), width):
            yield names[begin : begin + width]

    def read(self, names: Sequence[str]) -> "pa.Table":
        """These columns of all rows, words as dictionaries."""
        # A row group after the other: memory of one is used again for the next.
        return pa.concat_tables([
            file.read_row_group(group, columns=list(names))
            for file in self._files for group in range(file.num_row_groups)
        ])  # fmt: skip

    def pieces(self, table: "pa.Table") -> "Iterator[pa.Table]":
        """A table cut into pieces of at most `BATCH_ROWS`, at the same places each time.

        None of them lies in two row groups, whose dictionaries may differ.
        """
        for begin, size in self._groups:
            for offset in range(0, size, BATCH_ROWS):
                yield table.slice(begin + offset, min(BATCH_ROWS, size - offset))

    def sample(self, table: "pa.Table", *, rows: int) -> "pa.Table":
        """The rows that `heads` would read; all where they are no more, or cannot be spread."""
        wanted, size = chosen(len(self._groups), rows=rows, columns=len(self._log.schema))
        if not wanted or rows >= table.num_rows:
            return table
        cuts = (self._groups[place] for place in wanted)
        return pa.concat_tables([table.slice(begin, min(size, held)) for begin, held in cuts])

    def beside(self, one: "pa.Table", other: "pa.Table") -> "pa.Table":
        """The columns of both tables."""
        columns: dict[str, Any] = {
            name: table.column(name) for table in (one, other) for name in table.column_names
        }
        return pa.table(columns)
