import threading
import time
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.routing import Route

from bot.web import WebServer
from bot.web.health import Readiness

TOKEN = {"Authorization": "Bearer s3cret-token"}


def test_a_living_process_says_so(door: Any) -> None:
    answer = door.http.get("/health/live")

    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_readiness_has_a_line_for_each_dependency(open_door: Any) -> None:
    door = open_door(ready={"store": lambda: None, "slack": lambda: None})

    answer = door.http.get("/health/ready")

    assert (answer.status_code, answer.text) == (200, "store: ready\nslack: ready\n")


def test_one_that_is_not_ready_makes_the_whole_not_ready(
    open_door: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks() -> str | None:
        raise ValueError("password=hunter2")

    door = open_door(
        ready={"store": lambda: None, "slack": lambda: "not connected", "source": breaks}
    )

    answer = door.http.get("/health/ready")

    assert answer.status_code == 503
    assert answer.text == "store: ready\nslack: not connected\nsource: failed (ValueError)\n"
    assert "source" in caplog.text


def test_probes_are_asked_at_once(open_door: Any) -> None:
    def slow() -> None:
        time.sleep(0.5)

    door = open_door(ready={str(number): slow for number in range(5)})
    began = time.monotonic()

    answer = door.http.get("/health/ready")

    assert answer.status_code == 200
    assert time.monotonic() - began < 2.2


def test_a_dependency_that_does_not_answer_is_not_waited_for() -> None:
    released = threading.Event()

    def hangs() -> str | None:
        released.wait(10)
        return None

    readiness = Readiness({"store": lambda: None, "slack": hangs}, seconds=0.2)
    app = Starlette(routes=[Route("/", readiness.answer)])

    with WebServer(app, host="127.0.0.1", port=0) as server:
        answer = httpx.get(server.url)
        released.set()

    assert answer.status_code == 503
    assert answer.text == "store: ready\nslack: no answer within 0.2 seconds\n"


def test_what_happened_is_counted(door: Any, delivery: Any) -> None:
    body = delivery("alertmanager_firing_multi")
    for _ in range(2):
        door.http.post("/alerts/am", content=body, headers=TOKEN)
    door.http.post("/alerts/am", content=b"{", headers=TOKEN)
    door.http.post("/alerts/../../etc", content=b"{")
    door.http.post("/alerts/made-up", content=b"{")

    page = door.http.get("/metrics")

    assert page.headers["Content-Type"].startswith("text/plain")
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(page.text)
        for sample in family.samples
    }
    assert samples["plummet_deliveries_total", "accepted", "am"] == 2
    assert samples["plummet_deliveries_total", "am", "unreadable"] == 1
    assert samples["plummet_deliveries_total", "unknown", "unknown_sender"] == 1
    assert samples["plummet_alerts_total", "am", "new"] == 2
    assert samples["plummet_alerts_total", "am", "repeated"] == 2
    assert samples["plummet_dead_letters_total", "400", "am"] == 1
    assert samples["plummet_delivery_seconds_count",] == 4
    assert samples["plummet_jobs_waiting",] == 2
    assert samples["plummet_incidents_open",] == 0
