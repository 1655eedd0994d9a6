"""System metrics: what is asked of a Prometheus, and a real one that answers."""

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot.errors import SourceError
from bot.settings import OutgoingSettings, Settings, SourceSettings
from bot.sources import Sources, look_at_source, open_sources
from bot.sources.prometheus import MOST_POINTS, spans, step_of
from tests.sources.recording import Recorded, replayed

PROMETHEUS = shutil.which("prometheus")
START = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def sources(url: str, **options: Any) -> Sources:
    return open_sources(settings(url, **options))


def settings(url: str, **options: Any) -> Settings:
    source = SourceSettings(
        kind="prometheus", url=url, bearer="${PROMETHEUS_TOKEN}", options=options
    )
    here = OutgoingSettings(private=("loopback",))
    return Settings(folder=Path(), sources={"system": source}, outgoing=here)


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMETHEUS_TOKEN", "s3cret")


@pytest.mark.parametrize("days", [0.01, 1, 7, 7.64, 13.9, 30, 90, 365, 3_000])
def test_no_query_asks_for_more_points_than_are_given_and_none_is_asked_twice(days: float) -> None:
    end = START + timedelta(days=days, seconds=17)
    step = step_of(START, end)

    asked = list(spans(START, end, step=step))

    points = [second for first, last in asked for second in range(first, last + 1, step)]
    assert max((last - first) // step + 1 for first, last in asked) <= MOST_POINTS
    assert len(points) == len(set(points)) <= 20_001
    assert points == list(range(points[0], points[-1] + 1, step))
    assert START.timestamp() <= points[0] < START.timestamp() + step
    assert end.timestamp() - step < points[-1] <= end.timestamp()


def test_a_fortnight_is_asked_by_the_minute_in_two_queries() -> None:
    end = START + timedelta(days=13)

    assert step_of(START, end) == 60
    assert len(list(spans(START, end, step=60))) == 2


class Answers(dict[str, Any]):
    """Whatever range is asked for, these series."""

    def __init__(self, *series: dict[str, Any], code: int = 200, **body: Any) -> None:
        self.body = body or {"status": "success", "data": {"resultType": "matrix",
                                                           "result": list(series)}}  # fmt: skip
        self.code = code

    def get(self, _key: str, _default: object = None) -> Any:
        return self.code, {}, self.body


def answering(*series: dict[str, Any], **more: Any) -> Any:
    return replayed_with(Answers(*series, **more))


@contextmanager
def replayed_with(answers: Answers) -> Iterator[Recorded]:
    with replayed({}) as server:
        server.answers = answers
        yield server


def rows_of(opened: Sources, days: float = 1) -> list[dict[str, Any]]:
    with opened.system("system", start=START, end=START + days * DAY) as read:
        rows: list[dict[str, Any]] = read.connection.to_pyarrow(read.table).to_pylist()
    return rows


def test_every_series_is_rows_of_its_metric_and_host_and_no_number_is_left_out() -> None:
    series: list[dict[str, Any]] = [
        {"metric": {"instance": "a:9100", "job": "x"}, "values": [[START.timestamp(), "0.5"],
         [START.timestamp() + 60, "NaN"], [START.timestamp() + 120, "+Inf"]]},
        {"metric": {"host": "b", "instance": "b:9100"}, "values": [[START.timestamp() + 0.25,
         "2"]]},
        {"metric": {}, "values": [[START.timestamp(), "3"]]},
    ]  # fmt: skip
    with answering(*series) as server, sources(server.url, queries={"cpu": "cpu_used"}) as opened:
        rows = rows_of(opened)

    found = {(row["host"], row["value"], row["time"], row["metric"]) for row in rows}
    assert found == {
        ("a:9100", 0.5, START, "cpu"), (None, 3.0, START, "cpu"),
        ("b", 2.0, START + timedelta(milliseconds=250), "cpu"),
    }  # fmt: skip


def test_the_step_stands_in_the_query_and_the_token_in_the_header() -> None:
    with answering() as server:
        with sources(server.url, queries={"errors": "rate(errors[$step])"}) as opened:
            rows_of(opened, days=13)

        asked = [parse_qs(urlsplit(path).query) for path in server.asked]
        assert [one["query"] for one in asked] == [["rate(errors[60s])"]] * 2
        assert {one["step"][0] for one in asked} == {"60"}
        assert {one["authorization"] for one in server.headers} == {"Bearer s3cret"}


def test_a_query_that_prometheus_refuses_is_named() -> None:
    body = {"status": "error", "errorType": "bad_data", "error": "parse error: unclosed"}
    with (
        answering(code=400, **body) as server,
        sources(server.url, queries={"cpu": "rate("}) as opened,
        pytest.raises(SourceError, match=r"query 'cpu': .*400 \(parse error: unclosed\)"),
    ):
        rows_of(opened)


def test_one_that_is_down_says_since_when_and_may_be_asked_again() -> None:
    with (
        sources("http://127.0.0.1:9", queries={"cpu": "cpu"}) as opened,
        pytest.raises(
            SourceError, match=r"cannot be asked \(\d{4}-\d\d-\d\d \d\d:\d\d UTC\)"
        ) as caught,
    ):
        rows_of(opened)

    assert not caught.value.permanent


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "sources.system.options.queries: field required"),
        ({"queries": {}}, "sources.system.options.queries"),
        ({"query": {"cpu": "x"}}, "unknown key sources.system.options.query; did you mean 'quer"),
    ],
)
def test_options_that_are_wrong_name_the_key(options: dict[str, Any], says: str) -> None:
    with sources("http://127.0.0.1:9", **options) as opened, pytest.raises(SourceError, match=says):
        rows_of(opened)


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real one that scrapes itself; Debian's package `prometheus`."""
    if PROMETHEUS is None:
        pytest.skip("NO PROMETHEUS HERE: its metrics stay untested; apt-get install prometheus")
    folder = tmp_path_factory.mktemp("prometheus")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        place = f"127.0.0.1:{probe.getsockname()[1]}"
    (folder / "p.yml").write_text(
        "global: {scrape_interval: 200ms}\n"
        f'scrape_configs: [{{job_name: self, static_configs: [{{targets: ["{place}"]}}]}}]\n'
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [PROMETHEUS, f"--config.file={folder / 'p.yml'}", f"--web.listen-address={place}",
             f"--storage.tsdb.path={folder / 'data'}"], stdout=log, stderr=log,
        )  # fmt: skip
    try:
        until(lambda: "value" in query(place, "scrape_duration_seconds"))
        yield f"http://{place}"
    finally:
        process.terminate()
        process.wait(10)


def query(place: str, text: str) -> str:
    try:
        return httpx.get(f"http://{place}/api/v1/query", params={"query": text}).text
    except httpx.TransportError:
        return ""


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "Prometheus did not begin in time"
        time.sleep(0.1)


def test_a_real_prometheus_answers_with_its_hosts(prometheus: str) -> None:
    queries = {"up": "up", "days": "day_of_month()"}
    now = datetime.now(UTC)

    span = {"start": now - timedelta(minutes=1), "end": now + DAY / 24}
    with (
        sources(prometheus, queries=queries, step_seconds=1) as opened,
        opened.system("system", **span) as read,
    ):
        rows = read.connection.to_pyarrow(read.table).to_pylist()

    up = [row for row in rows if row["metric"] == "up"]
    assert {row["host"] for row in up} == {prometheus.removeprefix("http://")}
    assert {row["value"] for row in up} == {1.0}
    assert all(abs(row["time"] - now) < timedelta(minutes=10) for row in up)


def test_a_real_prometheus_never_says_that_too_many_points_were_asked_for(prometheus: str) -> None:
    now = datetime.now(UTC)
    refused = httpx.get(
        f"{prometheus}/api/v1/query_range",
        params={"query": "vector(1)", "start": 0, "end": MOST_POINTS * 60 + 60, "step": 60},
    )
    assert refused.status_code == 400
    assert "11,000 points" in refused.text

    with (
        sources(prometheus, queries={"one": "vector(1)"}, step_seconds=60) as opened,
        opened.system("system", start=now - 20 * DAY, end=now) as read,
    ):
        rows = read.connection.to_pyarrow(read.table.count()).as_py()

    assert rows == pytest.approx(20 * 24 * 60, abs=1)


def test_the_doctor_says_how_a_real_prometheus_is(prometheus: str) -> None:
    place = prometheus.removeprefix("http://")
    until(lambda: '"value"' in query(place, "up offset 3s"))  # it is asked at whole steps
    well = settings(prometheus, queries={"up": "up"}, step_seconds=2)
    with open_sources(well) as opened:
        says = look_at_source(well, "system", opened)
    assert "1 queries" in says
    assert "its clock agrees" in says

    empty = settings(prometheus, queries={"up": "up", "gone": "no_such"}, step_seconds=2)
    with open_sources(empty) as opened, pytest.raises(SourceError, match="gone found nothing"):
        look_at_source(empty, "system", opened)
