"""Opening the file: brought to this version's shape, and seen to be whole."""

import os
import sqlite3
from pathlib import Path

from bot.errors import StoreError
from bot.store.connections import connect_writer
from bot.store.schema import GUARDS, MIGRATIONS, SET


def opened_file(path: Path) -> sqlite3.Connection:
    """The writing connection to a file of this version's shape; the caller holds the lock.

    Raises:
        StoreError: The file is no store, or not one for this version.
    """
    try:
        connection = connect_writer(path)
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be opened as a store: {error}") from error
    try:
        _prepare(connection, path)
        _sync_folder(path.parent)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error | OSError):
            raise StoreError(f"{path} cannot be opened as a store: {error}") from error
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the file to this version's shape, and see that its guards are there."""
    applied = _applied(connection)
    newer = [name for name in applied if name not in MIGRATIONS]
    if newer:
        raise StoreError(
            f"{path} was written by a newer version of Plummet (it has {', '.join(newer)});"
            " start that version, or set another store.path"
        )
    if len(applied) < len(MIGRATIONS):
        from bot.store.migrations import migrate  # noqa: PLC0415 - see MIGRATIONS

        migrate(connection)
    missing = [name for name in GUARDS if name not in _triggers(connection)]
    if missing:
        raise StoreError(
            f"the timeline in {path} is not append-only any more (no trigger"
            f" {', '.join(missing)}): somebody changed the file; restore a backup"
        )


def _sync_folder(folder: Path) -> None:
    """Make the new file's name durable, and the end of its first journal.

    SQLite leaves that journal's deletion to the operating system; come back after a power cut, the
    journal would roll the file back to nothing, write-ahead log and all.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _applied(connection: sqlite3.Connection) -> list[str]:
    tables = "select 1 from sqlite_master where type = 'table' and name = '_sqlite_migrations'"
    if connection.execute(tables).fetchone() is None:
        return []
    names = "select name from _sqlite_migrations where migration_set = ? order by id"
    return [name for (name,) in connection.execute(names, (SET,))]


def _triggers(connection: sqlite3.Connection) -> set[str]:
    found = "select name from sqlite_master where type = 'trigger' and tbl_name = 'timeline'"
    return {name for (name,) in connection.execute(found)}
