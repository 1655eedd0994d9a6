"""What particular senders need of the door: tokens in the address, handshakes, and parts."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from prometheus_client import CollectorRegistry

from bot.alerts import Sender, open_senders
from bot.alerts.cloudwatch import cloudwatch
from bot.alerts.proof import Proof
from bot.settings import SenderSettings, ServerSettings, Settings
from bot.store import Store
from bot.web import Metrics, WebServer, build_web
from tests.alerts.aws import Aws, made

NOW = datetime(2026, 11, 21, 19, 40, tzinfo=UTC)
SENDERS = {
    "am": SenderSettings(kind="alertmanager", bearer="s3cret-token"),
    "azure": SenderSettings(token="s3cret-token"),
    "pagerduty": SenderSettings(hmac_secret="s3cret-token"),
    "mlflow": SenderSettings(hmac_secret="s3cret-token"),
    "list": SenderSettings(kind="generic", open=True),
}
BEARER = {"Authorization": "Bearer s3cret-token"}


@dataclass(frozen=True, kw_only=True)
class House:
    http: httpx.Client
    store: Store
    aws: Aws


@pytest.fixture
def house(store: Store) -> Iterator[House]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    aws = Aws(key=key, pem=made(key, until=NOW + timedelta(days=30)))
    told = cloudwatch(aws.fetch)("sns", SenderSettings(), lambda: NOW)
    senders = open_senders(Settings(folder=Path(), alerts=SENDERS), clock=lambda: NOW)
    app = build_web(
        store=store,
        senders=senders
        | {"sns": Sender(name="sns", format=told, proof=Proof(signature=aws.proof()))},
        server=ServerSettings(delivery_limit=10),
        metrics=Metrics(CollectorRegistry()),
        ready={},
    )
    with (
        WebServer(app, host="127.0.0.1", port=0) as server,
        httpx.Client(base_url=server.url, timeout=10) as http,
    ):
        yield House(http=http, store=store, aws=aws)


def test_event_grid_s_handshake_is_answered_once_the_token_is_right(
    house: House, delivery: Any
) -> None:
    body = delivery("azure_validation")

    stranger = house.http.post("/alerts/azure?token=guess", content=body)
    answer = house.http.post("/alerts/azure?token=s3cret-token", content=body)

    assert stranger.status_code == 401
    assert "512d38b6" not in stranger.text
    assert answer.status_code == 200
    assert answer.json() == {"validationResponse": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}


def test_cloud_events_may_ask_first(house: House) -> None:
    asks = {"WebHook-Request-Origin": "eventgrid.azure.net"}

    answer = house.http.options("/alerts/azure?token=s3cret-token", headers=asks)

    assert answer.status_code == 200
    assert answer.headers["WebHook-Allowed-Origin"] == "eventgrid.azure.net"


@pytest.mark.parametrize(
    ("path", "origin", "status"),
    [
        ("/alerts/azure", "eventgrid.azure.net", 401),
        ("/alerts/azure?token=s3cret-token", "a b", 405),
        ("/alerts/azure?token=s3cret-token", "", 405),
        ("/alerts/list", "eventgrid.azure.net", 405),
        ("/alerts/nobody", "eventgrid.azure.net", 404),
    ],
)
def test_nobody_else_is_let_in_by_asking(house: House, path: str, origin: str, status: int) -> None:
    answer = house.http.options(path, headers={"WebHook-Request-Origin": origin})

    assert answer.status_code == status
    assert "WebHook-Allowed-Origin" not in answer.headers


def test_a_subscription_of_sns_is_confirmed_only_once_its_signature_is_right(
    house: House, delivery: Any
) -> None:
    wanted = json.loads(delivery("cloudwatch_confirmation"))
    right = house.aws.signed(wanted, "2")
    forged = right.replace(wanted["Token"].encode(), b"another-token")

    assert house.http.post("/alerts/sns", content=forged).status_code == 401
    assert wanted["SubscribeURL"] not in house.aws.asked

    assert house.http.post("/alerts/sns", content=right).status_code == 202
    assert house.aws.asked[-1] == wanted["SubscribeURL"]


def test_pagerduty_is_answered_2xx_for_what_asks_for_nothing(house: House, delivery: Any) -> None:
    body = delivery("pagerduty_ping")
    signature = hmac.new(b"s3cret-token", body, hashlib.sha256).hexdigest()

    answer = house.http.post(
        "/alerts/pagerduty", content=body, headers={"X-PagerDuty-Signature": f"v1={signature}"}
    )

    assert (answer.status_code, answer.json()) == (202, {"ignored": 1})
    assert house.store.waiting() == 0


def test_a_change_in_mlflow_is_kept_once(house: House, delivery: Any) -> None:
    body, second = delivery("mlflow_alias_created"), str(int(NOW.timestamp()))
    said = f"d1.{second}.".encode() + body
    signature = base64.b64encode(hmac.new(b"s3cret-token", said, hashlib.sha256).digest())
    headers = {
        "X-MLflow-Delivery-Id": "d1",
        "X-MLflow-Timestamp": second,
        "X-MLflow-Signature": f"v1,{signature.decode()}",
    }

    first = house.http.post("/alerts/mlflow", content=body, headers=headers)
    again = house.http.post("/alerts/mlflow", content=body, headers=headers)

    assert first.json() == {"delivery": 1, "new": 1, "repeated": 0}
    assert again.json() == {"delivery": 2, "new": 0, "repeated": 1}
    (change,) = house.store.changes()
    assert change.what == "alias champion of fraud now means version 1"
    assert house.store.changes(sender="mlflow") == (change,)
    assert house.store.changes(sender="another") == ()


def test_a_wrong_part_of_a_delivery_is_kept_and_the_rest_is_taken(
    house: House, delivery: Any
) -> None:
    body = json.loads(delivery("alertmanager_firing_multi"))
    body["alerts"][0]["startsAt"] = "soon"

    answer = house.http.post("/alerts/am", json=body, headers=BEARER)

    assert answer.status_code == 202
    assert answer.json() == {"delivery": 1, "new": 1, "repeated": 0, "unread": 1}
    (letter,) = house.store.dead_letters()
    assert (letter.status, letter.sender) == (202, "am")
    assert letter.reason == "alerts[0].startsAt is no time: 'soon'"
    assert json.loads(letter.body) == body


def test_a_huge_delivery_is_taken_as_far_as_it_may_go_those_that_fire_first(house: House) -> None:
    ended = [{"title": f"ended {number}", "status": "resolved"} for number in range(30)]
    firing = [{"title": f"fires {number}", "status": "firing"} for number in range(5)]

    answer = house.http.post("/alerts/list", json=ended + firing)

    assert answer.json() == {"delivery": 1, "new": 10, "repeated": 0, "unread": 1}
    assert house.store.waiting() == 10
    (letter,) = house.store.dead_letters()
    assert letter.reason.startswith("35 alerts in one delivery; 10 were taken")
    titles = set()
    while job := house.store.take():
        titles.add(house.store.alert(dict(job.payload)["alert"]).title)
        house.store.finish(job)
    assert {f"fires {number}" for number in range(5)} < titles
