"""Work to do, durable: lanes, coalescing keys, due times, attempts, parking."""

import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.errors import StoreError
from bot.store import rows
from bot.store.connections import Readers
from bot.store.writer import Writer

Clock = Callable[[], datetime]

_LOOK_EVERY = 0.1
"""Seconds between looks at an injected clock that may run faster than the wall's."""

_FREE = "state = 'waiting' and lane not in (select lane from job where state = 'taken')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work that was taken, or is parked; `attempts` counts the one under way."""

    id: int
    kind: str
    payload: rows.Json
    lane: str
    key: str | None
    due: datetime
    attempts: int
    reason: str = ""
    """Why it failed last, if it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job ready to be written; its payload is JSON text already."""

    kind: str
    payload: str
    lane: str
    key: str | None = None
    remember: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How often a job may fail, and how often its process may die of it, before it is parked.

    The first has to outlast an outage of the chat; each of the second is a restart of everything.
    """

    attempts: int
    deaths: int


class Jobs:
    """The table of jobs, and the condition that those who work wait on."""

    def __init__(self, *, writer: Writer, readers: Readers, clock: Clock, limits: Limits) -> None:
        self.clock = clock
        self._writer = writer
        self._readers = readers
        self._limits = limits
        self._changed = threading.Condition()
        self._changes = 0
        self._end = threading.Event()

    def recover(self) -> None:
        """Let what a dead process had taken wait again; forget what was done long ago."""
        self._writer.do(self._recovered)

    def enqueue(self, job: NewJob, *, due: datetime | None) -> bool:
        """Add a job, unless its key is there already."""
        added = self._writer.do(lambda connection: self.add(connection, job, due=due))
        self.wake()
        return added

    def add(self, connection: sqlite3.Connection, job: NewJob, *, due: datetime | None) -> bool:
        """Add a job within a transaction; False when its key is there already."""
        now = rows.stamp(self.clock())
        when = now if due is None else rows.stamp(due)
        if job.key is not None and _known(connection, job, due=when):
            return False
        connection.execute(
            "insert into job"
            "(kind, payload, lane, key, remember, state, due, attempts, deaths, reason, at)"
            " values (?, ?, ?, ?, ?, 'waiting', ?, 0, 0, '', ?)",
            (job.kind, job.payload, job.lane, job.key, int(job.remember), when, now),
        )
        return True

    def take(self) -> Job | None:
        """The oldest due job whose lane is free; the lane is busy until it is finished."""

        def work(connection: sqlite3.Connection) -> Job | None:
            row = connection.execute(
                f"select * from job where {_FREE} and due <= ? order by due, id limit 1",  # noqa: S608 - a constant
                (rows.stamp(self.clock()),),
            ).fetchone()
            if row is None:
                return None
            connection.execute(
                "update job set state = 'taken', attempts = attempts + 1 where id = ?", (row["id"],)
            )
            return _job(row, attempts=row["attempts"] + 1)

        return self._writer.do(work)

    def finish(self, job: Job) -> None:
        """The job is done and never taken again."""
        now = rows.stamp(self.clock())
        self._writer.do(
            lambda connection: connection.execute(
                "update job set state = 'done', at = ? where id = ? and state = 'taken'",
                (now, job.id),
            )
        )
        self.wake()

    def fail(self, job: Job, *, reason: str, retry_at: datetime | None) -> bool:
        """Try again at `retry_at`, or park it; True when it is parked now."""
        why = rows.clean(reason)
        due = None if retry_at is None else rows.stamp(retry_at)

        def work(connection: sqlite3.Connection) -> bool:
            row = connection.execute(
                "select * from job where id = ? and state = 'taken'", (job.id,)
            ).fetchone()
            if row is None:
                return False
            if due is None:
                return _park(connection, row, reason=why)
            if row["attempts"] >= self._limits.attempts:
                given_up = f"given up after {row['attempts']} attempts: {why}"
                return _park(connection, row, reason=given_up)
            return _release(connection, row, due=due, attempts=row["attempts"], reason=why)

        parked = self._writer.do(work)
        self.wake()
        return parked

    def parked(self) -> list[Job]:
        """The jobs that were given up, oldest first."""
        with self._readers.reading() as connection:
            found = connection.execute("select * from job where state = 'parked' order by id")
            return [_job(row, attempts=row["attempts"]) for row in found]

    def unpark(self, id: int) -> bool:  # noqa: A002 - the noun's own word
        """Let a parked job run again from its first attempt; False when there is none."""

        def work(connection: sqlite3.Connection) -> bool:
            row = connection.execute(
                "select * from job where id = ? and state = 'parked'", (id,)
            ).fetchone()
            if row is None:
                return False
            connection.execute("update job set deaths = 0 where id = ?", (id,))
            _release(connection, row, due=rows.stamp(self.clock()), attempts=0, reason="")
            return True

        found = self._writer.do(work)
        self.wake()
        return found

    def waiting(self, kind: str) -> int:
        """How many jobs of that kind are unfinished and not parked."""
        with self._readers.reading() as connection:
            (count,) = connection.execute(
                "select count(*) from job where kind = ? and state in ('waiting', 'taken')", (kind,)
            ).fetchone()
        return int(count)

    def wait(self, timeout: float) -> bool:
        """Sleep until a job can be taken (True), or until the time is up or the store closes."""
        deadline = time.monotonic() + timeout
        while True:
            with self._changed:
                changes = self._changes
                if self._end.is_set():
                    return False
            try:
                due = self._next_due()
            except StoreError:
                if self._end.is_set():
                    return False
                raise
            if self._slept(changes=changes, due=due, deadline=deadline):
                return due is not None and due <= self.clock()

    def wake(self, _: Any = None) -> None:
        """Have everybody who waits look again."""
        with self._changed:
            self._changes += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Let everybody who waits go."""
        with self._changed:
            self._end.set()
            self._changed.notify_all()

    def _slept(self, *, changes: int, due: datetime | None, deadline: float) -> bool:
        """Sleep until something changes (False), or until `due`, the deadline or the end (True)."""
        with self._changed:
            while self._changes == changes:
                left = deadline - time.monotonic()
                if self._end.is_set() or left <= 0 or (due is not None and due <= self.clock()):
                    return True
                self._changed.wait(left if due is None else min(left, _LOOK_EVERY))
        return False

    def _next_due(self) -> datetime | None:
        with self._readers.reading() as connection:
            row = connection.execute(
                f"select due from job where {_FREE} order by due, id limit 1"  # noqa: S608 - a constant
            ).fetchone()
        return None if row is None else rows.moment(row["due"])

    def _recovered(self, connection: sqlite3.Connection) -> None:
        taken = connection.execute("select * from job where state = 'taken' order by id").fetchall()
        for row in taken:
            deaths = row["deaths"] + 1
            connection.execute("update job set deaths = ? where id = ?", (deaths, row["id"]))
            if deaths >= self._limits.deaths:
                _park(connection, row, reason=f"the process ended {deaths} times at work on it")
            else:
                reason = "the process ended while it was worked on"
                _release(connection, row, due=row["due"], attempts=row["attempts"], reason=reason)
        connection.execute(
            "delete from job where state = 'done' and remember = 0 and at < ?"
            " and id < (select max(id) from job)",  # the highest stays, so that no id is used twice
            (rows.stamp(self.clock() - timedelta(days=30)),),
        )


def _known(connection: sqlite3.Connection, job: NewJob, *, due: str) -> bool:
    if job.remember:
        found = connection.execute("select 1 from job where key = ? and remember = 1", (job.key,))
        return found.fetchone() is not None
    # An earlier time wins, but not over the pause of a job that has failed.
    found = connection.execute(
        "update job set due = iif(attempts = 0, min(due, ?), due)"
        " where key = ? and remember = 0 and state = 'waiting'",
        (due, job.key),
    )
    return found.rowcount > 0


def _release(
    connection: sqlite3.Connection, row: sqlite3.Row, *, due: str, attempts: int, reason: str
) -> bool:
    """Let it wait again; one of its key that was added meanwhile takes its place and its pause."""
    replaced = False
    if not row["remember"]:
        heir = connection.execute(
            "update job set due = ?, attempts = max(attempts, ?), reason = ?"
            " where key = ? and remember = 0 and state = 'waiting'",
            (due, attempts, reason, row["key"]),
        )
        replaced = heir.rowcount > 0
    connection.execute(
        "update job set state = ?, due = ?, attempts = ?, reason = ? where id = ?",
        ("done" if replaced else "waiting", due, attempts, reason, row["id"]),
    )
    return False


def _park(connection: sqlite3.Connection, row: sqlite3.Row, *, reason: str) -> bool:
    connection.execute(
        "update job set state = 'parked', reason = ? where id = ?", (reason, row["id"])
    )
    return True


def _job(row: sqlite3.Row, *, attempts: int) -> Job:
    return Job(
        id=row["id"],
        kind=row["kind"],
        payload=rows.from_json(row["payload"]),
        lane=row["lane"],
        key=row["key"],
        due=rows.moment(row["due"]),
        attempts=attempts,
        reason=row["reason"],
    )
