"""Grafana's webhook. No Grafana can be had here, so nothing was recorded: body and headers are of
the shape that its documentation shows ("Configure the webhook notifier"), and it is signed as its
source does (grafana/alerting, `http/hmac.go`; secret, message and clock of `hmac_test.go`).
"""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import UnprovenAlert
from bot.incident import IncidentKey

SENT = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
TIMESTAMP = "X-Grafana-Alerting-Timestamp"


def delivery(body: bytes, *, secret: str, timestamp: str = "") -> dict[str, str]:
    """The headers that Grafana sends with a body, in lower case as the door has them."""
    signed = f"{timestamp}:".encode() + body if timestamp else body
    signature = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    headers = {
        "content-type": "application/json", "user-agent": "Grafana",
        "x-grafana-alerting-signature": signature,
    }  # fmt: skip
    return headers | ({TIMESTAMP.lower(): timestamp} if timestamp else {})


def test_a_grafana_delivery_is_put_in_our_words(payload: Any, make_sender: Any) -> None:
    sender = make_sender("grafana", models=("delays", "churn"))
    document = payload("grafana_firing")
    document["alerts"][1]["labels"]["alertname"] = "Accuracy low"
    body = json.dumps(document).encode()

    firing, resolved = sender.read(body, headers={}).alerts

    assert firing.key == IncidentKey(model="delays", metric="accuracy", segment=(("region", "eu"),))
    assert firing.starts_at == datetime(2026, 11, 21, 19, 10, tzinfo=UTC)
    assert (firing.severity, firing.value) == ("sev1", 0.78)
    assert firing.link == "https://grafana.example/d/ml?viewPanel=2"
    assert (resolved.status, resolved.value) == ("resolved", None)
    assert resolved.link == "https://grafana.example/alerting/grafana/def/view?orgId=1"


def test_of_several_values_only_the_named_one_is_taken(payload: Any, make_sender: Any) -> None:
    body = payload("grafana_firing")
    body["alerts"][0]["values"] = {"A": 1, "C": 0.5}
    raw = json.dumps(body).encode()

    guessed = make_sender("grafana").read(raw, headers={}).alerts[0]
    named = make_sender("grafana", labels={"value": "C"}).read(raw, headers={}).alerts[0]

    assert (guessed.value, named.value) == (None, 0.5)


@pytest.mark.parametrize("timestamp", ["", str(int(SENT.timestamp()))])
def test_a_signed_delivery_is_proven_and_a_changed_one_is_not(
    payload: Any, make_sender: Any, timestamp: str
) -> None:
    keys = {"hmac_timestamp_header": TIMESTAMP} if timestamp else {}
    sender = make_sender(
        "grafana", hmac_secret="${S}", environment={"S": "s3cret"}, now=lambda: SENT, **keys
    )
    body = json.dumps(payload("grafana_firing")).encode()
    headers = delivery(body, secret="s3cret", timestamp=timestamp)
    changed = [
        (headers, body.replace(b"firing", b"resolved", 1)),
        (delivery(body, secret="another", timestamp=timestamp), body),
    ]
    if timestamp:
        changed.append((headers | {TIMESTAMP.lower(): str(int(timestamp) - 1)}, body))

    sender.proof.check(headers, body)
    for other_headers, other_body in changed:
        with pytest.raises(UnprovenAlert):
            sender.proof.check(other_headers, other_body)


@pytest.mark.parametrize(
    ("keys", "headers"),
    [
        ({}, {"x-grafana-alert-signature":
              "3bcebf43c85d20bba6e3b6ba278af1d2ba3ab0d57de271b0ad30b833e851c5a6"}),
        ({"hmac_header": "X-Signature", "hmac_timestamp_header": "X-Timestamp"},
         {"x-timestamp": "0", "x-signature":
          "ac18a483a582b60a883e974541afe25aa1026136163e94665649743324183ef1"}),
    ],
)  # fmt: skip
def test_the_cases_of_grafana_s_own_tests_are_proven(
    make_sender: Any, keys: dict[str, str], headers: dict[str, str]
) -> None:
    """The digests were made by `openssl dgst -sha256 -hmac secret`, not by this code."""
    began = datetime.fromtimestamp(0, UTC)
    sender = make_sender(
        "grafana", hmac_secret="${S}", environment={"S": "secret"}, now=lambda: began, **keys
    )

    sender.proof.check(headers, b"test message")
