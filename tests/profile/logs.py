"""Prediction logs that hypothesis makes up: hostile values in every kind of column."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from bot.settings import ModelSettings

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SPAN = 9 * 86_400 * 10**6  # microseconds
ZONED, NAIVE = pa.timestamp("us", tz="UTC"), pa.timestamp("us")

TYPES: Mapping[str, pa.DataType] = {
    "time": ZONED, "arrived": NAIVE, "labelled": ZONED, "id": pa.string(),
    "number": pa.float64(), "whole": pa.int64(), "price": pa.decimal128(18, 4),
    "word": pa.string(), "digits": pa.string(), "region": pa.string(), "flag": pa.bool_(),
    "day": pa.date32(), "seen": NAIVE, "score": pa.float64(), "latency": pa.float64(),
    "version": pa.string(), "host": pa.string(), "fallback": pa.bool_(),
    "said": pa.int64(), "is": pa.int64(),
}  # fmt: skip

NUMBERS = [0.0, -0.0, -1.0, 5.0, 0.1, 1 / 3, 1e300, -1e300, 1e-300, 5e-324, 2.0**53, 123456.789]
BROKEN = [float("nan"), float("inf"), float("-inf")]
WHOLES = [0, 1, -1, 2**53, 2**53 + 1, 2**53 + 2, -(2**53) - 1, 2**63 - 1, -(2**63)]
WORDS = ["", " ", "a", "A", "a ", "it's", '"', "\\", "\\'", "ü", "u\u0308", "東京", "🛩", "%s", ":x",
         "{}", "null", "NaN", "--", "a\nb", "1", "1.0", "true"]  # fmt: skip
DIGITS = ["1", "1.0", "-2.5", "1e3", "007", "", "n/a", "12,5", "99999999999999999999"]

FIRST = datetime(1970, 1, 2)  # noqa: DTZ001 - a time without a zone is what is tried
LAST = datetime(2100, 1, 1)  # noqa: DTZ001 - likewise

BUSY = 900

TASKS = {"binary": "accuracy", "multiclass": "log_loss", "regression": "mae"}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A log, a training snapshot and the model that wrote them."""

    model: ModelSettings
    log: pa.Table
    training: pa.Table
    at: datetime | None

    def __repr__(self) -> str:
        rows = self.log.slice(0, 12).to_pylist()
        return f"Case({self.model.task}, at={self.at}, {self.log.num_rows} rows, first: {rows})"


def words(least: int, most: int) -> st.SearchStrategy[list[str]]:
    spelled = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=4)
    return st.lists(st.sampled_from(WORDS) | spelled, min_size=least, max_size=most, unique=True)


def numbers(*, broken: bool) -> st.SearchStrategy[list[float]]:
    hostile = st.sampled_from(NUMBERS + (BROKEN if broken else []))
    return st.lists(hostile | st.floats(-1e300, 1e300), min_size=1, max_size=8)


def _whole_milliseconds(time: datetime) -> datetime:
    return time.replace(microsecond=time.microsecond // 1_000 * 1_000)


POOLS: Mapping[str, Callable[[bool], st.SearchStrategy[list[Any]]]] = {
    "number": lambda broken: numbers(broken=broken),
    "whole": lambda _: st.lists(
        st.sampled_from(WHOLES) | st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=8
    ),
    "price": lambda _: st.lists(
        st.decimals(Decimal(-(10**13)), Decimal(10**13), places=4), min_size=1, max_size=8
    ),
    "word": lambda _: words(1, 8),
    "digits": lambda _: st.lists(st.sampled_from(DIGITS), min_size=1, max_size=5),
    "region": lambda _: words(1, 3),
    "day": lambda _: st.lists(
        st.dates(date(1970, 1, 1), date(2100, 1, 1)), min_size=1, max_size=4
    ),
    "seen": lambda _: st.lists(
        # To the millisecond, which is what SQLite keeps.
        st.datetimes(FIRST, LAST).map(_whole_milliseconds),
        min_size=1, max_size=4,
    ),
    "latency": lambda broken: numbers(broken=broken),
    "version": lambda _: words(1, 3),
    "host": lambda _: words(1, 3),
}  # fmt: skip


@st.composite
def cases(draw: st.DrawFn, *, broken: bool = True, unit: int = 1, busy: bool = False) -> Case:
    """A case of a few rows, or of enough for joint counts where it is `busy`.

    Without `broken` numbers it has no NaN and no infinity. Times are whole multiples of `unit`
    microseconds.
    """
    task = draw(st.sampled_from(sorted(TASKS)))
    pools: dict[str, list[Any]] = {
        name: draw(pool(broken)) for name, pool in POOLS.items()
    }  # fmt: skip
    pools |= _roles(draw, task, broken=broken)
    rows = BUSY if busy else draw(st.integers(1, 40) | st.sampled_from([100, 300]))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    nulls = 0.1 if busy else draw(st.sampled_from([0.0, 0.1, 0.9]))
    times = _times(random, rows, unit=unit, late=draw(st.booleans()))
    made = _rows(random, pools, times, nulls=nulls)
    training = _rows(random, pools, times[: max(rows // 2, 1)], nulls=nulls)
    at = None if busy else draw(st.none() | st.just(times[rows // 2]) | st.just(times[-1]))
    return Case(
        model=model(task), log=pa.Table.from_pylist(made, _schema(task)),
        training=_trained(training, task), at=at,
    )  # fmt: skip


def model(task: str) -> ModelSettings:
    """The model whose log `cases` makes."""
    return ModelSettings.model_validate({
        "task": task, "metric": TASKS[task], "positive": "1" if task == "binary" else None,
        "reference": {"source": "s", "table": "training"},
        "predictions": {
            "source": "s", "table": "log", "segments": ["region", "flag"],
            "columns": {
                "time": "time", "prediction": "said", "label": "is", "id": "id",
                "score": "score", "arrival_time": "arrived", "label_time": "labelled",
                "latency_ms": "latency", "model_version": "version", "host": "host",
                "fallback": "fallback",
            },
        },
    })  # fmt: skip


def _schema(task: str) -> pa.Schema:
    kinds = {"regression": pa.float64(), "multiclass": pa.string(), "binary": pa.int64()}
    return pa.schema({**TYPES, "said": kinds[task], "is": kinds[task]})


def _roles(draw: st.DrawFn, task: str, *, broken: bool) -> dict[str, list[Any]]:
    """What the model says and what was true."""
    scores = st.floats(0, 1) | st.sampled_from([0.0, 1.0, 0.5, 1e-300, 1e300])
    found: dict[str, list[Any]] = {"score": draw(st.lists(scores, min_size=1, max_size=12))}
    if broken:
        found["score"] += draw(st.lists(st.sampled_from(BROKEN), max_size=2))
    if task == "regression":
        found["is"] = draw(numbers(broken=broken))
    else:
        found["is"] = [0, 1] if task == "binary" else draw(words(2, 4))
    return found


def _times(random: np.random.Generator, rows: int, *, unit: int, late: bool) -> list[datetime]:
    """When predictions were served, in order or not."""
    micros = random.integers(0, SPAN // unit, rows) * unit
    return [BEGIN + timedelta(microseconds=int(m)) for m in (micros if late else np.sort(micros))]


def _rows(
    random: np.random.Generator, pools: Mapping[str, list[Any]], times: list[datetime],
    *, nulls: float,
) -> list[Row]:  # fmt: skip
    """Rows of values from the pools; in the last day the model is wrong more often."""
    fault = BEGIN + timedelta(days=8)

    def one(number: int, time: datetime) -> Row:
        late = time >= fault
        row: Row = {name: _pick(random, pool, nulls) for name, pool in pools.items()}
        true = _pick(random, pools["is"], 0.0)
        wrong = random.random() < (0.5 if late else 0.1)
        labelled = time + timedelta(seconds=float(random.integers(-100, 200_000)))
        row |= {
            "time": time, "id": f"r{number % max(len(times) - len(times) // 10, 1)}",
            "arrived": _naive(time + timedelta(milliseconds=int(random.integers(-9, 10**5)))),
            "labelled": labelled if random.random() < 0.9 else None,
            "flag": [True, False, None][int(random.integers(3))],
            "fallback": bool(random.random() < 0.1), "said": true,
            "is": _pick(random, pools["is"], 0.0) if wrong else true,
        }  # fmt: skip
        if random.random() < 0.8:  # two features that say much about the label
            row["whole"] = place = pools["is"].index(row["is"])
            row["price"] = Decimal(place)
        if random.random() < 0.15:
            row["is"] = row["labelled"] = None
        return row

    return [one(number, time) for number, time in enumerate(times)]


def _pick(random: np.random.Generator, pool: list[Any], nulls: float) -> Any:
    return None if random.random() < nulls else pool[int(random.integers(len(pool)))]


def _naive(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(tzinfo=None)


def _trained(rows: list[Row], task: str) -> pa.Table:
    """The snapshot: the features with `digits` as the number that it once was."""
    features = ("number", "whole", "price", "word", "digits", "region", "flag", "day", "is")
    kinds = {name: _schema(task).field(name).type for name in features}
    for row in rows:
        row["digits"] = None if row["digits"] is None else float(len(row["digits"]))
    return pa.Table.from_pylist(
        [{name: row[name] for name in features} for row in rows],
        pa.schema(kinds | {"digits": pa.float64()}),
    )
