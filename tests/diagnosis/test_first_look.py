"""The first look: what it says, what it does not read, and how sure it is."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bot.diagnosis.preliminary import FirstLook, look_first
from bot.errors import SourceError
from bot.profile.first_look import METRICS, Sample
from bot.profile.first_look import look_first as look_at_sample
from bot.settings import Settings, read_settings
from bot.sources import open_sources

START = datetime.fromisoformat("2026-03-01T00:00:00+00:00")


def first_look(settings: Settings, *, at: datetime | None = None) -> FirstLook:
    with open_sources(settings) as sources:
        return look_first(settings, "delays", sources=sources, at=at)


def log_of(
    rows: int, *, wrong_after: float = 0.3, missing_after: float = 0.6, fault: float = 0.9,
    days: int = 30, shuffled: bool = False,
) -> pa.Table:  # fmt: skip
    """A log whose last part is wrong more often, with `distance` missing."""
    random = np.random.default_rng(rows)
    part = np.arange(rows) / rows
    broken = part >= fault
    label = random.integers(0, 2, rows)
    wrong = random.random(rows) < np.where(broken, wrong_after, 0.1)
    distance = random.normal(500, 100, rows)
    gone = broken & (random.random(rows) < missing_after)
    micros = (part * days * 86_400e6).astype("timedelta64[us]")
    table = pa.table({
        "event_time": pa.array(np.datetime64("2026-03-01", "us") + micros),
        "distance": pa.array(np.where(gone, np.nan, distance), from_pandas=True),
        "carrier": random.choice(["AA", "DL", "UA"], rows),
        "region": random.choice(["eu", "us"], rows),
        "request_id": [f"r{i}" for i in range(rows)],
        "prediction": np.where(wrong, 1 - label, label),
        "score": random.random(rows),
        "label": label,
    })  # fmt: skip
    return table.take(random.permutation(rows)) if shuffled else table


@pytest.fixture
def settings_of(own_case: Path) -> Callable[[pa.Table], Settings]:
    """The settings of a case whose log is this table, in small row groups."""

    def write(table: pa.Table) -> Settings:
        for old in (own_case / "predictions").glob("*.parquet"):
            old.unlink()
        pq.write_table(table, own_case / "predictions" / "log.parquet", row_group_size=5_000)
        return read_settings(own_case / "plummet.toml")

    return write


@pytest.mark.parametrize("shuffled", [False, True], ids=["in order of time", "in no order"])
def test_it_finds_the_fall_its_onset_and_what_moved(
    settings_of: Callable[[pa.Table], Settings], *, shuffled: bool
) -> None:
    table = log_of(150_000, shuffled=shuffled)

    look = first_look(settings_of(table))

    assert look.fall is not None
    assert look.fall.margin is not None
    assert look.fall.before.value == pytest.approx(0.9, abs=0.02)
    assert look.fall.now.value == pytest.approx(0.7, abs=0.03)
    assert look.since is not None
    assert abs(look.since - (START + timedelta(days=27))) < timedelta(hours=18)
    assert look.movement is not None
    assert (look.movement.column, look.movement.value) == ("distance", "missing")
    assert look.movement.now == pytest.approx(0.6, abs=0.05)


def test_it_says_in_one_line_that_it_is_preliminary_and_how_much_it_read(
    settings_of: Callable[[pa.Table], Settings],
) -> None:
    look = first_look(settings_of(log_of(200_000)))

    assert look.read < 70_000
    assert look.total == 200_000
    assert str(look).startswith(f"first look (preliminary, {look.read:,} of 200,000 rows): ")
    assert " ± " in str(look)
    assert "largest movement: distance (missing: 0 % →" in str(look)


def test_it_says_no_fall_where_there_is_none(
    settings_of: Callable[[pa.Table], Settings],
) -> None:
    look = first_look(settings_of(log_of(100_000, wrong_after=0.1, missing_after=0.0)))

    assert look.fall is not None
    assert not look.fall.found
    assert look.since is None
    assert look.movement is None
    assert "no clear onset" in str(look)


def test_rows_after_the_moment_are_not_looked_at(
    settings_of: Callable[[pa.Table], Settings],
) -> None:
    settings = settings_of(log_of(100_000))

    look = first_look(settings, at=START + timedelta(days=26))

    assert look.fall is not None
    assert look.fall.now.value == pytest.approx(0.9, abs=0.03)
    assert look.movement is None
    assert look.total == pytest.approx(100_000 * 26 / 30, rel=0.02)


def test_the_interval_covers_what_the_whole_log_says() -> None:
    """Of fifty samples with a known fall and days that differ, about 95 in 100 hold it."""
    random = np.random.default_rng(5)
    held = 0
    for _ in range(50):
        levels = np.where(np.arange(40) < 24, 0.9, 0.8) + random.normal(0, 0.02, 40)
        right = (random.random((40, 400)) < levels[:, None]).astype(float).ravel()
        piece = np.repeat(np.arange(40), 400)
        nothing = np.full(len(right), np.nan)
        sample = Sample(
            clock=(piece * 3600.0).astype(np.float64), piece=piece, right=right, error=nothing,
            label=nothing, said=right, was=right, score=nothing,
        )  # fmt: skip
        fall = look_at_sample(sample, metric="accuracy", pieces=40, since=24 * 3600.0)
        assert fall is not None
        assert fall.margin is not None
        held += abs(fall.before.value - fall.now.value - 0.1) <= fall.margin
    assert held >= 43


def test_its_metrics_are_those_of_plain_numpy() -> None:
    random = np.random.default_rng(7)
    label, said = random.integers(0, 2, 500), random.integers(0, 2, 500)
    hit = int((label & said).sum())
    sums = {
        "rows": 500.0, "right": float((label == said).sum()), "hit": float(hit),
        "said": float(said.sum()), "was": float(label.sum()),
    }  # fmt: skip

    assert METRICS["accuracy"](sums) == (label == said).mean()
    assert METRICS["precision"](sums) == hit / said.sum()
    assert METRICS["recall"](sums) == hit / label.sum()
    precision, recall = hit / said.sum(), hit / label.sum()
    assert METRICS["f1"](sums) == pytest.approx(2 * precision * recall / (precision + recall))


def test_a_database_is_looked_at_by_slices_of_time(own_case: Path) -> None:
    pq.write_table(log_of(60_000), own_case / "log.parquet")
    with duckdb.connect(str(own_case / "w.duckdb")) as made:
        made.execute(f"CREATE TABLE log AS FROM read_parquet('{own_case}/log.parquet')")
    words = (own_case / "plummet.toml").read_text("utf-8")
    words = words.replace('url = "duckdb://"\npath = "."', 'url = "duckdb://w.duckdb"')
    words = words.replace('"predictions/*.parquet"', '"log"')
    (own_case / "plummet.toml").write_text(words, encoding="utf-8")

    look = first_look(read_settings(own_case / "plummet.toml"))

    assert look.fall is not None
    assert look.fall.found
    assert look.total == 60_000
    assert look.movement is not None
    assert look.movement.column == "distance"


@pytest.mark.parametrize("rows", [1, 3, 60])
def test_a_log_of_a_few_rows_is_looked_at_as_well(
    settings_of: Callable[[pa.Table], Settings], rows: int
) -> None:
    look = first_look(settings_of(log_of(rows)))

    assert look.read <= look.total == rows
    assert "preliminary" in str(look)


def test_a_log_without_labels_says_so(settings_of: Callable[[pa.Table], Settings]) -> None:
    table = log_of(20_000)
    empty = pa.nulls(table.num_rows, pa.int64())
    table = table.set_column(table.column_names.index("label"), "label", empty)

    assert "too few labels" in str(first_look(settings_of(table)))


def test_a_log_without_its_label_column_is_an_error_that_names_it(
    settings_of: Callable[[pa.Table], Settings],
) -> None:
    settings = settings_of(log_of(1_000).drop_columns(["label"]))

    with pytest.raises(SourceError, match="has no column 'label'"):
        first_look(settings)


def test_it_costs_the_same_however_large_the_file_is(
    settings_of: Callable[[pa.Table], Settings],
) -> None:
    small, large = (first_look(settings_of(log_of(rows))) for rows in (200_000, 600_000))

    assert large.read <= 1.05 * small.read


def plummet(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", *(str(word) for word in words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_the_command_line_says_it_first_and_keeps_json_one_document(case: Path) -> None:
    done = plummet(
        "diagnose", "delays", "--config", case / "plummet.toml", "--format", "json", "--first-look"
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["verdict"] == "degraded"
    assert done.stderr.startswith("first look (preliminary, ")


def test_where_nobody_waits_there_is_none(case: Path) -> None:
    done = plummet("diagnose", "delays", "--config", case / "plummet.toml", "--format", "json")

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_it_imports_neither_ibis_nor_pandas(case: Path) -> None:
    words = f"""
import sys
from pathlib import Path
from bot.settings import read_settings
from bot.sources import open_sources
from bot.diagnosis.preliminary import look_first
settings = read_settings(Path({str(case / "plummet.toml")!r}))
with open_sources(settings) as sources:
    look_first(settings, "delays", sources=sources)
print(sorted({{"ibis", "pandas", "pyarrow", "scipy"}} & set(sys.modules)))
"""
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, timeout=60)

    assert done.stdout.strip() == "[]", done.stdout + done.stderr
    assert time.monotonic() - begun < 30
