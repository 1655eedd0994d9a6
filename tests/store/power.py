"""A disk that forgets, at a power cut, whatever was written and not synced."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import apsw


class Disk(apsw.VFS):
    """SQLite's file system, of which only synced bytes survive."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "")
        self.name = name
        self.synced: dict[str, bytes] = {}
        self.syncs = 0
        self._deleted: set[str] = set()

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's name
        return _File(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: FBT001, N802 - SQLite's name
        super().xDelete(filename, syncdir)
        self._deleted.add(filename)
        if syncdir:
            self.sync_folder()

    def sync_folder(self) -> None:
        """What was deleted stays deleted."""
        for path in self._deleted:
            self.synced.pop(path, None)
        self._deleted.clear()

    def after_power_cut(self, folder: Path) -> None:
        """Put into `folder` what would be found when the power is back."""
        for path, content in self.synced.items():
            (folder / Path(path).name).write_bytes(content)


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._disk = disk
        self._path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        super().xSync(flags)
        self._disk.syncs += 1
        self._disk.synced[self._path] = Path(self._path).read_bytes()


class _Connection:
    """As much of sqlite3's connection as the writer uses, on apsw."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self._connection = apsw.Connection(str(path), vfs=disk.name)
        # A file system written in Python has no shared memory for the log's index.
        self._connection.execute("pragma locking_mode = exclusive")
        self.execute: Callable[..., Any] = self._connection.execute
        self.close = self._connection.close

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction


def connect(path: Path, disk: Disk) -> sqlite3.Connection:
    return cast("sqlite3.Connection", _Connection(path, disk))
