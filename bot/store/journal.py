"""The work journal: steps that are done once, whatever dies in between.

A step is known by its incident and its name, never by its position, so that a new version may
add steps to an incident under way. The chat is never atomic with the journal, so a write to it
leaves an intent first; an intent without a result is looked up before the write is repeated.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from bot.errors import ChatError, StoreError
from bot.store import rows
from bot.store.connections import Readers
from bot.store.writer import Writer

Outcome = TypeVar("Outcome")
"""A JSON value; the journal hands it back as JSON does, so a tuple comes back as a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What the journal holds of a step: since when it is meant, and its result once done."""

    begun_at: datetime
    result: str | None


class Journal:
    """Durable steps. Two threads never work on the same step at once."""

    def __init__(self, *, writer: Writer, readers: Readers, settle: float) -> None:
        self._writer = writer
        self._readers = readers
        self._settle = settle
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._turns: dict[tuple[str, str], list[threading.Lock]] = {}

    def recall(self, incident: str, step: str) -> rows.Json | None:
        """The recorded result of a step, if it was done."""
        kept = self._load(rows.clean(incident), rows.clean(step))
        return None if kept is None or kept.result is None else rows.from_json(kept.result)

    def once(self, incident: str, step: str, call: Callable[[], Outcome]) -> Outcome:
        """The recorded result, or that of `call`, recorded now.

        For steps that may be repeated if the process dies before the record: checks, readings.
        """
        incident, step = rows.clean(incident), rows.clean(step)
        with self._turn(incident, step):
            kept = self._load(incident, step)
            if kept is not None and kept.result is not None:
                return _outcome(kept.result)
            return self._record(incident, step, call())

    def write(
        self,
        incident: str,
        step: str,
        call: Callable[[], Outcome],
        look: Callable[[], Outcome | None],
    ) -> Outcome:
        """The recorded result, or that of `call`, which is never made twice.

        If an earlier `call` may have happened (its process died, or it raised an uncertain
        `ChatError`), `look` is asked first: what it finds is the result. If it finds nothing and
        the earlier call is younger than the store's `settle` seconds, it may still be on its way:
        then the journal waits and asks again before it repeats the call.

        Raises:
            ChatError: From `call` or `look`; after an uncertain one the step stays meant.
            StoreError: The store was closed while waiting.
        """
        incident, step = rows.clean(incident), rows.clean(step)
        with self._turn(incident, step):
            kept = self._load(incident, step)
            if kept is not None:
                if kept.result is not None:
                    return _outcome(kept.result)
                found = self._reconciled(kept, look)
                if found is not None:
                    return self._record(incident, step, found)
            self._mean(incident, step)
            return self._record(incident, step, self._called(incident, step, call, look))

    def close(self) -> None:
        """End every wait for a call that may be on its way."""
        self._closing.set()

    def _called(
        self,
        incident: str,
        step: str,
        call: Callable[[], Outcome],
        look: Callable[[], Outcome | None],
    ) -> Outcome:
        try:
            return call()
        except ChatError as error:
            if not error.uncertain:
                # It did not happen: the next attempt needs no look.
                self._withdraw(incident, step)
                raise
            found = _looked(look, error)
            if found is None:
                raise
            return found

    def _reconciled(self, kept: _Step, look: Callable[[], Outcome | None]) -> Outcome | None:
        """What an earlier call left behind; None only when it can no longer arrive."""
        found = look()
        # The wall's clock, not the injected one: the network does not run in simulated time.
        age = (datetime.now(UTC) - kept.begun_at).total_seconds()
        rest = min(self._settle, self._settle - age)
        if found is None and rest > 0:
            if self._closing.wait(rest):
                raise StoreError("the store was closed before the step could be looked up again")
            found = look()
        return found

    def _load(self, incident: str, step: str) -> _Step | None:
        with self._readers.reading() as connection:
            row = connection.execute(
                "select begun_at, result from step where incident = ? and step = ?",
                (incident, step),
            ).fetchone()
        if row is None:
            return None
        return _Step(begun_at=rows.moment(row["begun_at"]), result=row["result"])

    def _mean(self, incident: str, step: str) -> None:
        """Commit the intent; from here on the call may have happened."""
        self._execute(
            "insert into step(incident, step, begun_at) values (?, ?, ?)"
            " on conflict do update set begun_at = excluded.begun_at where result is null",
            incident,
            step,
            _now(),
        )

    def _withdraw(self, incident: str, step: str) -> None:
        self._execute(
            "delete from step where incident = ? and step = ? and result is null", incident, step
        )

    def _record(self, incident: str, step: str, result: Outcome) -> Outcome:
        text, now = rows.to_json(result), _now()
        self._execute(
            "insert into step(incident, step, begun_at, done_at, result) values (?, ?, ?, ?, ?)"
            " on conflict do update set done_at = excluded.done_at, result = excluded.result"
            " where result is null",
            incident,
            step,
            now,
            now,
            text,
        )
        return _outcome(text)

    def _execute(self, statement: str, *values: str) -> None:
        def work(connection: sqlite3.Connection) -> None:
            connection.execute(statement, values)

        self._writer.do(work)

    @contextmanager
    def _turn(self, incident: str, step: str) -> Iterator[None]:
        """Whoever comes second to a step waits for the first and finds its result."""
        name = (incident, step)
        with self._lock:
            # As many entries of one lock as it has users; the last one takes it away.
            users = self._turns.setdefault(name, [])
            lock = users[0] if users else threading.Lock()
            users.append(lock)
        try:
            with lock:
                yield
        finally:
            with self._lock:
                users.pop()
                if not users:
                    del self._turns[name]


def _looked(look: Callable[[], Outcome | None], error: ChatError) -> Outcome | None:
    """What is there already; not being able to look leaves the first error standing."""
    try:
        return look()
    except ChatError:
        raise error from None


def _outcome(text: str) -> Outcome:  # type: ignore[type-var]  # what was recorded is what `call` gave
    outcome: Outcome = rows.from_json(text)
    return outcome


def _now() -> str:
    return rows.stamp(datetime.now(UTC))
