"""What is known of incidents, read only: by the bot, and beside it."""

import sqlite3
from pathlib import Path

from bot.errors import StoreError
from bot.incident import ChangeEvent, Entry, Incident, IncidentKey
from bot.store import rows
from bot.store.connections import Readers


class History:
    """The incidents as they are now, and their timelines."""

    def __init__(self, *, readers: Readers) -> None:
        self._readers = readers

    def incident(self, id: str) -> Incident | None:  # noqa: A002 - the noun's own word
        """The incident of that id."""
        return self._one("select id, state from incident where id = ?", rows.clean(id))

    def in_room(self, room: str) -> Incident | None:
        """The newest incident of that channel."""
        return self._one(
            "select id, state from incident where room = ? order by number desc", rows.clean(room)
        )

    def incidents(self, *, open_only: bool, limit: int) -> tuple[Incident, ...]:
        """The newest incidents, newest first."""
        with self._readers.reading() as connection:
            found = connection.execute(
                "select id, state from incident where open >= ? order by number desc limit ?",
                (int(open_only), limit),
            ).fetchall()
        return tuple(read_state(row) for row in found)

    def timeline(self, id: str) -> tuple[Entry, ...]:  # noqa: A002 - the noun's own word
        """Every entry of an incident, in order."""
        with self._readers.reading() as connection:
            found = connection.execute(
                "select * from timeline where incident = ? order by seq", (rows.clean(id),)
            ).fetchall()
        return tuple(rows.entry(dict(row)) for row in found)

    def open_of(self, key: IncidentKey) -> tuple[Incident, ...]:
        """The open incidents of that key: its own, or the storm that took it in."""
        text = rows.dumped(key)
        with self._readers.reading() as connection:
            found = connection.execute(
                "select id, state from incident where open = 1 and (key = ? or opened_key = ? or"
                " exists (select 1 from redelivery where scope = incident.id and once = ?))"
                " order by number desc",
                (text, text, f"member:{text}"),
            ).fetchall()
        return tuple(read_state(row) for row in found)

    def changes(self, *, sender: str | None = None, limit: int = 10_000) -> tuple[ChangeEvent, ...]:
        """The newest changes that senders told of, oldest first; of one sender, or of all."""
        with self._readers.reading() as connection:
            found = connection.execute(
                "select ref, event from change where ? in ('', sender)"
                " order by time desc, ref desc limit ?",
                (rows.clean(sender or ""), limit),
            ).fetchall()
        read = (rows.loaded(ChangeEvent, row["event"], where=row["ref"]) for row in found)
        return tuple(reversed(list(read)))

    def _one(self, query: str, value: str) -> Incident | None:
        with self._readers.reading() as connection:
            row = connection.execute(query, (value,)).fetchone()
        return None if row is None else read_state(row)


class Archive(History):
    """The same from a store's file, also while the bot that owns it is running; writes nothing.

    Raises:
        StoreError: There is no store at that path.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise StoreError(f"there is no store at {path}; set store.path to the bot's")
        super().__init__(readers=Readers(path))

    def close(self) -> None:
        """Let go of the file."""
        self._readers.close()


def read_state(row: sqlite3.Row) -> Incident:
    """The incident that a row with `id` and `state` holds."""
    return rows.loaded(Incident, row["state"], where=f"incident {row['id']}")
