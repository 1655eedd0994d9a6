"""What tests of several rooms share."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.actions.servers import Hook, Registry, serving
from tests.certificate import write_certificate
from tests.sources.mlflow_server import started

CASE_END = datetime(2026, 3, 14, tzinfo=UTC)
HISTORY = timedelta(days=13)
FAULT_AGE = timedelta(days=1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run slow suites in their full form")


@pytest.fixture
def noon() -> datetime:
    return datetime(2026, 3, 5, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case folder as in the contract: `distance` arrives null from region `eu` since day 12."""
    folder = tmp_path_factory.mktemp("case")
    write_case(folder)
    return folder


@pytest.fixture
def own_case(tmp_path: Path) -> Path:
    """The same, for a test that changes it."""
    folder = tmp_path / "case"
    folder.mkdir()
    write_case(folder)
    return folder


@pytest.fixture(scope="session")
def real_mlflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server on loopback, where one is installed; half a minute until it answers."""
    executable = os.environ.get("PLUMMET_TEST_MLFLOW")
    if executable is None:
        pytest.skip("NO MLFLOW HERE: only its recorded answers are held; set PLUMMET_TEST_MLFLOW")
    with started(executable, tmp_path_factory.mktemp("mlflow")) as url:
        yield url


@pytest.fixture(scope="session")
def localhost(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate of `localhost`, which is its own authority, in one file."""
    return write_certificate(tmp_path_factory.mktemp("tls") / "both.pem")


@pytest.fixture
def registry() -> Iterator[Registry]:
    made = Registry()
    with serving(made):
        yield made


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    with serving(made):
        yield made


@pytest.fixture
def serve_rows() -> Callable[..., None]:
    """More of the prediction log: `(folder, start=, end=, rows=, broken=)`."""
    return write_predictions


@pytest.fixture
def fresh_case(tmp_path: Path) -> Path:
    """The same, its last row served just now: for a bot that goes by the wall's clock."""
    folder = tmp_path / "fresh"
    folder.mkdir()
    write_case(folder, end=datetime.now(UTC).replace(microsecond=0))
    return folder


def write_case(folder: Path, *, end: datetime = CASE_END) -> None:
    """A small model that lives on `distance`, in the contract's format."""
    start, fault = end - HISTORY, end - FAULT_AGE
    (folder / "predictions").mkdir()
    write_predictions(folder, start=start, end=fault, rows=12_000, broken=False)
    write_predictions(folder, start=fault, end=end, rows=2_000, broken=True)
    training = served(start=start, end=fault, rows=4_000, broken=False, seed=1)
    columns = ["distance", "carrier", "region", "label"]
    pq.write_table(training.select(columns), folder / "training.parquet")
    (folder / "plummet.toml").write_text(CASE_SETTINGS, encoding="utf-8")
    (folder / "at.txt").write_text(stamp(end), encoding="utf-8")
    change = {
        "id": "chg-17",
        "time": stamp(fault),
        "kind": "pipeline",
        "what": "release of the distance feed",
        "who": "@bo",
        "ref": "#12",
        "details": {},
    }
    (folder / "changes.jsonl").write_text(json.dumps(change) + "\n", encoding="utf-8")


def write_predictions(
    folder: Path, *, start: datetime, end: datetime, rows: int, broken: bool
) -> None:
    """One part file of the log; it appears whole or not at all."""
    name = folder / "predictions" / f"{start:%Y%m%dT%H%M%S}.parquet"
    part = name.with_suffix(".part")
    pq.write_table(served(start=start, end=end, rows=rows, broken=broken), part)
    part.rename(name)


def served(
    *, start: datetime, end: datetime, rows: int, broken: bool, seed: int | None = None
) -> pa.Table:
    """Predictions as the log keeps them."""
    random = np.random.default_rng(int(start.timestamp()) if seed is None else seed)
    seconds = np.sort(random.uniform(0, (end - start).total_seconds(), rows))
    distance = random.gamma(3.0, 400.0, rows)
    region = random.choice(["eu", "us"], rows)
    gone = broken & (region == "eu")
    score = 1 / (1 + np.exp(-(np.where(gone, 0.0, distance) - 1100) / 90))
    times = [start + timedelta(seconds=float(second)) for second in seconds]
    return pa.table(
        {
            "request_id": [f"{start:%Y%m%d%H}-{number}" for number in range(rows)],
            "event_time": pa.array(times, pa.timestamp("us", tz="UTC")),
            "distance": pa.array(np.where(gone, np.nan, distance), from_pandas=True),
            "carrier": random.choice(["AA", "DL", "UA"], rows),
            "region": region,
            "prediction": (score > 0.5).astype(int),
            "score": score,
            "label": (distance + random.normal(0, 150, rows) > 1100).astype(int),
        }
    )


def stamp(moment: datetime) -> str:
    """ISO 8601 as the contract writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


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
table = "predictions/*.parquet"
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
