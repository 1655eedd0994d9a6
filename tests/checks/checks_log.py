"""Evidence of a small log that a test breaks in one way."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bot.diagnosis import examine
from bot.profile import Evidence
from bot.settings import ModelSettings, OutgoingSettings, Settings, SourceSettings
from bot.sources import open_sources

START = datetime(2026, 3, 1, tzinfo=UTC)
ONSET = START + timedelta(days=10)
END = START + timedelta(days=12)
ROWS = 6_000

COLUMNS = {
    "id": "id", "time": "time", "prediction": "prediction", "label": "label", "score": "score",
    "label_time": "label_time", "model_version": "version", "fallback": "fallback", "host": "host",
}  # fmt: skip


def healthy_log(seed: int = 7) -> pd.DataFrame:
    """Twelve days of a model that is right in about 92 % of rows."""
    random = np.random.default_rng(seed)
    seconds = np.sort(random.uniform(0, (END - START).total_seconds(), ROWS))
    distance = random.gamma(3.0, 400.0, ROWS)
    score = 1 / (1 + np.exp(-(distance - 1100) / 90))
    time = pd.to_datetime(START) + pd.to_timedelta(seconds, unit="s")
    return pd.DataFrame({
        "id": [f"r{number}" for number in range(ROWS)],
        "time": time.floor("ms"),
        "distance": distance,
        "carrier": random.choice(["AA", "DL", "UA", "WN"], ROWS, p=[0.4, 0.3, 0.2, 0.1]),
        "region": random.choice(["eu", "us", "asia"], ROWS),
        "host": random.choice(["h1", "h2", "h3"], ROWS),
        "version": "v1",
        "fallback": False,
        "score": score,
        "prediction": (score > 0.5).astype(int),
        "label": (distance + random.normal(0, 150, ROWS) > 1100).astype(float),
        "label_time": (time + pd.to_timedelta(random.uniform(60, 7200, ROWS), unit="s")).floor("s"),
    })  # fmt: skip


def late(log: pd.DataFrame) -> "pd.Series[bool]":
    """Rows since the onset of every planted fault."""
    return log["time"] >= pd.Timestamp(ONSET)


def mispredict(log: pd.DataFrame, rows: "pd.Series[bool]") -> None:
    """The model answers these rows as if it knew nothing."""
    log.loc[rows, "score"] = 0.3
    log.loc[rows, "prediction"] = 0


Break = Callable[[pd.DataFrame], pd.DataFrame | None]
Examined = Callable[..., Evidence]


def examined_log(
    folder: Path, breaking: Break = lambda _: None, *, without: tuple[str, ...] = (),
    beside: dict[str, pd.DataFrame] | None = None, changes: str | None = None,
    system: pd.DataFrame | None = None, **settings: Any,
) -> Evidence:  # fmt: skip
    """The evidence of the log after `breaking` it; other tables by the name of their part."""
    whole = written_log(
        folder, breaking, without=without, beside=beside, changes=changes, system=system,
        **settings,
    )  # fmt: skip
    with open_sources(whole) as opened:
        return examine(whole, "m", sources=opened)


def written_log(
    folder: Path, breaking: Break = lambda _: None, *, without: tuple[str, ...] = (),
    beside: dict[str, pd.DataFrame] | None = None, changes: str | None = None,
    system: pd.DataFrame | None = None, **settings: Any,
) -> Settings:  # fmt: skip
    """The settings of the log after `breaking` it."""
    log = healthy_log()
    changed = breaking(log)
    log = log if changed is None else changed
    log.drop(columns=[COLUMNS[role] for role in without]).to_parquet(folder / "log.parquet")
    columns = {role: name for role, name in COLUMNS.items() if role not in without}
    model: dict[str, Any] = {
        "task": "binary", "metric": "accuracy", "positive": "1",
        "predictions": {
            "source": "files", "table": "log.parquet", "segments": ["region"],
            "features": ["distance", "carrier"], "columns": columns,
        },
    } | settings  # fmt: skip
    sources = {"files": SourceSettings(kind="table", url="duckdb://", path=".")}
    for part, table in (beside or {}).items():
        table.to_parquet(folder / f"{part}.parquet")
        model[part] = {"source": "files", "table": f"{part}.parquet"}
    evidence: dict[str, list[str]] = {}
    if changes is not None:
        (folder / "changes.jsonl").write_text(changes)
        sources["changes"] = SourceSettings(kind="changes", path="changes.jsonl")
        evidence["changes"] = ["changes"]
    if system is not None:
        system.to_parquet(folder / "system.parquet")
        sources["system"] = SourceSettings(kind="metrics", path="system.parquet")
        evidence["system"] = ["system"]
    model["evidence"] = evidence
    found = ModelSettings.model_validate(model)
    here = OutgoingSettings(private=("loopback",))
    return Settings(folder=folder, sources=sources, models={"m": found}, outgoing=here)


def lose_distance(log: pd.DataFrame) -> None:
    """The distance arrives empty from one region."""
    hit = late(log) & (log["region"] == "eu")
    log.loc[hit, "distance"] = np.nan
    mispredict(log, hit)
