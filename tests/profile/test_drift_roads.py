"""The drift part from files in memory, held against the same asked of a database."""

from datetime import UTC, datetime
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest

from bot.errors import SourceError
from bot.profile.asked_drift import ask_drift
from bot.profile.drift_part import DriftPart
from bot.profile.engine import Engine
from bot.profile.read_drift import read_drift
from bot.settings import ModelSettings

ROWS, UNDATED = 4_000, 500
ONSET = datetime(2026, 1, 3, tzinfo=UTC)
MODEL = ModelSettings.model_validate({
    "task": "binary", "metric": "accuracy", "positive": "1",
    "predictions": {
        "source": "s", "table": "t", "segments": ["word"],
        "columns": {"time": "time", "prediction": "said", "label": "is", "score": "score"},
    },
})  # fmt: skip


def log() -> pd.DataFrame:
    """Four days, the last two of which differ; nulls, NaN's like, point masses and outliers."""
    random = np.random.default_rng(5)
    late = np.arange(ROWS) >= ROWS // 2
    number = random.normal(size=ROWS) + late
    number[random.random(ROWS) < 0.05] = -1.0
    number[:3] = [1e6, -1e5, np.inf]
    said = random.integers(0, 2, ROWS)
    return pd.DataFrame({
        "time": pd.Timestamp("2026-01-01", tz="UTC")
        + pd.Series(pd.to_timedelta(np.arange(ROWS) * 86_400 * 4 // ROWS, unit="s")).mask(
            np.arange(ROWS) % 1_000 == UNDATED
        ),
        "number": pd.Series(number).mask(random.random(ROWS) < 0.1),
        "whole": random.poisson(3, ROWS),
        "flag": random.random(ROWS) < 0.3,
        "word": pd.Series(random.choice(["a", "b", "ü", ""], ROWS)).mask(late & (said == 1)),
        "score": random.random(ROWS),
        "said": said,
        "is": pd.Series(np.where(random.random(ROWS) < 0.9, said, 1 - said), dtype="Int64").mask(
            random.random(ROWS) < 0.1
        ),
    })  # fmt: skip


def written(folder: Path, frame: pd.DataFrame) -> list[Path]:
    """The log as two files of several row groups."""
    files = [folder / "a.parquet", folder / "b.parquet"]
    for file, part in zip(files, (frame[:2_500], frame[2_500:]), strict=True):
        part.to_parquet(file, row_group_size=400, index=False)
    return files


def asked(files: list[Path], *, fast: bool) -> DriftPart:
    connection = ibis.duckdb.connect()
    connection.raw_sql("SET TimeZone = 'UTC'")
    engine = Engine(connection)
    engine.fast = fast
    with engine.settled():
        table = connection.read_parquet([str(file) for file in files])
        return ask_drift(table, MODEL, engine, onset=ONSET)


@pytest.mark.parametrize("fast", [True, False])
def test_both_roads_find_the_same_bins_and_the_same_counts(tmp_path: Path, *, fast: bool) -> None:
    files = written(tmp_path, log())

    read, other = read_drift(files, MODEL, onset=ONSET), asked(files, fast=fast)

    assert read is not None
    assert set(read.features) == {"number", "whole", "flag", "word", "score"}
    assert read.minutes.sum() == ROWS - ROWS // 1_000
    assert np.array_equal(read.minutes, other.minutes)
    for name, one in read.features.items():
        assert one.bins == other.features[name].bins
        assert np.array_equal(one.counts, other.features[name].counts), name
        for what in ("least", "greatest", "mean"):
            mine, theirs = getattr(one, what), getattr(other.features[name], what)
            assert (mine is None) == (theirs is None)
            if mine is not None:
                np.testing.assert_allclose(mine, theirs, rtol=1e-9)


def test_read_by_rows_or_by_columns_it_is_the_same(tmp_path: Path) -> None:
    files = written(tmp_path, log())

    by_rows, by_columns = (read_drift(files, MODEL, onset=ONSET, whole=n) for n in (0, ROWS))

    assert by_rows is not None
    assert by_columns is not None
    assert np.array_equal(by_rows.minutes, by_columns.minutes)
    for name, one in by_rows.features.items():
        other = by_columns.features[name]
        assert one.bins == other.bins
        assert np.array_equal(one.counts, other.counts), name
        for mine, theirs in ((one.mean, other.mean), (one.least, other.least)):
            assert (mine is None) == (theirs is None)
            if mine is not None and theirs is not None:
                assert np.allclose(mine, theirs, equal_nan=True), name


def test_what_is_no_plain_column_is_left_to_a_database(tmp_path: Path) -> None:
    frame = log().assign(seen=pd.Timestamp("2026-01-01"))

    assert read_drift(written(tmp_path, frame), MODEL, onset=ONSET) is None


def test_a_log_without_times_is_told(tmp_path: Path) -> None:
    frame = log()
    frame["time"] = pd.Series([pd.NaT] * ROWS, dtype=frame["time"].dtype)

    with pytest.raises(SourceError, match="no row with a time in 'time'"):
        read_drift(written(tmp_path, frame), MODEL, onset=ONSET)
