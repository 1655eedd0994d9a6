"""The shape of the file: which migrations there are, and the guards of the timeline."""

import sqlite3

SET = "plummet"
MIGRATIONS: tuple[str, ...] = ("first_tables", "received_changes")
"""In order; kept here so that an up-to-date file opens without importing sqlite-utils (which
imports pandas where it is installed: two seconds)."""

GUARDS: tuple[str, ...] = ("timeline_no_update", "timeline_no_delete", "timeline_no_replace")
"""The triggers that make the timeline append-only; `table.transform()` would drop them."""

_NO_UPDATE = """
create trigger timeline_no_update before update on timeline
begin select raise(abort, 'the timeline is append-only'); end
"""
_NO_DELETE = """
create trigger timeline_no_delete before delete on timeline
begin select raise(abort, 'the timeline is append-only'); end
"""
# `insert or replace` fires no delete trigger unless recursive_triggers is on.
_NO_REPLACE = """
create trigger timeline_no_replace before insert on timeline
when exists (select 1 from timeline where seq = new.seq)
begin select raise(abort, 'the timeline is append-only'); end
"""


def guard(connection: sqlite3.Connection) -> None:
    """Make the timeline append-only; a migration that transforms it calls this again."""
    for trigger in (_NO_UPDATE, _NO_DELETE, _NO_REPLACE):
        connection.execute(trigger)
