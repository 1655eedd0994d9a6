"""What came in: raw deliveries, the alerts in them, and what could not be accepted."""

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from bot.errors import StoreError
from bot.incident import Alert, ChangeEvent
from bot.store import rows
from bot.store.connections import Readers
from bot.store.jobs import Jobs, NewJob
from bot.store.writer import Writer

ALERT = "alert"
"""The kind of job that each new alert gives; its payload names the alert."""

_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of one delivery: how many of its alerts and changes were new, how many known."""

    delivery: int
    new: int
    repeated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A delivery that could not be accepted, with the reason and the status it was answered."""

    id: int
    at: datetime
    sender: str
    reason: str
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Row:
    """An alert made ready in the caller's thread, so that the writer only writes."""

    ref: str
    id: str
    alert: str
    job: NewJob


class Inbox:
    """Writes a delivery, its alerts and their jobs in one transaction."""

    def __init__(self, *, writer: Writer, readers: Readers, jobs: Jobs) -> None:
        self._writer = writer
        self._readers = readers
        self._jobs = jobs

    def receive(
        self,
        *,
        sender: str,
        body: bytes,
        headers: Mapping[str, str],
        alerts: Sequence[Alert],
        changes: Sequence[ChangeEvent] = (),
    ) -> Future[Receipt]:
        """Hand a delivery to the writer; on the disk when the future resolves."""
        sender, told = rows.clean(sender), _told(headers)
        ready = [_ready(sender, alert) for alert in alerts]
        events = [_event(sender, change) for change in changes]

        def work(connection: sqlite3.Connection) -> Receipt:
            at = rows.stamp(self._jobs.clock())
            cursor = connection.execute(
                "insert into delivery(at, sender, headers, body) values (?, ?, ?, ?)",
                (at, sender, told, body),
            )
            delivery = cursor.lastrowid or 0
            new = sum(self._arrived(connection, row, delivery=delivery, at=at) for row in ready)
            new += sum(_told_of(connection, event, delivery=delivery) for event in events)
            repeated = len(ready) + len(events) - new
            return Receipt(delivery=delivery, new=new, repeated=repeated)

        future = self._writer.submit(work)
        future.add_done_callback(self._jobs.wake)
        return future

    def alert(self, ref: str) -> Alert:
        """The alert that a job's payload names (or, unambiguous or not, the sender's own id).

        Raises:
            StoreError: There is none.
        """
        ref = rows.clean(ref)
        with self._readers.reading() as connection:
            row = connection.execute(
                "select ref, alert from alert where ref = ? or id = ? order by ref = ? desc, ref",
                (ref, ref, ref),
            ).fetchone()
        if row is None:
            raise StoreError(f"no alert {ref!r} is in the store")
        return rows.loaded(Alert, row["alert"], where=f"alert {row['ref']!r}")

    def bury(
        self, *, sender: str, reason: str, status: int, body: bytes, headers: Mapping[str, str]
    ) -> int:
        """Keep a delivery that could not be accepted; returns the letter's number."""
        values = (rows.clean(sender), rows.clean(reason), status, _told(headers), body)

        def work(connection: sqlite3.Connection) -> int:
            cursor = connection.execute(
                "insert into dead_letter(at, sender, reason, status, headers, body)"
                " values (?, ?, ?, ?, ?, ?)",
                (rows.stamp(self._jobs.clock()), *values),
            )
            return cursor.lastrowid or 0

        return self._writer.do(work)

    def dead_letters(self, *, limit: int) -> list[DeadLetter]:
        """The newest dead letters, newest first."""
        with self._readers.reading() as connection:
            found = connection.execute(
                "select id, at, sender, reason, status, headers, body from dead_letter"
                " order by id desc limit ?",
                (limit,),
            ).fetchall()
        return [
            DeadLetter(
                id=row["id"],
                at=rows.moment(row["at"]),
                sender=row["sender"],
                reason=row["reason"],
                status=row["status"],
                headers=rows.from_json(row["headers"]),
                body=row["body"],
            )
            for row in found
        ]

    def _arrived(self, connection: sqlite3.Connection, row: _Row, *, delivery: int, at: str) -> int:
        """1 when the alert is new and has its job now, 0 when it is known."""
        known = connection.execute(
            "update alert set seen = seen + 1, last_at = ? where ref = ?", (at, row.ref)
        )
        if known.rowcount:
            return 0
        connection.execute(
            "insert into alert(ref, id, delivery, first_at, last_at, seen, alert)"
            " values (?, ?, ?, ?, ?, 1, ?)",
            (row.ref, row.id, delivery, at, at, row.alert),
        )
        self._jobs.add(connection, row.job, due=None)
        return 1


def _ready(sender: str, alert: Alert) -> _Row:
    text, alert = rows.kept(alert)
    ref = f"{sender}/{alert.id}"
    # One lane a key: the alerts of one incident are worked on in their order.
    key = hashlib.sha256(rows.dumped(alert.key).encode()).hexdigest()[:16]
    job = NewJob(kind=ALERT, payload=rows.to_json({"alert": ref}), lane=f"{ALERT}:{key}")
    return _Row(ref=ref, id=alert.id, alert=text, job=job)


def _event(sender: str, change: ChangeEvent) -> tuple[str, str, str, str]:
    text, change = rows.kept(change)
    return f"{sender}/{change.id}", sender, rows.stamp(change.time), text


def _told_of(
    connection: sqlite3.Connection, event: tuple[str, str, str, str], *, delivery: int
) -> int:
    """1 when the change is new, 0 when it is known; what was said first stands."""
    cursor = connection.execute(
        "insert into change(ref, sender, time, event, delivery) values (?, ?, ?, ?, ?)"
        " on conflict do nothing",
        (*event, delivery),
    )
    return cursor.rowcount


def _told(headers: Mapping[str, str]) -> str:
    """The headers worth keeping; what proves the sender is no evidence but a secret."""
    return rows.to_json(
        {name: value for name, value in headers.items() if name.lower() not in _SECRET_HEADERS}
    )
