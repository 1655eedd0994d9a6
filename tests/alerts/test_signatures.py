"""Each vendor's signature, made by the same arithmetic that the vendor documents."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.proof import Proof, proof_of
from bot.errors import SettingsError, UnprovenAlert
from bot.settings import SenderSettings

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
SECOND = str(int(NOW.timestamp()))
BODY = b'{"event": {}}'
SECRET = b"s3cret-token"


def proof(kind: str, **keys: Any) -> Proof:
    return proof_of("am", SenderSettings(**keys), kind=kind, clock=lambda: NOW, environment={})


def hex_of(secret: bytes, content: bytes = BODY) -> str:
    return hmac.new(secret, content, hashlib.sha256).hexdigest()


def test_one_of_several_signatures_of_pagerduty_is_enough() -> None:
    checked = proof("pagerduty", hmac_secret="s3cret-token")
    old, new = hex_of(b"the old secret"), hex_of(SECRET)

    checked.check({"x-pagerduty-signature": f"v1={old},v1={new}"}, BODY)
    checked.check({"x-pagerduty-signature": f"v1={new}, v1={old}"}, BODY)
    checked.check({"x-pagerduty-signature": f"v2=later,v1={new}"}, BODY)


@pytest.mark.parametrize("given", ["", "v1=", "v1", "{}", "v2={}", "v1={},x", "v1=x{}", "v1={}0"])
def test_anything_but_a_signature_of_version_1_is_refused(given: str) -> None:
    checked = proof("pagerduty", hmac_secret="another secret")

    with pytest.raises(UnprovenAlert):
        checked.check({"x-pagerduty-signature": given.format(hex_of(SECRET))}, BODY)


def test_sentry_signs_the_body_in_a_header_of_its_own() -> None:
    checked = proof("sentry", hmac_secret="s3cret-token")

    checked.check({"sentry-hook-signature": hex_of(SECRET)}, BODY)
    with pytest.raises(UnprovenAlert):
        checked.check({"sentry-hook-signature": hex_of(SECRET)}, BODY + b" ")


def mlflow_headers(delivery: str = "d1", timestamp: str = SECOND) -> dict[str, str]:
    said = f"{delivery}.{timestamp}.".encode() + BODY
    signature = base64.b64encode(hmac.new(SECRET, said, hashlib.sha256).digest()).decode()
    return {
        "x-mlflow-delivery-id": delivery,
        "x-mlflow-timestamp": timestamp,
        "x-mlflow-signature": f"v1,{signature}",
    }


def test_mlflow_signs_delivery_time_and_body() -> None:
    proof("mlflow", hmac_secret="s3cret-token").check(mlflow_headers(), BODY)


@given(
    part=st.sampled_from(["x-mlflow-delivery-id", "x-mlflow-timestamp", "x-mlflow-signature"]),
    at=st.integers(0, 1_000),
    change=st.integers(1, 127),
)
def test_any_mutated_byte_of_a_delivery_of_mlflow_is_refused(
    part: str, at: int, change: int
) -> None:
    headers = mlflow_headers()
    mutated = bytearray(headers[part].encode())
    mutated[at % len(mutated)] ^= change

    with pytest.raises(UnprovenAlert):
        proof("mlflow", hmac_secret="s3cret-token").check(
            headers | {part: mutated.decode("latin-1")}, BODY
        )


def test_an_old_delivery_of_mlflow_is_a_replay() -> None:
    headers = mlflow_headers(timestamp=str(int(SECOND) - 301))

    with pytest.raises(UnprovenAlert, match="more than 300 seconds away"):
        proof("mlflow", hmac_secret="s3cret-token").check(headers, BODY)


def test_a_token_in_the_address_proves_its_sender() -> None:
    checked = proof("google", token="s3cret-token")

    checked.check({}, BODY, query={"token": "s3cret-token"})
    for wrong in ({}, {"token": ""}, {"token": "s3cret-tokem"}, {"Token": "s3cret-token"}):
        with pytest.raises(UnprovenAlert, match="token"):
            checked.check_headers({}, query=wrong)


@pytest.mark.parametrize(
    ("kind", "keys", "says"),
    [
        ("cloudwatch", {"bearer": "x"}, "alerts.am needs topics"),
        ("cloudwatch", {"open": True}, "alerts.am needs topics"),
        ("generic", {"topics": ("arn:a",)}, "topics is for kind cloudwatch only"),
        ("google", {"token": " "}, "alerts.am.token is empty"),
    ],
)
def test_a_proof_that_does_not_fit_its_sender_does_not_start(
    kind: str, keys: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        proof(kind, **keys)
