"""Connections to the one file, and the lock that keeps a second process out."""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bot.errors import StoreError


def connect(path: Path) -> sqlite3.Connection:
    """A connection whose transactions are begun and ended by hand only."""
    # check_same_thread: each connection has one user at a time; the threads change.
    connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("pragma foreign_keys = on")
    return connection


def connect_writer(path: Path) -> sqlite3.Connection:
    """The connection that writes: what it has committed survives a power cut.

    Raises:
        StoreError: The file's place does not allow a write-ahead log.
    """
    connection = connect(path)
    try:
        mode = make_durable(connection)
    except sqlite3.Error:
        connection.close()
        raise
    if mode != "wal":
        connection.close()
        raise StoreError(f"{path} cannot have a write-ahead log; put it on a local disk")
    return connection


def make_durable(connection: sqlite3.Connection) -> str:
    """Have every commit wait for the disk; returns the journal mode that SQLite agreed to."""
    (mode,) = connection.execute("pragma journal_mode = wal").fetchone()
    connection.execute("pragma synchronous = full")
    # Without it, `insert or replace` deletes behind the back of the append-only triggers.
    connection.execute("pragma recursive_triggers = on")
    return str(mode)


class Lock:
    """An exclusive hold on a store, by `flock` on a file beside it; ends with the process."""

    def __init__(self, path: Path) -> None:
        self._file = _locked(path)

    def release(self) -> None:
        """Let another process have the store."""
        self._file.close()


def _locked(path: Path) -> IO[str]:
    side = path.with_name(path.name + ".lock")
    file = side.open("a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read().strip()
        file.close()
        raise StoreError(
            f"{path} is in use by another Plummet process"
            f"{f' (process {holder})' if holder.isdigit() else ''}: stop that one first,"
            f" or set another store.path (the lock is {side})"
        ) from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


class Readers:
    """Connections that only read, lent to one user at a time and kept for the next."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One connection, on which all reads see the same moment.

        Raises:
            StoreError: The store is closed, or the file cannot be read.
        """
        connection = self._borrow()
        try:
            connection.execute("begin")
            yield connection
        except sqlite3.Error as error:
            raise StoreError(f"{self._path} cannot be read: {error}") from error
        finally:
            if connection.in_transaction:
                connection.execute("rollback")
            self._give_back(connection)

    def close(self) -> None:
        """Close what is idle now, and what is lent when it comes back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _borrow(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise StoreError(f"{self._path} is closed")
            if self._idle:
                return self._idle.pop()
        connection = connect(self._path)
        connection.execute("pragma query_only = on")
        return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()
