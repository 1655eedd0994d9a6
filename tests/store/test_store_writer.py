"""The writer commits in groups, and one that fails harms no other."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store.connections import connect_writer
from bot.store.writer import Writer


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    path = tmp_path / "numbers.db"
    connection = connect_writer(path)
    connection.execute("create table number(value integer primary key) strict")
    writer = Writer(connection, path=path)
    yield writer
    writer.close()


class Held:
    """Keeps the writer busy, so that what is handed in meanwhile becomes one group."""

    def __init__(self, writer: Writer) -> None:
        self._go = threading.Event()
        self._busy = threading.Event()
        self._future = writer.submit(self._work)
        self._busy.wait()

    def release(self) -> None:
        self._go.set()
        self._future.result()

    def _work(self, _: sqlite3.Connection) -> None:
        self._busy.set()
        self._go.wait()


def insert(connection: sqlite3.Connection, value: int) -> int:
    connection.execute("insert into number values (?)", (value,))
    return value


def inserting(value: int) -> Callable[[sqlite3.Connection], int]:
    return lambda connection: insert(connection, value)


def pragma(name: str) -> Callable[[sqlite3.Connection], object]:
    return lambda connection: connection.execute(f"pragma {name}").fetchone()[0]


def numbers(writer: Writer) -> list[int]:
    return [
        value for (value,) in writer.do(lambda c: c.execute("select value from number").fetchall())
    ]


def test_what_comes_during_a_commit_shares_the_next_one(writer: Writer) -> None:
    held = Held(writer)

    futures = [writer.submit(inserting(n)) for n in range(200)]
    held.release()

    assert [future.result() for future in futures] == list(range(200))
    assert writer.commits == 2
    assert numbers(writer) == list(range(200))


def test_a_group_has_an_upper_size(writer: Writer) -> None:
    held = Held(writer)

    futures = [writer.submit(inserting(n)) for n in range(600)]
    held.release()

    for future in futures:
        future.result()
    assert 3 <= writer.commits <= 5


def test_a_future_resolves_only_after_its_commit(writer: Writer, tmp_path: Path) -> None:
    held = Held(writer)
    seen: list[int] = []

    def look(_: object) -> None:
        other = sqlite3.connect(tmp_path / "numbers.db")
        seen.extend(value for (value,) in other.execute("select value from number"))
        other.close()

    future = writer.submit(inserting(7))
    future.add_done_callback(look)
    writer.submit(inserting(8))
    held.release()
    writer.do(lambda _: None)

    assert seen == [7, 8]


def test_one_that_fails_leaves_the_others_and_none_of_itself(writer: Writer) -> None:
    def half(connection: sqlite3.Connection) -> None:
        insert(connection, 2)
        raise LookupError("half way")

    held = Held(writer)

    first = writer.submit(inserting(1))
    broken = writer.submit(half)
    twice = writer.submit(inserting(1))
    last = writer.submit(inserting(3))
    held.release()

    assert (first.result(), last.result()) == (1, 3)
    with pytest.raises(LookupError, match="half way"):
        broken.result()
    with pytest.raises(StoreError, match="refuses a value: UNIQUE"):
        twice.result()
    assert numbers(writer) == [1, 3]


def test_one_that_ends_the_transaction_takes_no_other_with_it(writer: Writer) -> None:
    def full(connection: sqlite3.Connection) -> None:
        insert(connection, 2)
        # As SQLite does by itself when the disk is full.
        connection.execute("rollback")
        raise sqlite3.OperationalError("database or disk is full")

    held = Held(writer)

    first = writer.submit(inserting(1))
    broken = writer.submit(full)
    last = writer.submit(inserting(3))
    held.release()

    assert (first.result(), last.result()) == (1, 3)
    with pytest.raises(StoreError, match=r"disk is full.*look at the free space"):
        broken.result()
    assert numbers(writer) == [1, 3]


def test_a_full_file_refuses_with_words_and_works_again_with_space(writer: Writer) -> None:
    writer.do(lambda c: c.execute("create table heap(bytes blob) strict"))
    writer.do(lambda c: c.execute("pragma max_page_count = 8"))

    with pytest.raises(StoreError, match="full"):
        writer.do(lambda c: c.execute("insert into heap values (zeroblob(1000000))"))
    writer.do(lambda c: c.execute("pragma max_page_count = 100000"))
    writer.do(lambda c: c.execute("insert into heap values (zeroblob(1000000))"))

    assert writer.do(lambda c: c.execute("select count(*) from heap").fetchone()[0]) == 1


def test_a_write_inside_a_write_is_refused_instead_of_waiting_for_ever(writer: Writer) -> None:
    with pytest.raises(StoreError, match="write inside a write"):
        writer.do(lambda _: writer.do(inserting(1)))


def test_what_was_handed_in_before_the_end_is_written_and_nothing_after(tmp_path: Path) -> None:
    path = tmp_path / "end.db"
    connection = connect_writer(path)
    connection.execute("create table number(value integer primary key) strict")
    writer = Writer(connection, path=path)
    futures = [writer.submit(inserting(n)) for n in range(50)]

    writer.close()
    writer.close()

    assert all(future.done() for future in futures)
    with pytest.raises(StoreError, match=r"end\.db is closed"):
        writer.do(inserting(99))


def test_the_writing_connection_survives_a_power_cut_by_its_settings(writer: Writer) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}

    found = {name: writer.do(pragma(name)) for name in wanted}

    assert found == wanted
