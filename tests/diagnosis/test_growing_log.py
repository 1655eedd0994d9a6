"""One examination sees one log, however fast it grows and however many look at it at once."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from bot.diagnosis import examine, read_metric
from bot.settings import Settings, read_settings
from bot.sources import Sources, open_sources

ServeRows = Callable[..., None]


@pytest.fixture
def warehouse(own_case: Path) -> Settings:
    """The case as a database of views, which look for part files at every query."""
    with duckdb.connect(str(own_case / "w.duckdb")) as made:
        made.execute(f"CREATE VIEW log AS FROM read_parquet('{own_case}/predictions/*.parquet')")
    words = (own_case / "plummet.toml").read_text("utf-8")
    words = words.replace('url = "duckdb://"\npath = "."', 'url = "duckdb://w.duckdb"')
    words = words.replace('"predictions/*.parquet"', '"log"')
    (own_case / "plummet.toml").write_text(words, encoding="utf-8")
    return read_settings(own_case / "plummet.toml")


@contextmanager
def growing(folder: Path, serve_rows: ServeRows, *, end: datetime) -> Iterator[threading.Event]:
    """Part files appear one after the other, until the block ends."""
    enough, grown = threading.Event(), threading.Event()

    def write() -> None:
        for number in range(400):
            start = end + timedelta(hours=number)
            # Beside newer rows, older ones as well: a late part file.
            late = end - timedelta(days=40, hours=number)
            serve_rows(folder, start=start, end=start + timedelta(hours=1), rows=20, broken=True)
            serve_rows(folder, start=late, end=late + timedelta(hours=1), rows=20, broken=False)
            grown.set()
            if enough.is_set():
                return

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield grown
    finally:
        enough.set()
        thread.join()


def counted_rows(settings: Settings, sources: Sources, *, at: datetime | None = None) -> int:
    """The rows of an examination whose columns all count the same rows."""
    evidence = examine(settings, "delays", sources=sources, at=at)
    total = int(evidence.rows.sum())
    for column in evidence.columns.values():
        assert int(column.series.sum()) == total
    assert int(evidence.tallies.sums["rows"].sum()) == total
    assert evidence.tallies.confusion.sum() == total
    return total


@pytest.mark.parametrize("copied", [True, False], ids=["copied", "too large to copy"])
def test_an_examination_sees_one_log_while_part_files_arrive(
    warehouse: Settings, serve_rows: ServeRows, monkeypatch: pytest.MonkeyPatch, *, copied: bool
) -> None:
    if not copied:
        monkeypatch.setattr("bot.profile.engine.KEEP_VALUES", 0)
    end = datetime.fromisoformat((warehouse.folder / "at.txt").read_text())

    with open_sources(warehouse) as sources, growing(
        warehouse.folder, serve_rows, end=end
    ) as grown:  # fmt: skip
        grown.wait()
        if copied:
            seen = [counted_rows(warehouse, sources) for _ in range(3)]
        else:  # late rows of known hours may still come in between; nothing breaks
            seen = [int(examine(warehouse, "delays", sources=sources).rows.sum()) for _ in range(3)]

    assert seen == sorted(seen)
    assert seen[0] > 14_000


def test_a_metric_is_read_while_part_files_arrive(
    warehouse: Settings, serve_rows: ServeRows
) -> None:
    end = datetime.fromisoformat((warehouse.folder / "at.txt").read_text())

    with open_sources(warehouse) as sources, growing(
        warehouse.folder, serve_rows, end=end
    ) as grown:  # fmt: skip
        grown.wait()
        read = [
            read_metric(
                warehouse, "delays", sources=sources,
                start=end - timedelta(days=1), end=end + timedelta(days=30),
            )
            for _ in range(8)
        ]  # fmt: skip

    rows = [measure.rows for measure in read]
    assert rows == sorted(rows)
    assert rows[0] >= 2_020
    assert all(measure.value is not None for measure in read)


def test_several_at_once_see_what_one_alone_sees(case: Path) -> None:
    settings = read_settings(case / "plummet.toml")
    at = datetime.fromisoformat((case / "at.txt").read_text())
    day = timedelta(days=1)

    def look(number: int) -> tuple[float | None, int]:
        if number % 2:
            return None, counted_rows(settings, sources, at=at)
        measure = read_metric(settings, "delays", sources=sources, start=at - day, end=at)
        return measure.value, measure.rows

    with open_sources(settings) as sources:
        alone = [look(number) for number in range(2)]
    with open_sources(settings) as sources, ThreadPoolExecutor(6) as pool:
        together = list(pool.map(look, range(8), timeout=120))

    assert together == alone * 4


def test_sources_close_while_a_scan_runs_and_the_scan_ends_first(case: Path) -> None:
    settings = read_settings(case / "plummet.toml")
    at = datetime.fromisoformat((case / "at.txt").read_text())
    sources = open_sources(settings)

    with ThreadPoolExecutor(1) as pool:
        with sources.hold("files"):
            closing = pool.submit(sources.close)
            total = counted_rows(settings, sources, at=at)
        closing.result(timeout=30)

    assert total == 14_000


def test_two_scans_that_hold_two_sources_do_not_wait_for_each_other(case: Path) -> None:
    sources = open_sources(read_settings(case / "plummet.toml"))
    taken = []

    def hold(*names: str) -> None:
        for _ in range(200):
            with sources.hold(*names):
                taken.append(names)

    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(hold, "files", "changes"), pool.submit(hold, "changes", "files")]
        for job in jobs:
            job.result(timeout=30)

    assert len(taken) == 400
