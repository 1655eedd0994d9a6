"""The door of the store: one file, one process, one writer."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.errors import StoreError
from bot.incident import Alert, ChangeEvent, Entry, Fact, Incident, IncidentKey, Person
from bot.incident.timeline import Opened
from bot.store import rows
from bot.store.backup import back_up
from bot.store.connections import Lock, Readers
from bot.store.history import History
from bot.store.inbox import ALERT, DeadLetter, Inbox, Receipt
from bot.store.incidents import Incidents, Storm
from bot.store.jobs import Clock, Job, Jobs, Limits, NewJob
from bot.store.journal import Journal
from bot.store.opening import opened_file
from bot.store.writer import Writer


def utcnow() -> datetime:
    """The wall's clock."""
    return datetime.now(UTC)


class Store:
    """Everything that must outlive the process; safe to use from any thread.

    Every writing method returns after its commit is on the disk.
    """

    def __init__(
        self,
        path: Path,
        *,
        lock: Lock,
        connection: sqlite3.Connection,
        clock: Clock,
        settle: float,
        limits: Limits,
    ) -> None:
        self.path = path
        self._lock = lock
        self._readers = Readers(path)
        self._writer = Writer(connection, path=path)
        self._jobs = Jobs(writer=self._writer, readers=self._readers, clock=clock, limits=limits)
        self._inbox = Inbox(writer=self._writer, readers=self._readers, jobs=self._jobs)
        self._incidents = Incidents(writer=self._writer, clock=clock)
        self._history = History(readers=self._readers)
        self.journal = Journal(writer=self._writer, readers=self._readers, settle=settle)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        clock: Clock = utcnow,
        settle: float = 10.0,
        attempts: int = 200,
        deaths: int = 20,
    ) -> Self:
        """Open or create the store.

        `settle` is how many seconds a call to the chat may take to land after its process died;
        a job is parked after `attempts` failures, or after its process died `deaths` times at work
        on it. What a dead process had taken waits again.

        Raises:
            StoreError: Another process has it, a newer version wrote it, or it is no store.
        """
        path = path.expanduser().resolve()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = Lock(path)
        except OSError as error:
            raise StoreError(f"{path} cannot be opened: {error.strerror or error}") from error
        try:
            connection = opened_file(path)
        except BaseException:
            lock.release()
            raise
        store = cls(
            path,
            lock=lock,
            connection=connection,
            clock=clock,
            settle=settle,
            limits=Limits(attempts=attempts, deaths=deaths),
        )
        try:
            store._jobs.recover()
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Write what was handed in, then let the file go; closing twice is harmless."""
        self._jobs.close()
        self.journal.close()
        # The readers first: the last connection to close empties the log into the file.
        self._readers.close()
        self._writer.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def commits(self) -> int:
        """How many commits this process has made; fewer than writes when they come in groups."""
        return self._writer.commits

    def backup(self, path: Path) -> None:
        """Write a whole, compact copy of the store to a file that does not exist yet.

        Raises:
            StoreError: The file exists, or cannot be written.
        """
        back_up(self.path, path.expanduser().resolve())

    # The inbox.

    def receive(
        self,
        *,
        sender: str,
        body: bytes,
        headers: Mapping[str, str],
        alerts: Sequence[Alert],
        changes: Sequence[ChangeEvent] = (),
    ) -> Receipt:
        """Keep a delivery, its alerts, and one job (kind `alert`) for each alert that is new.

        The job's payload is `{"alert": ref}`; `alert(ref)` gives the alert, and `ref` is what
        `open_or_join` takes as `once`. A repeat of an alert or a change is only counted.
        """
        return self._inbox.receive(
            sender=sender, body=body, headers=headers, alerts=alerts, changes=changes
        ).result()

    def changes(self, *, sender: str | None = None) -> tuple[ChangeEvent, ...]:
        """The newest changes that senders told of, oldest first; of one sender, or of all."""
        return self._history.changes(sender=sender)

    def alert(self, id: str) -> Alert:  # noqa: A002 - the noun's own word
        """The alert that a job's payload names.

        Raises:
            StoreError: There is none.
        """
        return self._inbox.alert(id)

    def bury(
        self, *, sender: str, reason: str, status: int, body: bytes, headers: Mapping[str, str]
    ) -> int:
        """Keep a delivery that could not be accepted; returns the letter's number."""
        return self._inbox.bury(
            sender=sender, reason=reason, status=status, body=body, headers=headers
        )

    def dead_letters(self, *, limit: int = 1000) -> list[DeadLetter]:
        """The newest dead letters, newest first."""
        return self._inbox.dead_letters(limit=limit)

    def waiting(self) -> int:
        """How many alerts are not worked through yet."""
        return self._jobs.waiting(ALERT)

    # Incidents.

    def open_or_join(
        self,
        *,
        key: IncidentKey,
        since: datetime,
        opened: Callable[[int], Opened],
        joined: Fact,
        by: Person,
        once: str | None = None,
        link: str | None = None,
        storm: Storm | None = None,
    ) -> tuple[Incident, bool]:
        """Join the open incident of that key, or open one; True when it was opened.

        An incident that was touched before `since` is not joined. With `storm`, one too many is
        not opened: what is joined goes into the storm's. `opened` gets the new number and must not
        use the store. The same `once` again gives the same answer (the incident as it is now) and
        changes nothing.
        """
        return self._incidents.open_or_join(
            key=key, since=since, opened=opened, joined=joined, by=by, once=once, link=link,
            storm=storm,
        )  # fmt: skip

    def append(
        self,
        incident: str,
        *facts: Fact,
        by: Person,
        once: str | None = None,
        link: str | None = None,
    ) -> Incident:
        """Add facts to an incident's timeline, all or none; returns the state they lead to.

        The same `once` again (within the incident) changes nothing.

        Raises:
            StoreError: There is no such incident, or a fact cannot follow what happened.
        """
        return self._incidents.append(incident, facts, by=by, once=once, link=link)

    def incident(self, id: str) -> Incident | None:  # noqa: A002 - the noun's own word
        """The incident of that id."""
        return self._history.incident(id)

    def incident_in_room(self, room: str) -> Incident | None:
        """The newest incident of that channel."""
        return self._history.in_room(room)

    def open_of(self, key: IncidentKey) -> tuple[Incident, ...]:
        """The open incidents of that key: its own, or the storm that took it in."""
        return self._history.open_of(key)

    def incidents(self, *, open_only: bool = True, limit: int = 100) -> tuple[Incident, ...]:
        """The newest incidents, newest first."""
        return self._history.incidents(open_only=open_only, limit=limit)

    def timeline(self, id: str) -> tuple[Entry, ...]:  # noqa: A002 - the noun's own word
        """Every entry of an incident, in order; empty when there is no such incident."""
        return self._history.timeline(id)

    # Jobs and timers.

    def enqueue(
        self,
        kind: str,
        payload: rows.Json,
        *,
        lane: str,
        key: str | None = None,
        due: datetime | None = None,
        remember: bool = False,
    ) -> bool:
        """Add a job; False when its key is there already.

        Jobs of one lane never run at once. A key is taken while its job waits (not while it runs,
        so that a change seen too late is not lost); the earlier of the two due times counts. With
        `remember` it is taken for ever: a redelivery is recognised however late it comes.
        """
        job = NewJob(
            kind=rows.clean(kind),
            payload=rows.to_json(payload),
            lane=rows.clean(lane),
            key=None if key is None else rows.clean(key),
            remember=remember,
        )
        return self._jobs.enqueue(job, due=due)

    def take(self) -> Job | None:
        """The oldest due job whose lane is free; it is yours until you finish or fail it."""
        return self._jobs.take()

    def finish(self, job: Job) -> None:
        """The job is done and never taken again."""
        self._jobs.finish(job)

    def fail(self, job: Job, *, reason: str, retry_at: datetime | None) -> bool:
        """Try the job again at `retry_at`; None, or too many attempts, parks it (True)."""
        return self._jobs.fail(job, reason=reason, retry_at=retry_at)

    def wait(self, timeout: float) -> bool:
        """Sleep until a job can be taken (True), at most `timeout` seconds."""
        return self._jobs.wait(timeout)

    def parked(self) -> list[Job]:
        """The jobs that were given up, each with its reason."""
        return self._jobs.parked()

    def unpark(self, id: int) -> bool:  # noqa: A002 - the noun's own word
        """Let a parked job run again from its first attempt; False when there is none."""
        return self._jobs.unpark(id)
