"""What tests of several rooms share."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

CASE_START = datetime(2026, 3, 1, tzinfo=UTC)
CASE_FAULT = CASE_START + timedelta(days=12)
CASE_END = CASE_START + timedelta(days=14)


@pytest.fixture
def noon() -> datetime:
    return datetime(2026, 3, 5, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case folder as in the contract: `distance` arrives null from region `eu` since day 12."""
    folder = tmp_path_factory.mktemp("case")
    write_case(folder)
    return folder


def write_case(folder: Path, *, rows: int = 14_000, seed: int = 7) -> None:
    random = np.random.default_rng(seed)
    seconds = np.sort(random.uniform(0, (CASE_END - CASE_START).total_seconds(), rows))
    distance = random.gamma(3.0, 400.0, rows)
    carrier = random.choice(["AA", "DL", "UA"], rows)
    region = random.choice(["eu", "us"], rows)
    label = (distance + random.normal(0, 150, rows) > 1100).astype(int)
    broken = (seconds > (CASE_FAULT - CASE_START).total_seconds()) & (region == "eu")
    served = np.where(broken, np.nan, distance)
    score = 1 / (1 + np.exp(-(np.nan_to_num(served, nan=0.0) - 1100) / 90))
    times = [CASE_START + timedelta(seconds=float(second)) for second in seconds]
    log = pa.table({
        "request_id": [f"r{number}" for number in range(rows)],
        "event_time": pa.array(times, pa.timestamp("us", tz="UTC")),
        "distance": pa.array(served, from_pandas=True),
        "carrier": carrier,
        "region": region,
        "prediction": (score > 0.5).astype(int),
        "score": score,
        "label": label,
    })  # fmt: skip
    pq.write_table(log, folder / "predictions.parquet")
    before = np.flatnonzero(~broken)[:4000]
    training = pa.table(
        {"distance": distance, "carrier": carrier, "region": region, "label": label}
    )
    pq.write_table(training.take(before), folder / "training.parquet")
    (folder / "plummet.toml").write_text(CASE_SETTINGS, encoding="utf-8")
    (folder / "at.txt").write_text(CASE_END.strftime("%Y-%m-%dT%H:%M:%SZ"), encoding="utf-8")
    change = {
        "id": "chg-17", "time": CASE_FAULT.strftime("%Y-%m-%dT%H:%M:%SZ"), "kind": "pipeline",
        "what": "release of the distance feed", "who": "@bo", "ref": "#12", "details": {},
    }  # fmt: skip
    (folder / "changes.jsonl").write_text(json.dumps(change) + "\n", encoding="utf-8")


CASE_SETTINGS = """
[sources.files]
kind = "table"
url = "duckdb://"
path = "."

[sources.changes]
kind = "changes"
path = "changes.jsonl"

[models.delays]
task = "binary"
metric = "accuracy"
positive = "1"
threshold = 0.5
owner = "@maria"
experts = ["@li"]

[models.delays.predictions]
source = "files"
table = "predictions.parquet"
segments = ["region"]

[models.delays.predictions.columns]
id = "request_id"
time = "event_time"
prediction = "prediction"
label = "label"
score = "score"

[models.delays.reference]
source = "files"
table = "training.parquet"

[models.delays.evidence]
changes = ["changes"]
"""
