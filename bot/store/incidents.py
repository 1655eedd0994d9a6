"""Incidents: a fact and the state it leads to are one transaction."""

import secrets
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.errors import StoreError
from bot.incident import Entry, Fact, Incident, IncidentKey, Person, advance
from bot.incident.timeline import Opened
from bot.store import rows
from bot.store.history import read_state
from bot.store.jobs import Clock
from bot.store.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """Who says it, with what link, as rows hold it."""

    by: str
    person: Person
    link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """Where a joined fact goes when an incident of its own would be one too many.

    At most `most` incidents open from `since` on, the storm's own among them. A key that is in an
    open storm stays in it.
    """

    key: IncidentKey
    most: int
    since: datetime
    opened: Callable[[int], Opened]


class Incidents:
    """Adds to the timeline, and keeps what folds from it: the incidents as they are now."""

    def __init__(self, *, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    def open_or_join(
        self,
        *,
        key: IncidentKey,
        since: datetime,
        opened: Callable[[int], Opened],
        joined: Fact,
        by: Person,
        once: str | None,
        link: str | None = None,
        storm: Storm | None = None,
    ) -> tuple[Incident, bool]:
        """Join the open incident of that key, or open one, or the storm's."""
        text, earliest, said = rows.dumped(key), rows.stamp(since), _said(by, link)

        def work(connection: sqlite3.Connection) -> tuple[Incident, bool]:
            before = _recalled(connection, scope="", once=once)
            if before is not None:
                return _state(connection, before["incident"]), bool(before["opened"])
            found, is_new = _open_of(connection, text, earliest), False
            if found is None and storm:
                found, is_new = self._in_storm(connection, storm, text, earliest, said)
            if found is None:
                incident, is_new = self._open(connection, opened, said), True
            else:
                incident = self._add(connection, found, (joined,), said)
            _remember(connection, incident, scope="", once=once, opened=is_new)
            return incident, is_new

        return self._writer.do(work)

    def append(
        self,
        incident: str,
        facts: Sequence[Fact],
        *,
        by: Person,
        once: str | None,
        link: str | None,
    ) -> Incident:
        """Add facts to an incident's timeline and advance its state."""
        said = _said(by, link)

        def work(connection: sqlite3.Connection) -> Incident:
            state = _state(connection, incident)
            if _recalled(connection, scope=incident, once=once) is not None:
                return state
            state = self._add(connection, state, facts, said)
            _remember(connection, state, scope=incident, once=once, opened=False)
            return state

        return self._writer.do(work)

    def _in_storm(
        self,
        connection: sqlite3.Connection,
        storm: Storm,
        key: str,
        earliest: str,
        said: _Said,
    ) -> tuple[Incident | None, bool]:
        """The storm that this key is in, or goes into because too many opened; True for a new one.

        None, and False, where the key may have an incident of its own.
        """
        member = f"member:{key}"
        found = _open_of(connection, rows.dumped(storm.key), earliest)
        if found and _recalled(connection, scope=found.id, once=member) is not None:
            return found, False
        row = connection.execute(
            "select id, state from incident order by number desc limit 1 offset ?",
            (storm.most - 2,),  # one channel is left for the storm itself
        ).fetchone()
        if row is None or read_state(row).opened_at < storm.since:
            return None, False
        joined = found or self._open(connection, storm.opened, said)
        _remember(connection, joined, scope=joined.id, once=member, opened=False)
        return joined, found is None

    def _open(
        self, connection: sqlite3.Connection, opened: Callable[[int], Opened], said: _Said
    ) -> Incident:
        (last,) = connection.execute("select coalesce(max(number), 0) from incident").fetchone()
        fact = opened(last + 1)
        entry, text = self._entry(connection, _new_id(connection), fact, said)
        incident = advance(None, entry)
        key = rows.dumped(incident.key)
        connection.execute(
            "insert into incident(id, number, key, opened_key, open, room, updated_at, state)"
            " values (?, ?, ?, ?, 1, null, ?, ?)",
            (incident.id, incident.number, key, key, rows.stamp(entry.at), rows.dumped(incident)),
        )
        _insert(connection, entry, text, said)
        return incident

    def _add(
        self,
        connection: sqlite3.Connection,
        state: Incident,
        facts: Sequence[Fact],
        said: _Said,
    ) -> Incident:
        for fact in facts:
            entry, text = self._entry(connection, state.id, fact, said)
            try:
                state = advance(state, entry)
            except ValueError as error:
                raise StoreError(f"incident {state.id} cannot take this fact: {error}") from error
            _insert(connection, entry, text, said)
        connection.execute(
            "update incident set key = ?, open = ?, room = ?, updated_at = ?, state = ?"
            " where id = ?",
            (
                rows.dumped(state.key),
                int(state.is_open),
                state.room,
                rows.stamp(state.updated_at),
                rows.dumped(state),
                state.id,
            ),
        )
        return state

    def _entry(
        self, connection: sqlite3.Connection, incident: str, fact: Fact, said: _Said
    ) -> tuple[Entry, str]:
        """The next entry, its fact exactly as it will be read again, and the fact's text."""
        (last,) = connection.execute("select coalesce(max(seq), 0) from timeline").fetchone()
        text, fact = rows.kept(fact)
        at = rows.moment(rows.stamp(self._clock()))
        entry = Entry(
            seq=last + 1, incident=incident, at=at, by=said.person, fact=fact, link=said.link
        )
        return entry, text


def _said(by: Person, link: str | None) -> _Said:
    text, person = rows.kept(by)
    return _Said(by=text, person=person, link=None if link is None else rows.clean(link))


def _insert(connection: sqlite3.Connection, entry: Entry, text: str, said: _Said) -> None:
    kind = type(entry.fact).__name__
    connection.execute(
        "insert into timeline(seq, incident, at, by, kind, fact, link)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        (entry.seq, entry.incident, rows.stamp(entry.at), said.by, kind, text, entry.link),
    )


def _new_id(connection: sqlite3.Connection) -> str:
    while True:
        id_ = secrets.token_hex(4)
        if connection.execute("select 1 from incident where id = ?", (id_,)).fetchone() is None:
            return id_


def _state(connection: sqlite3.Connection, incident: str) -> Incident:
    row = connection.execute("select id, state from incident where id = ?", (incident,)).fetchone()
    if row is None:
        raise StoreError(f"no incident {incident!r} is in the store")
    return read_state(row)


def _open_of(connection: sqlite3.Connection, key: str, earliest: str) -> Incident | None:
    """The newest open incident of that key that was touched since."""
    row = connection.execute(
        "select id, state from incident where open = 1 and (key = ? or opened_key = ?)"
        " and updated_at >= ? order by number desc limit 1",
        (key, key, earliest),
    ).fetchone()
    return None if row is None else read_state(row)


def _recalled(
    connection: sqlite3.Connection, *, scope: str, once: str | None
) -> sqlite3.Row | None:
    """What was done when this `once` came first."""
    if once is None:
        return None
    row: sqlite3.Row | None = connection.execute(
        "select incident, opened from redelivery where scope = ? and once = ?",
        (scope, rows.clean(once)),
    ).fetchone()
    return row


def _remember(
    connection: sqlite3.Connection,
    incident: Incident,
    *,
    scope: str,
    once: str | None,
    opened: bool,
) -> None:
    if once is not None:
        connection.execute(
            "insert into redelivery(scope, once, at, incident, opened) values (?, ?, ?, ?, ?)",
            (scope, rows.clean(once), rows.stamp(incident.updated_at), incident.id, int(opened)),
        )
