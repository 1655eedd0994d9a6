"""Codes of every row, by column: in memory while they are few, else in a nameless file."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]

MOST_BYTES = 64_000_000
"""Beyond so many bytes codes go to a file, so that memory does not grow with the log."""


@dataclass(frozen=True, slots=True)
class _Away:
    """A column of a chunk that lies in the file."""

    begin: int
    kind: "np.dtype[Any]"
    size: int


class Kept(AbstractContextManager["Kept"]):
    """Chunks of rows, each a mapping of column to small whole numbers."""

    def __init__(self, *, most: int = MOST_BYTES) -> None:
        self._most = most
        self._chunks: list[dict[str, Array | _Away]] = []
        self._held = 0
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._chunks.clear()
        if self._file is not None:
            self._file.close()

    def add(self, chunk: "Mapping[str, Array]") -> None:
        """Keep some more rows."""
        size = sum(column.nbytes for column in chunk.values())
        if self._held + size <= self._most:
            self._held += size
            self._chunks.append(dict(chunk))
        else:
            self._chunks.append({name: self._put(column) for name, column in chunk.items()})

    def chunks(self, names: Sequence[str]) -> "Iterator[dict[str, Array]]":
        """These columns of all rows, chunk by chunk."""
        for chunk in self._chunks:
            yield {name: self._get(chunk[name]) for name in names}

    def _put(self, column: "Array") -> _Away:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="plummet-")  # noqa: SIM115 - closed on exit
        begin = self._file.seek(0, 2)
        self._file.write(np.ascontiguousarray(column).data)
        return _Away(begin, column.dtype, len(column))

    def _get(self, column: "Array | _Away") -> "Array":
        if not isinstance(column, _Away):
            return column
        assert self._file is not None  # noqa: S101 - a column is away only once there is a file
        self._file.seek(column.begin)
        return np.fromfile(self._file, column.kind, column.size)
