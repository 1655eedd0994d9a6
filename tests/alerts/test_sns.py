"""Amazon SNS: real RSA keys and a real certificate, of our own authority."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.alerts.cloudwatch import cloudwatch
from bot.alerts.sns import fetched, is_of_aws
from bot.errors import UnprovenAlert, UnreadableAlert
from bot.settings import SenderSettings
from tests.alerts.aws import CERTIFICATE, NOW, TOPIC, Aws, made
from tests.loopback import Answer, Asked, answering

HERE = frozenset({"loopback"})


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def aws(key: rsa.RSAPrivateKey) -> Aws:
    return Aws(key=key, pem=made(key, until=NOW + timedelta(days=30)))


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("name", ["cloudwatch_alarm", "cloudwatch_confirmation"])
def test_what_sns_signed_is_proven(aws: Aws, payload: Any, name: str, version: str) -> None:
    aws.proof().check({}, aws.signed(payload(name), version))


def test_a_message_without_a_subject_is_proven(aws: Aws, payload: Any) -> None:
    envelope = payload("cloudwatch_alarm")
    del envelope["Subject"]

    aws.proof().check({}, aws.signed(envelope))


def test_the_certificate_is_fetched_once(aws: Aws, payload: Any) -> None:
    proof, body = aws.proof(), aws.signed(payload("cloudwatch_alarm"))

    proof.check({}, body)
    proof.check({}, body)

    assert aws.asked == [CERTIFICATE]


@pytest.mark.parametrize("key_", ["Message", "MessageId", "Subject", "Timestamp", "Type"])
def test_a_message_that_was_changed_is_refused(aws: Aws, payload: Any, key_: str) -> None:
    envelope = json.loads(aws.signed(payload("cloudwatch_alarm")))
    envelope[key_] += "x"

    with pytest.raises(UnprovenAlert):
        aws.proof().check({}, json.dumps(envelope).encode())


@pytest.mark.parametrize("signature", ["", "AAAA", "not base64!"])
def test_another_signature_is_refused(aws: Aws, payload: Any, signature: str) -> None:
    envelope = json.loads(aws.signed(payload("cloudwatch_alarm"))) | {"Signature": signature}

    with pytest.raises(UnprovenAlert, match="signature is not that of this message"):
        aws.proof().check({}, json.dumps(envelope).encode())


def test_a_version_that_sns_does_not_have_is_refused(aws: Aws, payload: Any) -> None:
    envelope = json.loads(aws.signed(payload("cloudwatch_alarm"))) | {"SignatureVersion": "3"}

    with pytest.raises(UnprovenAlert, match="SignatureVersion"):
        aws.proof().check({}, json.dumps(envelope).encode())


def test_a_topic_that_nobody_configured_is_refused_before_aws_is_asked(
    aws: Aws, payload: Any
) -> None:
    with pytest.raises(UnprovenAlert, match="none of the configured topics"):
        aws.proof("arn:aws:sns:eu-west-1:123456789012:other").check(
            {}, aws.signed(payload("cloudwatch_alarm"))
        )

    assert aws.asked == []


FOREIGN = [
    "http://sns.eu-west-1.amazonaws.com/a.pem",
    "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem",
    "https://evil.example/sns.eu-west-1.amazonaws.com/a.pem",
    "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem",
    "https://user@sns.eu-west-1.amazonaws.com/a.pem",
    "https://sns.eu-west-1.amazonaws.com:8443/a.pem",
    "https://evil.amazonaws.com/a.pem",
    "https://sns.amazonaws.com.s3.amazonaws.com/a.pem",
    "https://snsXeu-west-1.amazonaws.com/a.pem",
    "https://sns.eu-west-1.amazonaws.com\\@evil.example/a.pem",
    "https://[::1]/a.pem",
    "https://127.0.0.1/a.pem",
    "file:///etc/passwd.pem",
    "",
]


@pytest.mark.parametrize("url", FOREIGN)
def test_no_address_but_sns_s_own_is_asked(aws: Aws, payload: Any, url: str) -> None:
    envelope = json.loads(aws.signed(payload("cloudwatch_alarm"))) | {"SigningCertURL": url}

    with pytest.raises(UnprovenAlert, match="SigningCertURL"):
        aws.proof().check({}, json.dumps(envelope).encode())

    assert aws.asked == []


@pytest.mark.parametrize(
    "host", ["sns.us-east-1.amazonaws.com", "sns.cn-north-1.amazonaws.com.cn",
             "sns.us-gov-west-1.amazonaws.com"]
)  # fmt: skip
def test_sns_s_hosts_are_known(host: str) -> None:
    assert is_of_aws(f"https://{host}/a.pem")


def test_a_certificate_that_ended_proves_nothing(key: rsa.RSAPrivateKey, payload: Any) -> None:
    aws = Aws(key=key, pem=made(key, until=NOW - timedelta(days=1)))

    with pytest.raises(UnprovenAlert, match="not valid now"):
        aws.proof().check({}, aws.signed(payload("cloudwatch_alarm")))


def test_what_is_no_certificate_proves_nothing(key: rsa.RSAPrivateKey, payload: Any) -> None:
    aws = Aws(key=key, pem=b"<html>")

    with pytest.raises(UnprovenAlert, match="no certificate"):
        aws.proof().check({}, aws.signed(payload("cloudwatch_alarm")))


def test_a_subscription_is_confirmed_at_its_address(aws: Aws, payload: Any) -> None:
    envelope = payload("cloudwatch_confirmation")
    reader = cloudwatch(aws.fetch)("am", SenderSettings(topics=(TOPIC,)), lambda: NOW)

    delivery = reader.read(envelope, headers={})

    assert aws.asked == [envelope["SubscribeURL"]]
    assert delivery.ignored == (f"the subscription to {TOPIC} is confirmed",)


@pytest.mark.parametrize("url", FOREIGN)
def test_no_subscription_is_confirmed_elsewhere(aws: Aws, payload: Any, url: str) -> None:
    envelope = payload("cloudwatch_confirmation") | {"SubscribeURL": url}
    reader = cloudwatch(aws.fetch)("am", SenderSettings(topics=(TOPIC,)), lambda: NOW)

    with pytest.raises(UnreadableAlert, match="SubscribeURL"):
        reader.read(envelope, headers={})

    assert aws.asked == []


def answer(asked: Asked) -> Answer:
    """Answers by path: well, with a redirect, with too much, or with an error."""
    status = {"/moved": 302, "/broken": 500}.get(asked.path, 200)
    body = b"x" * (200_000 if asked.path == "/much" else 10)
    return Answer(status=status, headers={"Location": "/well"}, body=body)


@pytest.fixture
def address() -> Iterator[str]:
    with answering(answer) as url:
        yield url


def test_what_stands_at_an_address_is_read(address: str) -> None:
    assert fetched(f"{address}/well", allowed=HERE) == b"x" * 10


@pytest.mark.parametrize("path", ["/moved", "/broken", "/much"])
def test_no_redirect_is_followed_and_no_more_is_read_than_needed(address: str, path: str) -> None:
    with pytest.raises(UnprovenAlert) as caught:
        fetched(address + path, allowed=HERE)

    assert caught.value.again is (path == "/broken")


def test_an_address_that_does_not_answer_may_be_asked_again() -> None:
    with pytest.raises(UnprovenAlert, match="cannot be asked") as caught:
        fetched("http://127.0.0.1:9/", allowed=HERE)

    assert caught.value.again
