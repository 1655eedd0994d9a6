"""Slices of three predicates: found where they are planted, and nowhere else."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd
import pytest

from bot.diagnosis import ask, examine
from bot.profile import Evidence
from bot.profile.children import parts_of_time
from bot.profile.engine import Engine
from bot.profile.scan import scan
from bot.settings import ModelSettings
from bot.sources import open_sources
from tests.checks.checks_log import ONSET, START, Break, late, written_log

if TYPE_CHECKING:
    from bot.profile.within import Within

SEGMENTS = ["region", "client", "tier"]
MODEL: dict[str, Any] = {
    "predictions": {
        "source": "files", "table": "log.parquet", "segments": SEGMENTS, "features": ["distance"],
        "columns": {"id": "id", "time": "time", "prediction": "prediction", "label": "label"},
    }
}  # fmt: skip
ROWS = 40_000
THREE = {"region": "eu", "client": "web", "tier": "paid"}


def even_log(seed: int) -> pd.DataFrame:
    """Twelve days of a model that is wrong in 8 % of rows, everywhere alike."""
    random = np.random.default_rng(seed)
    label = random.integers(0, 2, ROWS)
    return pd.DataFrame({
        "id": [f"r{number}" for number in range(ROWS)],
        "time": pd.to_datetime(START)
        + pd.to_timedelta(np.sort(random.uniform(0, 12 * 86_400, ROWS)), unit="s"),
        "distance": random.gamma(3.0, 400.0, ROWS),
        "region": random.choice(["eu", "us", "asia"], ROWS),
        "client": random.choice(["web", "app"], ROWS),
        "tier": random.choice(["free", "paid", "trial"], ROWS),
        "prediction": np.where(random.uniform(size=ROWS) < 0.08, 1 - label, label),
        "label": label.astype(float),
    })  # fmt: skip


def breaking(where: dict[str, str], *, seed: int = 5) -> Break:
    """Every second row of this slice turns wrong at the onset."""

    def broken(_: pd.DataFrame) -> pd.DataFrame:
        log = even_log(seed)
        hit = late(log) & np.random.default_rng(seed + 1).choice([True, False], len(log))
        for column, value in where.items():
            hit &= log[column] == value
        if where:
            log.loc[hit, "prediction"] = 1 - log.loc[hit, "label"].astype(int)
        return log

    return broken


def evidence_of(folder: Path, change: Break, *, since: datetime | None = None) -> Evidence:
    folder.mkdir(exist_ok=True)
    settings = written_log(folder, change, **MODEL)
    with open_sources(settings) as opened:
        return examine(settings, "m", sources=opened, since=since)


def test_a_slice_of_three_is_found_with_all_three(tmp_path: Path) -> None:
    (found,) = ask(evidence_of(tmp_path, breaking(THREE)), "errors.slices")

    assert found.verdict == "suspect"
    assert found.subject == THREE
    # Half of the slice turns wrong, of which 8 % were wrong anyway.
    assert found.figures["density"] == pytest.approx(0.46, abs=0.08)
    assert found.figures["outside"] == pytest.approx(0, abs=0.02)
    assert found.figures["size"] == pytest.approx(1 / 18, abs=0.01)


@pytest.mark.parametrize("seed", range(4))
def test_a_slice_of_two_is_split_no_further(tmp_path: Path, seed: int) -> None:
    slice_ = {"region": "us", "tier": "trial"}
    evidence = evidence_of(tmp_path, breaking(slice_, seed=seed))

    (found,) = ask(evidence, "errors.slices")

    assert evidence.within
    assert found.subject == slice_


def test_a_healthy_log_has_no_slice_and_counts_none(tmp_path: Path) -> None:
    evidence = evidence_of(tmp_path, breaking({}))

    (found,) = ask(evidence, "errors.slices")

    assert found.verdict == "clear"
    assert not evidence.within


def test_errors_that_came_by_chance_in_half_of_the_time_make_no_child(tmp_path: Path) -> None:
    """What stands out in the runs that choose, but not in those that confirm, is no slice."""
    pair = {"region": "eu", "client": "web"}
    evidence = evidence_of(tmp_path, breaking(pair), since=ONSET)
    parts = parts_of_time(evidence.windows)

    def only_when_choosing(_: pd.DataFrame) -> pd.DataFrame:
        log, healthy = pd.DataFrame(breaking(pair)(even_log(5))), even_log(5)
        seconds = log["time"].map(pd.Timestamp.timestamp).astype(int)
        part = parts[((seconds - evidence.grid.origin) // evidence.grid.width).to_numpy()]
        # In these runs the errors of the pair sit in `paid` alone; in the others everywhere.
        spared = (part == 2) & (log["tier"] != "paid")
        log.loc[spared, "prediction"] = healthy.loc[spared, "prediction"]
        return log

    evidence = evidence_of(tmp_path / "other", only_when_choosing, since=ONSET)

    assert evidence.within
    assert evidence.where_wrong is not None
    assert evidence.where_wrong.segments == (pair,)


def test_what_is_counted_inside_a_pair_is_what_pandas_counts(tmp_path: Path) -> None:
    kept: list[pd.DataFrame] = []

    def keep(log: pd.DataFrame) -> pd.DataFrame:
        kept.append(pd.DataFrame(breaking(THREE)(log)))
        return kept[0]

    evidence = evidence_of(tmp_path, keep)

    ((parent, thirds),) = evidence.within.items()
    log, bins = kept[0], {name: evidence.columns[name].bins for name in SEGMENTS}
    bucket = log["time"].map(pd.Timestamp.timestamp).astype(int) - evidence.grid.origin
    part = parts_of_time(evidence.windows)[(bucket // evidence.grid.width).to_numpy()]
    for name, code in parent:
        inside = log[name] == bins[name].name_of(code)
        part = np.where(inside, part, -1)
    ((third, counts),) = thirds.items()
    outcome = (log["prediction"] == log["label"]).astype(int)
    for place in range(4):
        for code in range(bins[third].size):
            chosen = (part == place) & (log[third] == bins[third].name_of(code))
            expected = [int((chosen & (outcome == one)).sum()) for one in (0, 1)]
            assert list(counts[place, :2, code]) == expected
    assert counts.sum() == (part >= 0).sum()


def test_every_engine_counts_the_same_inside_a_pair(tmp_path: Path) -> None:
    settings = written_log(tmp_path, breaking(THREE), **MODEL)
    log = pd.read_parquet(tmp_path / "log.parquet")
    with closing(sqlite3.connect(tmp_path / "log.db")) as connection:
        log.assign(time=log["time"].dt.tz_localize(None).astype(str)).to_sql(
            "log", connection, index=False
        )
    with open_sources(settings) as sources:
        files = sources.engine("files")
        parquet = sources.table(settings.models["m"].predictions)
        fast, portable = Engine(files), Engine(files)
        portable.fast = False
        sqlite = ibis.sqlite.connect(tmp_path / "log.db")
        one, *others = [
            within(settings.models["m"], engine, table)
            for engine, table in (
                (fast, parquet), (portable, parquet), (Engine(sqlite), sqlite.table("log")),
            )
        ]  # fmt: skip

    assert one
    for other in others:
        assert one.keys() == other.keys()
        assert all((one[p][name] == other[p][name]).all() for p in one for name in one[p])


def within(model: ModelSettings, engine: Engine, table: Any) -> "Within":
    with engine.settled():
        return scan(
            table, model, engine, at=None, since=None, until=None, reference=None
        ).within  # fmt: skip
