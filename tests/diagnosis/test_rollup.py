"""The rollup: equal to counting again, whatever came late, and enough for a diagnosis."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bot.checks import CHECKS
from bot.diagnosis import examine
from bot.diagnosis.rolled import (
    NEED_ROWS,
    diagnose_rollup,
    examine_rollup,
    look_at_rollup,
    update_rollup,
)
from bot.errors import SourceError
from bot.profile.rolling import Rolled
from bot.profile.rollup import Hour
from bot.settings import Settings, read_settings
from bot.sources import open_sources
from bot.store.rollups import Rollups

START = datetime(2026, 3, 1, tzinfo=UTC)
ServeRows = Callable[..., None]


def update(settings: Settings, *, rebuild: bool = False) -> Rolled:
    with open_sources(settings) as sources:
        return update_rollup(settings, "delays", sources=sources, rebuild=rebuild)


def hours_of(settings: Settings) -> list[Hour]:
    shelf = Rollups.beside(settings.path(settings.store.path), "delays")
    found = list(shelf.hours())
    shelf.close()
    return found


def same(one: list[Hour], other: list[Hour]) -> bool:
    """Counts to the row, sums to the last digits: they are added up in another order."""
    return len(one) == len(other) and all(
        (a.hour, a.print, a.ids) == (b.hour, b.print, b.ids)
        and np.array_equal(a.places, b.places)
        and np.array_equal(a.rows, b.rows)
        and np.array_equal(a.arrivals, b.arrivals)
        and np.allclose(a.sums, b.sums, rtol=1e-9, equal_nan=True)
        for a, b in zip(one, other, strict=True)
    )


@pytest.fixture
def settings(own_case: Path) -> Settings:
    return read_settings(own_case / "plummet.toml")


@pytest.fixture
def late_labels(own_case: Path) -> Callable[..., Settings]:
    """A log of ten days whose labels come hours after; `known` until when they are there."""
    words = (own_case / "plummet.toml").read_text("utf-8")
    words = words.replace('score = "score"', 'score = "score"\nlabel_time = "label_time"')
    (own_case / "plummet.toml").write_text(words, encoding="utf-8")

    def write(*, known: datetime, flipped: int | None = None) -> Settings:
        random = np.random.default_rng(3)
        rows = 5_000
        seconds = np.sort(random.uniform(0, 10 * 86_400, rows))
        times = [START + timedelta(seconds=float(s)) for s in seconds]
        late = random.uniform(1, 40, rows)
        came = [t + timedelta(hours=float(h)) for t, h in zip(times, late, strict=True)]
        label = random.integers(0, 2, rows)
        wrong = random.random(rows) < 0.1
        shown = np.where([c <= known for c in came], label, -1)
        if flipped is not None:
            shown[flipped] = 1 - shown[flipped]
        table = pa.table({
            "request_id": [f"r{i}" for i in range(rows)],
            "event_time": pa.array(times, pa.timestamp("us", tz="UTC")),
            "distance": random.normal(500, 100, rows),
            "carrier": random.choice(["AA", "DL"], rows),
            "region": random.choice(["eu", "us"], rows),
            "prediction": np.where(wrong, 1 - label, label),
            "score": random.random(rows),
            "label": pa.array([None if v < 0 else int(v) for v in shown], pa.int64()),
            "label_time": pa.array(
                [c if c <= known else None for c in came], pa.timestamp("us", tz="UTC")
            ),
        })  # fmt: skip
        for old in (own_case / "predictions").glob("*.parquet"):
            old.unlink()
        pq.write_table(table, own_case / "predictions" / "log.parquet")
        return read_settings(own_case / "plummet.toml")

    return write


def test_nothing_is_counted_twice(settings: Settings) -> None:
    first, second = update(settings), update(settings)

    assert first.rebuilt
    assert first.again == first.hours > 300
    assert (second.again, second.rebuilt) == (0, False)


def test_new_rows_and_late_rows_are_taken_in_and_equal_to_counting_again(
    settings: Settings, serve_rows: ServeRows
) -> None:
    update(settings)
    end = datetime(2026, 3, 14, tzinfo=UTC)
    serve_rows(settings.folder, start=end, end=end + timedelta(hours=3), rows=200, broken=True)
    late = end - timedelta(days=6, minutes=30)
    serve_rows(settings.folder, start=late, end=late + timedelta(hours=2), rows=30, broken=False)

    grown = update(settings)
    kept = hours_of(settings)
    frame = frame_of(settings)
    update_from_nothing(settings, frame_text=frame)

    assert not grown.rebuilt
    assert 4 <= grown.again <= 8
    assert same(kept, hours_of(settings))


def test_labels_that_come_late_are_taken_in_and_equal_to_counting_again(
    late_labels: Callable[..., Settings],
) -> None:
    settings = late_labels(known=START + timedelta(days=8))
    update(settings)
    settings = late_labels(known=START + timedelta(days=9))

    grown = update(settings)
    kept = hours_of(settings)
    update_from_nothing(settings, frame_text=frame_of(settings))

    assert 20 <= grown.again < grown.hours / 2
    assert same(kept, hours_of(settings))


def test_a_single_label_that_is_corrected_is_noticed(
    late_labels: Callable[..., Settings],
) -> None:
    update(late_labels(known=START + timedelta(days=20)))

    corrected = update(late_labels(known=START + timedelta(days=20), flipped=1_234))

    assert corrected.again == 1


def test_rows_that_are_gone_are_forgotten(settings: Settings, own_case: Path) -> None:
    update(settings)
    newest = max((own_case / "predictions").glob("*.parquet"))
    newest.unlink()

    left = update(settings)

    assert left.hours == len(hours_of(settings)) <= 12 * 24 + 1


def test_it_holds_what_the_scan_counts(settings: Settings) -> None:
    update(settings)

    with open_sources(settings) as sources:
        rolled = examine_rollup(settings, "delays", sources=sources)
        whole = examine(settings, "delays", sources=sources)

    assert rolled.rows.sum() == whole.rows.sum() == 14_000
    for name, column in whole.columns.items():
        assert rolled.columns[name].bins == column.bins
        by_hour = _by(column.series, whole.grid.width, whole.grid.origin, rolled.grid.origin)
        assert np.array_equal(rolled.columns[name].series[: len(by_hour)], by_hour)
    one = whole.tallies.confusion.sum(axis=0)
    assert np.array_equal(rolled.tallies.confusion.sum(axis=0), one)
    assert rolled.tallies.scores is not None
    assert whole.tallies.scores is not None
    assert np.array_equal(rolled.tallies.scores.sum(axis=0), whole.tallies.scores.sum(axis=0))
    for name, sums in whole.tallies.sums.items():
        assert rolled.tallies.sums[name].sum() == pytest.approx(sums.sum())


def _by(series: np.ndarray, width: int, origin: int, first: int) -> np.ndarray:
    """A series of finer buckets, by the hour."""
    hour = (origin + np.arange(len(series)) * width - first) // 3_600
    found = np.zeros((int(hour.max()) + 1, *series.shape[1:]), dtype=np.int64)
    np.add.at(found, hour, series)
    return found


def test_a_diagnosis_from_it_names_the_cause_of_the_whole_one(settings: Settings) -> None:
    update(settings)

    with open_sources(settings) as sources:
        diagnosis = diagnose_rollup(settings, "delays", sources=sources)
        look = look_at_rollup(settings, "delays", sources=sources)

    assert diagnosis.verdict == "degraded"
    assert diagnosis.best is not None
    assert diagnosis.best.cause == "missing_values"
    assert diagnosis.best.features == ("distance",)
    silent = {f.check for f in diagnosis.findings if "the whole log has to be read" in f.says}
    assert silent == NEED_ROWS
    assert [check for check, _ in groupby(f.check for f in diagnosis.findings)] == list(CHECKS)
    assert str(look).startswith("first look (from the rollup, all 14,000 rows up to 2026-03-")
    assert "largest movement: distance" in str(look)


def test_any_window_is_answered(settings: Settings) -> None:
    update(settings)
    since = datetime(2026, 3, 5, tzinfo=UTC)

    with open_sources(settings) as sources:
        asked = examine_rollup(
            settings, "delays", sources=sources, since=since, until=since + timedelta(days=2)
        )

    assert asked.start == since
    assert asked.rows_during == pytest.approx(12_000 * 2 / 12, rel=0.1)


def test_another_version_of_the_model_freezes_other_edges(
    late_labels: Callable[..., Settings], own_case: Path
) -> None:
    settings = late_labels(known=START + timedelta(days=20))
    words = (own_case / "plummet.toml").read_text("utf-8")
    words = words.replace('score = "score"', 'score = "score"\nmodel_version = "version"')
    (own_case / "plummet.toml").write_text(words, encoding="utf-8")
    settings = read_settings(own_case / "plummet.toml")
    file = own_case / "predictions" / "log.parquet"
    table = pq.read_table(file)

    def serve(versions: list[str]) -> Rolled:
        pq.write_table(table.append_column("version", pa.array(versions)), file)
        return update(settings)

    first = serve(["v1"] * 5_000)
    few = serve(["v1"] * 4_990 + ["v2"] * 10)
    most = serve(["v1"] * 4_000 + ["v2"] * 1_000)

    assert [first.rebuilt, few.rebuilt, most.rebuilt] == [True, False, True]


def test_without_one_it_says_how_to_make_it(settings: Settings) -> None:
    with (
        open_sources(settings) as sources,
        pytest.raises(SourceError, match="plummet rollup delays"),
    ):
        diagnose_rollup(settings, "delays", sources=sources)


def frame_of(settings: Settings) -> str:
    shelf = Rollups.beside(settings.path(settings.store.path), "delays")
    frame = shelf.frame()
    shelf.close()
    assert frame is not None
    return frame.to_json()


def update_from_nothing(settings: Settings, *, frame_text: str) -> None:
    """Count every hour again, with the same frozen edges."""
    from bot.profile.rolling import Frame  # noqa: PLC0415 - only here

    shelf = Rollups.beside(settings.path(settings.store.path), "delays")
    shelf.begin(Frame.from_json(frame_text))
    shelf.close()
    done = update(settings)
    assert done.again == done.hours
    assert not done.rebuilt
