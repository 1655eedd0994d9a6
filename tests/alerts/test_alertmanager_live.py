"""A real Alertmanager against the real door; `apt-get install prometheus-alertmanager`."""

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry

from bot.alerts import open_senders
from bot.settings import SenderSettings, ServerSettings, Settings
from bot.store import Store
from bot.web import Metrics, WebServer, build_web

BINARY = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
pytestmark = pytest.mark.skipif(
    BINARY is None,
    reason="NO ALERTMANAGER HERE: what a real one sends stays untested; "
    "apt-get install prometheus-alertmanager",
)

CONFIG = """
route: {{receiver: bot, group_by: [alertname, model], group_wait: 50ms, group_interval: 1s}}
receivers:
  - name: bot
    webhook_configs:
      - url: {url}/alerts/am
        http_config:
          authorization: {{type: Bearer, credentials: s3cret-token}}
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "plummet.db") as opened:
        yield opened


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def alertmanager(store: Store, registry: CollectorRegistry, tmp_path: Path) -> Iterator[str]:
    """The address of an Alertmanager that tells our door, which takes one waiting alert."""
    senders = {
        "am": SenderSettings(kind="alertmanager", bearer="s3cret-token"),
        "free": SenderSettings(kind="generic", open=True),
    }
    app = build_web(
        store=store,
        senders=open_senders(Settings(folder=tmp_path, alerts=senders)),
        server=ServerSettings(waiting_limit=1),
        metrics=Metrics(registry),
        ready={},
    )
    with ExitStack() as stack:
        server = stack.enter_context(WebServer(app, host="127.0.0.1", port=0))
        yield stack.enter_context(started(server.url, tmp_path))


@contextmanager
def started(url: str, folder: Path) -> Iterator[str]:
    """An Alertmanager on a free port of loopback, alone in its cluster."""
    assert BINARY is not None
    with socket.create_server(("127.0.0.1", 0)) as probe:
        place = f"127.0.0.1:{probe.getsockname()[1]}"
    config = folder / "alertmanager.yml"
    config.write_text(CONFIG.format(url=url))
    with (folder / "alertmanager.log").open("wb") as log:
        process = subprocess.Popen(
            [
                BINARY,
                f"--config.file={config}",
                f"--storage.path={folder / 'alertmanager'}",
                f"--web.listen-address={place}",
                "--cluster.listen-address=",
            ],
            stdout=log,
            stderr=log,
        )
    try:
        until(lambda: answers(f"http://{place}/-/ready"))
        yield f"http://{place}"
    finally:
        process.terminate()
        process.wait(5)


def answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


def until(holds: Callable[[], Any], seconds: float = 8) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def fire(alertmanager: str, labels: dict[str, str], **times: str) -> None:
    alert = {"labels": labels, "annotations": {"summary": "Accuracy <!channel> fell"}, **times}
    httpx.post(f"{alertmanager}/api/v2/alerts", json=[alert]).raise_for_status()


def deliveries(registry: CollectorRegistry, outcome: str) -> float:
    labels = {"sender": "am", "outcome": outcome}
    return registry.get_sample_value("plummet_deliveries_total", labels) or 0


def test_what_a_real_alertmanager_sends_fires_and_resolves(alertmanager: str, store: Store) -> None:
    labels = {"alertname": "AccuracyDrop", "model": "delays", "segment_region": "eu"}
    start = datetime.now(UTC) - timedelta(seconds=5)

    fire(alertmanager, labels, startsAt=start.isoformat())
    until(store.waiting)
    job = store.take()
    assert job is not None
    firing = store.alert(dict(job.payload)["alert"])
    store.finish(job)
    fire(alertmanager, labels, startsAt=start.isoformat(), endsAt=datetime.now(UTC).isoformat())
    until(store.waiting)
    job = store.take()
    assert job is not None
    resolved = store.alert(dict(job.payload)["alert"])

    assert (firing.status, resolved.status) == ("firing", "resolved")
    assert firing.title == "Accuracy <!channel> fell (model delays)"
    assert firing.labels == labels
    assert firing.starts_at == resolved.starts_at == start
    assert (firing.ends_at is None, resolved.ends_at is None) == (True, False)
    assert firing.key == resolved.key


def test_a_503_is_sent_again_until_there_is_room(
    alertmanager: str, store: Store, registry: CollectorRegistry
) -> None:
    store.enqueue("alert", {"alert": "what fills the queue"}, lane="full")
    busy = store.take()
    assert busy is not None

    fire(alertmanager, {"alertname": "AccuracyDrop", "model": "delays"})
    until(lambda: deliveries(registry, "overloaded"))
    assert deliveries(registry, "accepted") == 0
    store.finish(busy)
    until(lambda: deliveries(registry, "accepted"))

    assert store.waiting() == 1
    assert store.dead_letters() == []
