"""The power fails: whatever was acknowledged is there when it comes back.

SIGKILL cannot tell, for then the kernel still writes what it was given.
"""

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

import pytest

from bot.store.connections import make_durable
from bot.store.writer import Writer

power = pytest.importorskip(
    "tests.store.power", reason="no apsw: the power-cut test did NOT run", exc_type=ImportError
)

WRITES = 300


def lost_at_power_cuts(tmp_path: Path, *, weaken: str = "") -> tuple[int, int]:
    """How many acknowledged writes 20 power cuts lose, each right after an acknowledgement."""
    disk = power.Disk(f"disk of {tmp_path}")
    connection = power.connect(tmp_path / "numbers.db", disk)
    assert make_durable(connection) == "wal"
    disk.sync_folder()  # as `opened_file` does
    if weaken:
        connection.execute(weaken)
    connection.execute("create table number(value integer primary key) strict")
    writer = Writer(connection, path=tmp_path / "numbers.db", batch=4)
    cuts: list[Path] = []
    acknowledged: list[int] = []

    def acknowledge(future: Future[int]) -> None:
        acknowledged.append(future.result())
        if len(acknowledged) % (WRITES // 20) == 0:
            folder = tmp_path / f"cut-{len(acknowledged)}"
            folder.mkdir()
            disk.after_power_cut(folder)
            cuts.append(folder)

    for number in range(WRITES):
        writer.submit(inserting(number)).add_done_callback(acknowledge)
    writer.close()

    assert len(cuts) == 20
    lost = 0
    for cut in cuts:
        promised = int(cut.name.removeprefix("cut-"))
        lost += len(set(range(promised)) - found(cut / "numbers.db"))
    return lost, disk.syncs


def inserting(value: int) -> Callable[[sqlite3.Connection], int]:
    def work(connection: sqlite3.Connection) -> int:
        connection.execute("insert into number values (?)", (value,))
        return value

    return work


def found(path: Path) -> set[int]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
        try:
            return {value for (value,) in connection.execute("select value from number")}
        except sqlite3.OperationalError:  # not even the table was on the disk
            return set()


def test_twenty_power_cuts_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    lost, syncs = lost_at_power_cuts(tmp_path)

    assert lost == 0
    assert syncs < WRITES


def test_the_same_cuts_lose_writes_when_commits_do_not_wait_for_the_disk(tmp_path: Path) -> None:
    lost, _ = lost_at_power_cuts(tmp_path, weaken="pragma synchronous = normal")

    assert lost > WRITES
