import gzip
import hashlib
import hmac
import json
import logging
import sqlite3
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from bot.alerts import open_senders
from bot.incident import Alert, ChangeEvent
from bot.settings import SenderSettings, Settings
from bot.store import Receipt, Store
from bot.web import Metrics
from bot.web.intake import Allowance, Intake
from bot.web.refusal import Refusal

SENDERS = {"am": SenderSettings(kind="alertmanager", bearer="s3cret-token")}
TOKEN = {"Authorization": "Bearer s3cret-token"}
GROUP = {"alerts": [{"status": "firing", "labels": {"alertname": "x"}, "fingerprint": "1"}]}


def test_a_delivery_is_on_the_disk_when_it_is_answered(
    door: Any, delivery: Any, tmp_path: Path
) -> None:
    body = delivery("alertmanager_firing_multi")

    answer = door.http.post("/alerts/am", content=body, headers=TOKEN)

    assert answer.status_code == 202
    assert answer.json() == {"delivery": 1, "new": 2, "repeated": 0}
    # Another connection to the file sees it: it is committed.
    with sqlite3.connect(tmp_path / "plummet.db") as connection:
        ((kept, headers),) = connection.execute("select body, headers from delivery").fetchall()
    connection.close()
    assert kept == body
    assert "s3cret" not in headers
    job = door.store.take()
    alert = door.store.alert(job.payload["alert"])
    assert alert.labels["segment"] == "A"
    assert alert.sender == "am"


def test_the_same_delivery_again_is_accepted_and_makes_no_work(door: Any, delivery: Any) -> None:
    body = delivery("alertmanager_firing_multi")
    door.http.post("/alerts/am", content=body, headers=TOKEN)

    answer = door.http.post("/alerts/am", content=body, headers=TOKEN)

    assert answer.status_code == 202
    assert answer.json() == {"delivery": 2, "new": 0, "repeated": 2}
    assert door.store.waiting() == 2


def test_a_signed_delivery_is_accepted(door: Any, delivery: Any) -> None:
    body = delivery("grafana_firing")
    signature = hmac.new(b"s3cret-token", body, hashlib.sha256).hexdigest()

    answer = door.http.post(
        "/alerts/signed", content=body, headers={"X-Grafana-Alerting-Signature": signature}
    )

    assert answer.json() == {"delivery": 1, "new": 1, "repeated": 0, "ignored": 1}


CONTRACT = {
    "accepted": ("am", TOKEN, GROUP, 202, None),
    "no such sender": ("nobody", TOKEN, GROUP, 404, None),
    "no proof": ("am", {}, GROUP, 401, b""),
    "a wrong token": ("am", {"Authorization": "Bearer x"}, GROUP, 401, b""),
    "no signature": ("signed", {}, GROUP, 401, b""),
    "a wrong signature": ("signed", {"X-Grafana-Alerting-Signature": "0" * 64}, GROUP, 401, b""),
    "no proof and too long": ("am", {}, b"x" * 3_000, 401, b""),
    "too long": ("am", TOKEN, b"x" * 3_000, 413, b"x" * 2_000),
    "compressed": ("am", TOKEN | {"Content-Encoding": "gzip"}, gzip.compress(b"{}"), 415, None),
    "compressed, unproven": ("am", {"Content-Encoding": "gzip"}, b"", 401, b""),
    "identity": ("am", TOKEN | {"Content-Encoding": "identity"}, GROUP, 202, None),
    "empty": ("am", TOKEN, b"", 400, b""),
    "no JSON": ("am", TOKEN, b'{"alerts"', 400, b'{"alerts"'),
    "a depth bomb": ("am", TOKEN, b"[" * 2_000, 400, b"[" * 2_000),
    "NaN": ("am", TOKEN, b'{"alerts": NaN}', 400, b'{"alerts": NaN}'),
    "half a surrogate": ("am", TOKEN, rb'["\ud800"]', 400, rb'["\ud800"]'),
    "a huge number": ("am", TOKEN, b"9" * 2_000, 400, b"9" * 2_000),
    "no group": ("am", TOKEN, b"[]", 400, b"[]"),
    "no alerts": ("am", TOKEN, b'{"alerts": []}', 400, b'{"alerts": []}'),
}


@pytest.mark.parametrize("case", CONTRACT)
def test_every_request_gets_the_status_that_was_agreed(open_door: Any, case: str) -> None:
    sender, headers, sent, status, buried = CONTRACT[case]
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    door = open_door(body_limit=2_000)

    answer = door.http.post(
        f"/alerts/{sender}", content=body, headers=headers | {"X-Their-Token": "s3cret"}
    )

    assert answer.status_code == status
    assert ("error" in answer.json()) is (status != 202)
    letters = door.store.dead_letters()
    assert [letter.status for letter in letters] == ([status] if status not in {202, 404} else [])
    if buried is not None:
        assert letters[0].body == buried
        assert letters[0].sender == sender
        assert letters[0].reason
        assert "s3cret" not in str(letters[0].headers)


@pytest.mark.parametrize(("method", "status"), [("GET", 405), ("PUT", 405), ("DELETE", 405)])
def test_alerts_are_posted_and_nothing_else(door: Any, method: str, status: int) -> None:
    assert door.http.request(method, "/alerts/am").status_code == status


def test_a_refusal_says_why_but_not_what_was_expected(door: Any) -> None:
    answer = door.http.post("/alerts/am", json=GROUP, headers={"Authorization": "Bearer x"})

    assert answer.json() == {"error": "the bearer credentials are not the configured ones"}
    assert "Bearer" in answer.headers["WWW-Authenticate"]


def test_too_much_waiting_work_is_answered_503_until_it_is_done(
    open_door: Any, delivery: Any
) -> None:
    door = open_door(waiting_limit=2)
    full = delivery("alertmanager_firing_multi")
    door.http.post("/alerts/am", content=full, headers=TOKEN)

    shed = door.http.post("/alerts/am", json=GROUP, headers=TOKEN)
    door.store.finish(door.store.take())
    taken = door.http.post("/alerts/am", json=GROUP, headers=TOKEN)

    assert shed.status_code == 503
    assert int(shed.headers["Retry-After"]) > 0
    assert taken.status_code == 202
    assert door.store.dead_letters() == []


class BrokenStore(Store):
    """A store whose disk is full for deliveries; dead letters still fit."""

    def receive(
        self,
        *,
        sender: str,  # noqa: ARG002 - the shape is the store's
        body: bytes,  # noqa: ARG002 - likewise
        headers: Mapping[str, str],  # noqa: ARG002 - likewise
        alerts: Sequence[Alert],  # noqa: ARG002 - likewise
        changes: Sequence[ChangeEvent] = (),  # noqa: ARG002 - likewise
    ) -> Receipt:
        raise OSError("no space left on /var/lib/secret-place")


def test_a_failure_of_ours_says_nothing_and_keeps_the_body(
    open_door: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with BrokenStore.open(tmp_path / "broken.db") as broken, caplog.at_level(logging.CRITICAL):
        door = open_door(behind=broken)

        answer = door.http.post("/alerts/am", json=GROUP, headers=TOKEN)

        (letter,) = broken.dead_letters()
    assert answer.status_code == 500
    assert answer.json() == {"error": "internal error; send it again"}
    assert json.loads(letter.body) == GROUP
    assert "no space left" in letter.reason


def test_a_store_that_cannot_even_bury_still_gets_an_answer(
    open_door: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    closed = Store.open(tmp_path / "closed.db")
    door = open_door(behind=closed)
    closed.close()

    answer = door.http.post("/alerts/am", json=GROUP, headers=TOKEN)

    assert answer.status_code == 500
    assert "could not be kept" in caplog.text
    assert door.count("plummet_deliveries_total", sender="am", outcome="failed") == 1


def test_strangers_cannot_fill_the_disk(store: Store) -> None:
    registry = CollectorRegistry()
    intake = Intake(
        store=store,
        senders=open_senders(Settings(folder=Path(), alerts=SENDERS)),
        waiting_limit=1,
        strangers=Allowance(3, seconds=lambda: 0.0),
        metrics=Metrics(registry),
    )

    for _ in range(5):
        intake.bury("am", {}, Refusal(401, "unproven", "no token"))
    intake.bury("am", {}, Refusal(400, "unreadable", "proven, so it is kept"))

    assert [letter.status for letter in store.dead_letters()] == [400, 401, 401, 401]


def test_an_allowance_is_new_each_minute() -> None:
    now = 59.0
    allowance = Allowance(2, seconds=lambda: now)

    first = [allowance.spend() for _ in range(3)]
    now = 60.0
    second = [allowance.spend() for _ in range(3)]

    assert first == second == [True, True, False]


def test_many_senders_at_once_lose_nothing(door: Any) -> None:
    def post(number: int) -> httpx.Response:
        alert = {"status": "firing", "labels": {"n": str(number)}, "fingerprint": str(number)}
        found: httpx.Response = door.http.post(
            "/alerts/am", json={"alerts": [alert]}, headers=TOKEN
        )
        return found

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(post, range(100)))

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["delivery"] for answer in answers}) == 100
    assert door.store.waiting() == 100


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    sender=st.sampled_from(["am", "free", "signed", "nobody"]),
    body=st.binary(max_size=300),
    header=st.sampled_from(["Authorization", "Content-Encoding", "X-Grafana-Alerting-Signature"]),
    value=st.text(st.characters(min_codepoint=32, max_codepoint=126)).map(str.strip),
)
def test_no_request_makes_the_server_fail(
    door: Any, sender: str, body: bytes, header: str, value: str
) -> None:
    answer = door.http.post(f"/alerts/{sender}", content=body, headers=TOKEN | {header: value})

    assert answer.status_code in {202, 400, 401, 404, 415}
