"""The file: its shape, its lock, its copies."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.incident import PLUMMET
from bot.incident.timeline import SeveritySet
from bot.store import Store, migrations, schema
from tests.store.conftest import Desk

HOLD = """
import sys, pathlib
from bot.errors import StoreError
from bot.store import Store
try:
    store = Store.open(pathlib.Path(sys.argv[1]))
except StoreError as error:
    print(error, flush=True)
else:
    print("open", flush=True)
    sys.stdin.read()
    store.close()
"""

OPEN_AND_TELL = """
import sys, pathlib
from bot.store import Store
Store.open(pathlib.Path(sys.argv[1])).close()
print("sqlite_utils" in sys.modules, "pandas" in sys.modules)
"""


def holder(path: Path) -> subprocess.Popen[str]:
    """Another process that wants the store, and keeps it until its input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_what_was_written_is_there_when_it_is_opened_again(path: Path) -> None:
    with Store.open(path) as store:
        incident, _ = Desk(store).open()

    with Store.open(path) as store:
        assert store.incident(incident.id) == incident


def test_another_process_is_told_who_has_the_file_and_what_to_do(path: Path) -> None:
    with holder(path) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"

        with pytest.raises(StoreError) as caught:
            Store.open(path)

        other.communicate()
    words = str(caught.value)
    assert str(path) in words
    assert f"process {other.pid}" in words
    assert "stop that one first" in words
    Store.open(path).close()


def test_two_processes_that_make_the_file_at_once_do_not_harm_it(path: Path) -> None:
    pair = [holder(path), holder(path)]

    said = [other.communicate(timeout=60)[0] for other in pair]

    assert "open\n" in said
    assert all(words == "open\n" or "is in use" in words for words in said)
    with Store.open(path) as store:
        assert Desk(store).open()[1]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)


def test_the_same_process_cannot_open_it_twice(store: Store, path: Path) -> None:
    with pytest.raises(StoreError, match="is in use"):
        Store.open(path)

    assert store.waiting() == 0


def test_migrations_run_once_and_are_those_that_the_schema_lists(path: Path) -> None:
    Store.open(path).close()

    Store.open(path).close()

    with closing(sqlite3.connect(path)) as connection:
        applied = connection.execute("select name from _sqlite_migrations order by id").fetchall()
    assert tuple(name for (name,) in applied) == schema.MIGRATIONS
    assert tuple(step.name for step in migrations.migrations._migrations) == schema.MIGRATIONS


def test_a_file_that_is_up_to_date_opens_without_the_slow_import(path: Path) -> None:
    Store.open(path).close()

    told = subprocess.run(
        [
            sys.executable,
            "-c",
            OPEN_AND_TELL,
            str(path),
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout == "False False\n"


def test_every_table_is_strict_and_keeps_a_team(path: Path) -> None:
    Store.open(path).close()

    with closing(sqlite3.connect(path)) as connection:
        made = {
            name: text
            for name, text in connection.execute(
                "select name, sql from sqlite_master where type = 'table'"
            )
            if not name.startswith(("_", "sqlite_"))
        }
    assert len(made) == 9
    assert all("STRICT" in text and '"team_id" TEXT NOT NULL' in text for text in made.values())


def test_a_file_of_a_newer_version_is_refused(path: Path) -> None:
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "insert into _sqlite_migrations(migration_set, name, applied_at)"
            " values ('plummet', 'from_the_future', '')"
        )
        connection.commit()

    with pytest.raises(StoreError, match=r"newer version.*from_the_future"):
        Store.open(path)


@pytest.mark.parametrize("name", schema.GUARDS)
def test_a_file_without_its_guards_is_refused(path: Path, name: str) -> None:
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"drop trigger {name}")

    with pytest.raises(StoreError, match=f"not append-only any more.*{name}"):
        Store.open(path)


def test_a_file_that_is_no_store_is_left_alone(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 500)

    with pytest.raises(StoreError, match="cannot be opened as a store"):
        Store.open(path)

    assert path.read_bytes() == b"Dear diary, " * 500


def test_a_place_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(tmp_path / "file" / "plummet.db")
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(tmp_path)


def test_a_failed_opening_lets_the_file_go(path: Path) -> None:
    path.write_bytes(b"no database" * 500)
    with pytest.raises(StoreError):
        Store.open(path)
    path.unlink()

    Store.open(path).close()


def test_a_backup_made_during_work_is_a_whole_store(
    store: Store, desk: Desk, tmp_path: Path
) -> None:
    incident, _ = desk.open()
    store.append(incident.id, SeveritySet(severity="sev1"), by=PLUMMET)

    store.backup(tmp_path / "copy.db")
    store.append(incident.id, SeveritySet(severity="sev4"), by=PLUMMET)

    with Store.open(tmp_path / "copy.db") as copy:
        copied = copy.incident(incident.id)
        assert copied is not None
        assert copied.severity == "sev1"
        assert copy.append(incident.id, SeveritySet(severity="sev2"), by=PLUMMET).number == 1


def test_a_backup_overwrites_nothing_and_says_so(store: Store, path: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="exists"):
        store.backup(path)
    with pytest.raises(StoreError, match="no backup of"):
        store.backup(tmp_path / "nowhere" / "copy.db")

    assert store.waiting() == 0


def test_readers_cannot_write(store: Store) -> None:
    with (
        pytest.raises(StoreError, match="readonly"),
        store._readers.reading() as connection,
    ):
        connection.execute("delete from job")


def test_a_closed_store_says_so(path: Path) -> None:
    store = Store.open(path)
    store.close()
    store.close()

    with pytest.raises(StoreError, match="is closed"):
        store.take()
    with pytest.raises(StoreError, match="is closed"):
        store.incidents()
