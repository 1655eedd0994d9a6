"""How the file came to its shape, one function a step; a step that was released never changes.

Imported only when a step is pending.
"""

import sqlite3
from collections.abc import Mapping, Sequence

from sqlite_utils import Database, Migrations
from sqlite_utils.db import ForeignKey

from bot.store import schema

migrations = Migrations(schema.SET)


def migrate(connection: sqlite3.Connection) -> None:
    """Apply what is pending, each step with its record in one transaction."""
    # Plugins of the environment have no business in our file.
    migrations.apply(Database(connection, execute_plugins=False))


@migrations()
def first_tables(db: Database) -> None:
    """Inbox, incidents with their timeline, journal and jobs."""
    _inbox(db)
    _incidents(db)
    _journal(db)
    _jobs(db)


@migrations()
def received_changes(db: Database) -> None:
    """Change events that senders told of."""
    _create(
        db,
        "change",
        {"ref": str, "delivery": int, "sender": str, "time": str, "event": str},
        pk="ref",
        foreign_keys=[("delivery", "delivery", "id")],
    )
    db.table("change").create_index(["time"])


def _inbox(db: Database) -> None:
    _create(
        db,
        "delivery",
        {"id": int, "at": str, "sender": str, "headers": str, "body": bytes},
        pk="id",
    )
    _create(
        db,
        "alert",
        {
            "ref": str,
            "id": str,
            "delivery": int,
            "first_at": str,
            "last_at": str,
            "seen": int,
            "alert": str,
        },
        pk="ref",
        foreign_keys=[("delivery", "delivery", "id")],
    )
    db.table("alert").create_index(["id"])
    _create(
        db,
        "dead_letter",
        {
            "id": int,
            "at": str,
            "sender": str,
            "reason": str,
            "status": int,
            "headers": str,
            "body": bytes,
        },
        pk="id",
    )


def _incidents(db: Database) -> None:
    _create(
        db,
        "incident",
        {
            "id": str,
            "number": int,
            "key": str,
            "opened_key": str,
            "open": int,
            "room": str,
            "updated_at": str,
            "state": str,
        },
        pk="id",
        optional=("room",),
    )
    db.table("incident").create_index(["number"], unique=True)
    db.table("incident").create_index(["room"])
    db.execute("create index incident_key on incident(key) where open = 1")
    db.execute("create index incident_opened_key on incident(opened_key) where open = 1")
    _create(
        db,
        "timeline",
        {
            "seq": int,
            "incident": str,
            "at": str,
            "by": str,
            "kind": str,
            "fact": str,
            "link": str,
        },
        pk="seq",
        optional=("link",),
        foreign_keys=[("incident", "incident", "id")],
    )
    db.table("timeline").create_index(["incident", "seq"])
    schema.guard(db.conn)
    _create(
        db,
        "redelivery",
        {"scope": str, "once": str, "at": str, "incident": str, "opened": int},
        pk=("scope", "once"),
        foreign_keys=[("incident", "incident", "id")],
    )


def _journal(db: Database) -> None:
    _create(
        db,
        "step",
        {"incident": str, "step": str, "begun_at": str, "done_at": str, "result": str},
        pk=("incident", "step"),
        optional=("done_at", "result"),
    )


def _jobs(db: Database) -> None:
    _create(
        db,
        "job",
        {
            "id": int,
            "kind": str,
            "payload": str,
            "lane": str,
            "key": str,
            "remember": int,
            "state": str,
            "due": str,
            "attempts": int,
            "deaths": int,
            "reason": str,
            "at": str,
        },
        pk="id",
        optional=("key",),
    )
    db.execute("create index job_due on job(due, id) where state = 'waiting'")
    db.execute("create index job_taken on job(lane) where state = 'taken'")
    db.execute("create index job_kind on job(kind) where state in ('waiting', 'taken')")
    # A key is taken while its job waits; with `remember`, for ever.
    db.execute("create unique index job_key on job(key) where remember = 0 and state = 'waiting'")
    db.execute("create unique index job_remembered on job(key) where remember = 1")


def _create(
    db: Database,
    name: str,
    columns: Mapping[str, type],
    *,
    pk: str | tuple[str, ...],
    optional: Sequence[str] = (),
    foreign_keys: Sequence[tuple[str, str, str]] = (),
) -> None:
    """A strict table of which every column is filled; `team_id` is for a second workspace."""
    db.table(name).create(
        {**columns, "team_id": str},
        pk=pk,
        not_null={column for column in (*columns, "team_id") if column not in optional},
        defaults={"team_id": ""},
        foreign_keys=[
            ForeignKey(name, column, table, other) for column, table, other in foreign_keys
        ],
        strict=True,
    )
