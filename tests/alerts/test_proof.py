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
BODY = b'{"alerts": []}'
ENVIRONMENT = {"TOKEN": "s3cret-token", "PAIR": "am:pw"}


def proof(kind: str = "alertmanager", **keys: Any) -> Proof:
    return proof_of(
        "am", SenderSettings(**keys), kind=kind, clock=lambda: NOW, environment=ENVIRONMENT
    )


def signed(content: bytes) -> str:
    return hmac.new(b"s3cret-token", content, hashlib.sha256).hexdigest()


def test_a_bearer_token_proves_its_sender() -> None:
    checked = proof(bearer="${TOKEN}")

    checked.check({"authorization": "Bearer s3cret-token"}, BODY)
    checked.check_headers({"authorization": "bearer s3cret-token"})


def test_a_user_and_password_prove_their_sender() -> None:
    credentials = base64.b64encode(b"am:pw").decode()

    proof(basic="${PAIR}").check({"authorization": f"Basic {credentials}"}, BODY)


def test_a_signature_of_the_body_proves_its_sender() -> None:
    proof(hmac_secret="${TOKEN}").check({"x-signature": signed(BODY)}, BODY)


@pytest.mark.parametrize("header", ["x-grafana-alerting-signature", "x-grafana-alert-signature"])
def test_grafana_signs_in_a_header_of_its_own(header: str) -> None:
    checked = proof("grafana", hmac_secret="${TOKEN}")

    checked.check({header: signed(BODY)}, BODY)
    with pytest.raises(UnprovenAlert, match="is not that of this body"):
        checked.check({header: signed(BODY)}, BODY + b" ")


def test_a_configured_header_goes_before_the_format_s() -> None:
    checked = proof("grafana", hmac_secret="${TOKEN}", hmac_header="X-Mine")

    checked.check({"x-mine": signed(BODY)}, BODY)


def test_a_signature_with_a_timestamp_covers_both() -> None:
    checked = proof("grafana", hmac_secret="${TOKEN}", hmac_timestamp_header="X-Time")
    signature = signed(SECOND.encode() + b":" + BODY)

    checked.check({"x-grafana-alerting-signature": signature, "x-time": SECOND}, BODY)


@pytest.mark.parametrize("away", [-301, 301])
def test_a_signed_timestamp_that_is_too_far_away_is_a_replay(away: int) -> None:
    checked = proof(hmac_secret="${TOKEN}", hmac_timestamp_header="X-Time")
    then = str(int(SECOND) + away)
    signature = signed(then.encode() + b":" + BODY)

    with pytest.raises(UnprovenAlert, match="more than 300 seconds away"):
        checked.check({"x-signature": signature, "x-time": then}, BODY)


@pytest.mark.parametrize("then", ["", "soon", "1e9", "-5", "9" * 40, "٣"])
def test_a_timestamp_that_is_no_number_is_refused(then: str) -> None:
    checked = proof(hmac_secret="${TOKEN}", hmac_timestamp_header="X-Time")
    signature = signed(then.encode("latin-1", "replace") + b":" + BODY)

    with pytest.raises(UnprovenAlert, match="no time in seconds"):
        checked.check({"x-signature": signature, "x-time": then}, BODY)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer "},
        {"authorization": "s3cret-token"},
        {"authorization": "Basic s3cret-token"},
        {"authorization": "Bearer s3cret-tokem"},
        {"authorization": "Bearer s3cret-token "},
        {"authorization": "Bearer  s3cret-token"},
        {"authorization": "Bearer s3cret-tokén"},
        {"x-signature": "s3cret-token"},
    ],
)
def test_anything_but_the_token_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(UnprovenAlert):
        proof(bearer="${TOKEN}").check_headers(headers)


@given(
    part=st.sampled_from(["body", "timestamp", "signature"]),
    at=st.integers(0, 1_000),
    change=st.integers(1, 255),
)
def test_any_mutated_byte_of_a_signed_request_is_refused(part: str, at: int, change: int) -> None:
    checked = proof(hmac_secret="${TOKEN}", hmac_timestamp_header="X-Time")
    timestamp = SECOND.encode()
    request = {
        "body": bytearray(BODY),
        "timestamp": bytearray(timestamp),
        "signature": bytearray(signed(timestamp + b":" + BODY).encode()),
    }
    request[part][at % len(request[part])] ^= change
    headers = {
        "x-signature": request["signature"].decode("latin-1"),
        "x-time": request["timestamp"].decode("latin-1"),
    }

    with pytest.raises(UnprovenAlert):
        checked.check(headers, bytes(request["body"]))


@given(at=st.integers(0, 11), change=st.integers(1, 255))
def test_any_mutated_byte_of_a_token_is_refused(at: int, change: int) -> None:
    token = bytearray(b"s3cret-token")
    token[at] ^= change

    with pytest.raises(UnprovenAlert):
        proof(bearer="${TOKEN}").check_headers(
            {"authorization": f"Bearer {token.decode('latin-1')}"}
        )


@given(at=st.integers(0, 7), change=st.integers(1, 255))
def test_any_mutated_byte_of_a_user_and_password_is_refused(at: int, change: int) -> None:
    credentials = bytearray(base64.b64encode(b"am:pw"))
    credentials[at] ^= change

    with pytest.raises(UnprovenAlert):
        proof(basic="${PAIR}").check_headers(
            {"authorization": f"Basic {credentials.decode('latin-1')}"}
        )


def test_two_proofs_have_to_hold_both() -> None:
    checked = proof(bearer="${TOKEN}", hmac_secret="${TOKEN}")
    bearer = {"authorization": "Bearer s3cret-token"}

    checked.check(bearer | {"x-signature": signed(BODY)}, BODY)
    with pytest.raises(UnprovenAlert, match="X-Signature"):
        checked.check(bearer, BODY)
    with pytest.raises(UnprovenAlert, match="Authorization"):
        checked.check({"x-signature": signed(BODY)}, BODY)


def test_no_secret_shows_when_a_proof_is_printed() -> None:
    shown = repr(proof(bearer="${TOKEN}", hmac_secret="${TOKEN}"))

    assert "s3cret" not in shown


def test_an_open_sender_takes_everything() -> None:
    proof(open=True).check({}, BODY)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({}, r"alerts.am has no proof of origin: .* or say open = true"),
        ({"bearer": "${NOPE}"}, r"alerts.am.bearer needs the environment variable NOPE"),
        ({"hmac_secret": " "}, r"alerts.am.hmac_secret is empty"),
        ({"basic": "${TOKEN}"}, r"alerts.am.basic has to be USER:PASSWORD"),
        ({"bearer": "a", "basic": "a:b"}, r"alerts.am has both bearer and basic"),
        ({"bearer": "a", "open": True}, r"alerts.am has a proof and open = true"),
    ],
)
def test_a_sender_that_is_wrongly_configured_does_not_start(
    keys: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        proof(**keys)
