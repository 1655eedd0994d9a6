"""A real Prometheus and a real Alertmanager, from a metric that drops to an incident.

`apt-get install prometheus prometheus-alertmanager` brings both.
"""

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.alerts import open_polls, open_senders
from bot.response import begin_polls
from bot.settings import OutgoingSettings, SenderSettings, ServerSettings, Settings
from bot.web import Metrics, WebServer, build_web
from tests.loopback import Answer, answering
from tests.response.conftest import House

PROMETHEUS = shutil.which("prometheus")
ALERTMANAGER = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        PROMETHEUS is None or ALERTMANAGER is None,
        reason="NO PROMETHEUS OR ALERTMANAGER HERE: the way from a metric to an incident stays"
        " untested; apt-get install prometheus prometheus-alertmanager",
    ),
]

RULES = """
groups:
  - name: models
    rules:
      - alert: AccuracyDrop
        expr: model_accuracy < 0.85
        labels: {severity: critical, metric: accuracy}
        annotations:
          summary: "Accuracy of {{ $labels.model }} is {{ $value }}"
          value: "{{ $value }}"
      - alert: DiskFull
        expr: disk_free < 0.1
        labels: {severity: critical}
"""
PROMETHEUS_FILE = """
global: {{scrape_interval: 500ms, evaluation_interval: 500ms}}
rule_files: [{rules}]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["{alertmanager}"]}}]}}]}}
scrape_configs:
  - job_name: models
    static_configs: [{{targets: ["{exporter}"]}}]
"""
ALERTMANAGER_FILE = """
route: {{receiver: bot, group_by: [alertname], group_wait: 100ms, group_interval: 1s}}
receivers:
  - name: bot
    webhook_configs:
      - url: {door}/alerts/am
        http_config: {{authorization: {{type: Bearer, credentials: s3cret-token}}}}
"""


@dataclass
class Faulty:
    """The application behind a door that first answers with these statuses."""

    app: ASGIApp
    statuses: list[int] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.statuses:
            self.answered.append(self.statuses.pop(0))
            await PlainTextResponse("no", status_code=self.answered[-1])(scope, receive, send)
            return
        await self.app(scope, receive, send)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A house with a door, a metric that a test sets, and the two that watch it."""

    house: House
    door: Faulty
    accuracy: Gauge
    prometheus: str
    alertmanager: str

    def work_until(self, holds: Callable[[], object], seconds: float = 30) -> None:
        """Have the bot work until other processes have done their part."""
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, "it did not happen in time"
            self.house.work()
            time.sleep(0.05)

    def polled(self, **sender: object) -> None:
        """Ask as the bot does at its start; `sender` is how it is configured."""
        settings = with_senders(self.house.settings, asked=SenderSettings(**sender))
        polls = {"asked": open_polls(settings)["asked"]}
        self.house.desk = replace(self.house.desk, polls=polls)
        begin_polls(self.house.desk)
        self.house.work()


def with_senders(settings: Settings, **senders: SenderSettings) -> Settings:
    here = OutgoingSettings(private=("loopback",))
    return settings.model_copy(update={"alerts": senders, "outgoing": here})


def free_place() -> str:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return f"127.0.0.1:{probe.getsockname()[1]}"


@contextmanager
def process(*command: str | Path, place: str, log: Path) -> Iterator[str]:
    with log.open("wb") as written:
        started = subprocess.Popen([*map(str, command)], stdout=written, stderr=written)
        try:
            deadline = time.monotonic() + 30
            while not is_ready(place):
                assert time.monotonic() < deadline, log.read_text()[-2000:]
                time.sleep(0.05)
            yield f"http://{place}"
        finally:
            started.terminate()
            started.wait(10)


def is_ready(place: str) -> bool:
    try:
        return httpx.get(f"http://{place}/-/ready").is_success
    except httpx.TransportError:
        return False


@contextmanager
def exporter(registry: CollectorRegistry) -> Iterator[str]:
    """What a model server would show of itself; host and port."""
    with answering(lambda _: Answer(body=generate_latest(registry))) as url:
        yield url.removeprefix("http://")


@pytest.fixture
def scene(house: House, tmp_path: Path) -> Iterator[Scene]:
    registry = CollectorRegistry()
    accuracy = Gauge("model_accuracy", "", ("model", "segment_region"), registry=registry)
    accuracy.labels("delays", "eu").set(0.91)
    Gauge("disk_free", "", registry=registry).set(0.01)
    senders = with_senders(
        house.settings, am=SenderSettings(kind="alertmanager", bearer="s3cret-token")
    )
    door = Faulty(
        build_web(
            store=house.desk.store,
            senders=open_senders(senders),
            server=ServerSettings(),
            metrics=Metrics(CollectorRegistry()),
            ready={},
        )
    )
    (tmp_path / "rules.yml").write_text(RULES)
    with ExitStack() as stack:
        server = stack.enter_context(WebServer(door, host="127.0.0.1", port=0))
        am_place, place = free_place(), free_place()
        am_file, file = tmp_path / "alertmanager.yml", tmp_path / "prometheus.yml"
        am_file.write_text(ALERTMANAGER_FILE.format(door=server.url))
        alertmanager = stack.enter_context(
            process(
                ALERTMANAGER or "", f"--config.file={am_file}",
                f"--storage.path={tmp_path / 'am'}", f"--web.listen-address={am_place}",
                "--cluster.listen-address=", place=am_place, log=tmp_path / "am.log",
            )
        )  # fmt: skip
        file.write_text(
            PROMETHEUS_FILE.format(
                rules=tmp_path / "rules.yml",
                alertmanager=am_place,
                exporter=stack.enter_context(exporter(registry)),
            )
        )
        prometheus = stack.enter_context(
            process(
                PROMETHEUS or "", f"--config.file={file}", f"--storage.tsdb.path={tmp_path / 'p'}",
                f"--web.listen-address={place}", place=place, log=tmp_path / "p.log",
            )
        )  # fmt: skip
        yield Scene(
            house=house, door=door, accuracy=accuracy, prometheus=prometheus,
            alertmanager=alertmanager,
        )  # fmt: skip


def test_a_metric_that_drops_opens_an_incident_and_its_recovery_is_noted(scene: Scene) -> None:
    house, store = scene.house, scene.house.desk.store
    scene.door.statuses = [500, 503]  # the disk of the bot is full, then it has too much to do

    scene.accuracy.labels("delays", "eu").set(0.7)
    scene.work_until(lambda: any(one.model for one in store.incidents()))
    scene.accuracy.labels("delays", "eu").set(0.9)
    scene.work_until(lambda: any(one.cleared for one in store.incidents()))

    (incident,) = (one for one in store.incidents() if one.model)
    assert scene.door.answered == [500, 503]
    assert (incident.model, incident.key.metric) == ("delays", "accuracy")
    assert incident.key.segment == (("region", "eu"),)
    assert (incident.severity, incident.title) == ("sev1", "Accuracy of delays is 0.7")
    assert incident.alert is not None
    assert incident.alert.value == 0.7
    assert incident.alert.link
    assert incident.is_open
    assert incident.room in {room for room, _ in house.chat.rooms.values()}


def test_what_fired_while_the_bot_was_down_is_found_when_it_starts(scene: Scene) -> None:
    store = scene.house.desk.store
    scene.door.statuses = [400] * 1_000  # given up by Alertmanager, as if nobody were there

    scene.accuracy.labels("delays", "eu").set(0.7)
    scene.work_until(lambda: len(scene.door.answered) >= 2)
    scene.polled(kind="alertmanager", poll_url=scene.alertmanager, open=True)

    (incident,) = store.incidents()  # the disk that is full names no model of ours
    assert (incident.model, incident.firing) == ("delays", 1)


def test_what_was_delivered_and_is_then_seen_in_a_poll_is_one_alert(scene: Scene) -> None:
    store = scene.house.desk.store
    scene.accuracy.labels("delays", "eu").set(0.7)
    scene.work_until(lambda: any(one.model for one in store.incidents()))
    delivered = scene.house.settings
    polls = open_polls(
        with_senders(
            delivered,
            am=SenderSettings(kind="alertmanager", poll_url=scene.alertmanager, open=True),
        )
    )
    scene.house.desk = replace(scene.house.desk, polls=polls)

    begin_polls(scene.house.desk)
    scene.house.work()

    (incident,) = (one for one in store.incidents() if one.model)
    assert incident.firing == 1


def test_prometheus_itself_may_be_asked(scene: Scene) -> None:
    store = scene.house.desk.store
    scene.door.statuses = [400] * 1_000
    scene.accuracy.labels("delays", "eu").set(0.7)
    scene.work_until(lambda: len(scene.door.answered) >= 2)

    scene.polled(kind="prometheus", poll_url=scene.prometheus)
    scene.house.later(61)

    (incident,) = store.incidents()
    assert (incident.model, incident.firing) == ("delays", 1)
    assert incident.alert is not None
    assert incident.alert.value == 0.7


def test_an_address_that_does_not_answer_is_asked_again(scene: Scene) -> None:
    scene.polled(kind="alertmanager", poll_url=f"http://{free_place()}", open=True)

    assert scene.house.desk.store.parked() == []
    scene.house.clock.forward(61)
    job = scene.house.desk.store.take()
    assert job is not None
    assert job.kind == "poll"
