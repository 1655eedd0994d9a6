"""A prediction log of any size, with one feature that moves on its last day.

Started as a process of its own, so that what it needs is not counted as what the bench needs:
`python -m tests.bench.synthetic_log FOLDER ROWS FEATURES`.
"""

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.bench.logs import INCIDENT

DAYS = 30
START = INCIDENT - timedelta(days=DAYS - 1)
BATCH = 122_880
"""Rows that are in memory at once, and rows of a row group: DuckDB's own number."""

MISSING = 0.02
SHIFT = 1.5
"""By so many standard deviations the first number moves on the last day."""

FEWEST_WORDS, MOST_WORDS = 5, 1_000


def numbers(features: int) -> list[str]:
    """Two thirds of the features are numbers."""
    return [f"number_{i}" for i in range(features - words_of(features))]


def words(features: int) -> list[str]:
    """One third of the features are words, the fewest categories first."""
    return [f"word_{i}" for i in range(words_of(features))]


def words_of(features: int) -> int:
    """How many of the features are words."""
    return features // 3


def write_log(folder: Path, *, rows: int, features: int) -> None:
    """`log.parquet` and `plummet.toml`; the log appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / "log.part"
    # Words are stored as plain text, though they are written from their codes.
    with pq.ParquetWriter(part, _schema(features), compression="zstd", store_schema=False) as out:
        for batch in _batches(rows=rows, features=features):
            out.write_batch(batch)
    part.rename(folder / "log.parquet")
    segments = words(features)[:2]
    (folder / "plummet.toml").write_text(SETTINGS.format(segments=segments), encoding="utf-8")


def _schema(features: int) -> pa.Schema:
    kinds: dict[str, Any] = {"event_time": pa.timestamp("us", tz="UTC")}
    kinds |= dict.fromkeys(numbers(features), pa.float64())
    kinds |= dict.fromkeys(words(features), pa.dictionary(pa.int16(), pa.string()))
    kinds |= {"score": pa.float64(), "prediction": pa.int64(), "label": pa.int64()}
    return pa.schema(list(kinds.items()))


def _batches(*, rows: int, features: int) -> Iterator[pa.RecordBatch]:
    schema = _schema(features)
    random = np.random.default_rng([rows, features])
    sizes = np.geomspace(FEWEST_WORDS, MOST_WORDS, max(words_of(features), 1)).astype(int)
    known = [pa.array([f"w{code:04d}" for code in range(size)]) for size in sizes]
    for first in range(0, rows, BATCH):
        count = min(BATCH, rows - first)
        clock = np.sort(random.uniform(first / rows, (first + count) / rows, count)) * DAYS
        yield pa.RecordBatch.from_arrays(
            _columns(random, clock, known=known, features=features), schema=schema
        )


def _columns(
    random: np.random.Generator, clock: Any, *, known: list[pa.Array], features: int
) -> list[pa.Array]:
    count = len(clock)
    start = int(START.timestamp() * 1_000_000)
    time = pa.array(start + (clock * 86_400_000_000).astype(np.int64))
    found = [time.cast(pa.timestamp("us", tz="UTC"))]
    drawn = [_drawn(random, count, place) for place in range(len(numbers(features)))]
    truth = 1.5 * drawn[0] + drawn[1]
    drawn[0] = drawn[0] + SHIFT * (clock >= DAYS - 1)
    found += [pa.array(value, mask=random.random(count, np.float32) < MISSING) for value in drawn]
    for word in known[: words_of(features)]:
        codes = (len(word) * random.random(count, np.float32) ** 2).astype(np.int16)
        codes = np.minimum(codes, len(word) - 1).astype(np.int16)
        absent = random.random(count, np.float32) < MISSING
        found.append(pa.DictionaryArray.from_arrays(pa.array(codes, mask=absent), word))
    score = 1 / (1 + np.exp(-1.5 * drawn[0] - drawn[1]))
    label = random.random(count) < 1 / (1 + np.exp(-2 * truth))
    found += [pa.array(score.astype(np.float32).astype(np.float64))]
    return [*found, pa.array((score > 0.5).astype(np.int64)), pa.array(label.astype(np.int64))]


def _drawn(random: np.random.Generator, count: int, place: int) -> Any:
    """As logs have numbers: half with a float's precision, half with two decimals."""
    value = random.standard_normal(count, dtype=np.float32).astype(np.float64)
    return value.round(2) if place % 2 else value


SETTINGS = """
[sources.files]
kind = "table"
url = "duckdb://"
path = "."

[models.bench]
task = "binary"
metric = "accuracy"
positive = "1"
threshold = 0.5

[models.bench.predictions]
source = "files"
table = "log.parquet"
segments = {segments}

[models.bench.predictions.columns]
time = "event_time"
prediction = "prediction"
label = "label"
score = "score"
"""


if __name__ == "__main__":
    write_log(Path(sys.argv[1]), rows=int(sys.argv[2]), features=int(sys.argv[3]))
