"""System metrics from Prometheus, or from anything with its HTTP API, as a table in long format.

Source: prometheus.io, "HTTP API", `query_range`, which gives at most 11,000 points a series.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from bot.errors import SourceError
from bot.outgoing import Answer, Endpoint
from bot.sources.options import Prometheus
from bot.sources.system import System

MOST_POINTS = 11_000
"""Of one series in one query; more are refused by the server."""

LARGEST = 100_000_000
"""Bytes of an answer: a hundred hosts have 25 million."""

_ENOUGH = 20_000
"""Points of a series in all: a fortnight by the minute."""

_STEPS = (60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400)


class PrometheusMetrics:
    """The configured queries, asked below one address."""

    def __init__(self, endpoint: Endpoint, options: Prometheus) -> None:
        self._endpoint, self._options = endpoint, options

    @contextmanager
    def table(self, start: datetime, end: datetime) -> Iterator[System]:
        """Time, metric, value and host between these times, in a memory of their own.

        Raises:
            SourceError: Prometheus cannot be asked, or a query is wrong; says which.
        """
        import ibis  # noqa: PLC0415 - a second to import, wanted only once data is read

        samples = self._samples_of(start, end)
        connection = ibis.duckdb.connect()
        try:
            connection.raw_sql("SET TimeZone = 'UTC'")
            yield System(connection=connection, table=connection.create_table("metrics", samples))
        finally:
            connection.disconnect()

    def now(self) -> Answer:
        """The plainest question, to see whether it can be asked at all."""
        return self._endpoint.get("api/v1/query", query={"query": "1"})

    def _samples_of(self, start: datetime, end: datetime) -> Any:
        import pyarrow as pa  # noqa: PLC0415 - wanted only once data is read

        columns: dict[str, list[Any]] = {"time": [], "metric": [], "value": [], "host": []}
        for metric, host, time, value in self._samples(start, end):
            for name, one in zip(columns, (time, metric, value, host), strict=True):
                columns[name].append(one)
        kinds = (pa.float64(), pa.string(), pa.float64(), pa.string())
        arrays = {
            name: pa.array(columns[name], kind) for name, kind in zip(columns, kinds, strict=True)
        }
        micros = pa.compute.cast(pa.compute.multiply(arrays["time"], 1e6), pa.int64(), safe=False)
        arrays["time"] = micros.cast(pa.timestamp("us", tz="UTC"))
        return pa.table(arrays)

    def _samples(
        self, start: datetime, end: datetime
    ) -> Iterator[tuple[str, str | None, float, float]]:
        step = self._options.step_seconds or step_of(start, end)
        for metric, query in self._options.queries.items():
            asked = query.replace("$step", f"{step}s")
            for first, last in spans(start, end, step=step):
                for labels, values in self._series(metric, asked, first, last, step):
                    host = next((labels[n] for n in self._options.host if labels.get(n)), None)
                    for time, value in values:
                        if math.isfinite(value):
                            yield metric, host, time, value

    def _series(
        self, metric: str, query: str, first: int, last: int, step: int
    ) -> Iterator[tuple[Mapping[str, str], list[tuple[float, float]]]]:
        asked = {"query": query, "start": str(first), "end": str(last), "step": str(step)}
        where = f"{self._endpoint.where}: query {metric!r}"
        try:
            found = self._endpoint.get("api/v1/query_range", query=asked).json(where=where)
        except SourceError as error:
            raise SourceError(f"query {metric!r}: {error}", permanent=error.permanent) from error
        try:
            for series in found["data"]["result"]:
                values = [(float(time), float(value)) for time, value in series["values"]]
                yield series["metric"], values
        except (KeyError, TypeError, ValueError) as error:
            raise SourceError(f"{where} answered with no series in time ({error})") from error


def step_of(start: datetime, end: datetime) -> int:
    """Seconds between two points: a minute, or as many as keep a series within reason."""
    least = (end - start).total_seconds() / _ENOUGH
    return next((step for step in _STEPS if step >= least), math.ceil(least / 86_400) * 86_400)


def spans(start: datetime, end: datetime, *, step: int) -> Iterator[tuple[int, int]]:
    """First and last second of each query, whole steps since 1970, so that answers agree.

    No query has more points than the server gives, and no point is asked for twice.
    """
    first = math.ceil(_seconds(start) / step) * step
    final = math.floor(_seconds(end) / step) * step
    while first <= final:
        last = min(first + (MOST_POINTS - 1) * step, final)
        yield first, last
        first = last + step


def _seconds(time: datetime) -> float:
    return time.astimezone(UTC).timestamp()
