"""The one writer: callables from many threads, committed in groups.

A commit waits for the disk. Whatever is handed in during that wait goes into the next commit
together, so many threads get many times as many writes a second as the disk has commits.
"""

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import StoreError

Result = TypeVar("Result")
Work = Callable[[sqlite3.Connection], Result]
"""Reads and writes on the connection, and has no effect elsewhere: it may be run again."""


@dataclass(slots=True)
class _Order:
    """One callable, its future, and how it went before the commit."""

    work: Work[Any]
    future: Future[Any]
    result: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        """Tell whoever waits."""
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class _TransactionLost(Exception):  # noqa: N818 - the name is the fact; it never leaves this file
    """SQLite ended the transaction by itself, as it does when the disk is full."""


class Writer:
    """Owns the writing connection and the thread that uses it."""

    def __init__(self, connection: sqlite3.Connection, *, path: Path, batch: int = 256) -> None:
        self.commits = 0
        self._connection = connection
        self._path = path
        self._batch = batch
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work[Result]) -> Future[Result]:
        """Have `work` done; its future resolves after the commit, with what it returned or raised.

        Raises:
            StoreError: The store is closed.
        """
        future: Future[Result] = Future()
        with self._lock:
            if self._closed:
                raise StoreError(f"{self._path} is closed")
            self._orders.put(_Order(work=work, future=future))
        return future

    def do(self, work: Work[Result]) -> Result:
        """Have `work` done and wait until it is on the disk.

        Raises:
            StoreError: It could not be written.
        """
        if threading.current_thread() is self._thread:
            raise StoreError("a write inside a write: hand both in as one")
        return self.submit(work).result()

    def close(self) -> None:
        """Write what was handed in so far, then stop."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._orders.put(None)
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        going = True
        while going:
            batch: list[_Order] = []
            order = self._orders.get()
            while order is not None:
                if order.future.set_running_or_notify_cancel():
                    batch.append(order)
                if len(batch) >= self._batch or self._orders.empty():
                    break
                order = self._orders.get()
            going = order is not None
            self._write(batch)

    def _write(self, batch: list[_Order]) -> None:
        if not batch:
            return
        try:
            self._commit(batch)
        except _TransactionLost as lost:
            if len(batch) > 1:
                # One of them was too much for the disk; the others shall not pay for it.
                for order in batch:
                    self._write([order])
                return
            _refuse(batch, lost.__cause__ or lost)
        except Exception as error:  # noqa: BLE001 - the thread must outlive it; every waiter gets it
            _refuse(batch, error)
        if self._connection.in_transaction:
            self._connection.execute("rollback")
        for order in batch:
            order.error = self._translated(order.error)
            order.settle()

    def _commit(self, batch: list[_Order]) -> None:
        self._connection.execute("begin immediate")
        for order in batch:
            self._attempt(order)
        self._connection.execute("commit")
        self.commits += 1

    def _attempt(self, order: _Order) -> None:
        """Run one callable in a savepoint of its own, so that its failure undoes only itself."""
        connection = self._connection
        order.result, order.error = None, None
        connection.execute("savepoint one")
        try:
            order.result = order.work(connection)
        except BaseException as error:  # noqa: BLE001 - it goes to whoever waits for this callable
            order.error = error
        if not connection.in_transaction:
            raise _TransactionLost from order.error
        if order.error is not None:
            connection.execute("rollback to one")
        connection.execute("release one")

    def _translated(self, error: BaseException | None) -> BaseException | None:
        """SQLite's own errors in our words."""
        if isinstance(error, sqlite3.Error | OverflowError | UnicodeEncodeError):
            told = StoreError(
                f"{self._path} could not be written: {error};"
                " look at the free space and the rights of its folder"
                if isinstance(error, sqlite3.OperationalError)
                else f"{self._path} refuses a value: {error}"
            )
            told.__cause__ = error
            return told
        return error


def _refuse(batch: list[_Order], error: BaseException) -> None:
    """Nothing of the batch was committed; what failed by itself keeps its own reason."""
    for order in batch:
        order.result, order.error = None, order.error or error
