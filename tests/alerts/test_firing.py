"""Asking what fires, where the other side misbehaves; the real ones are in tests/response."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.alerts import Poll, open_polls, open_senders
from bot.errors import SettingsError, SourceError
from bot.settings import OutgoingSettings, SenderSettings, Settings
from tests.loopback import Answer, Asked, answering

ANSWERS = {
    "/moved": (302, b""),
    "/broken": (503, b""),
    "/page": (200, b"<html>"),
    "/object": (200, b"{}"),
    "/much": (200, b" " * 10_000_001),
    "/empty": (200, b"[]"),
    "/wrong": (200, json.dumps([{"labels": {"model": 1}}, {"labels": {"a": "b"}}]).encode()),
}


def answer(asked: Asked) -> Answer:
    """An Alertmanager that answers by the first part of the path, to whoever has the token."""
    status, body = ANSWERS[asked.target.partition("/api/")[0]]
    if asked.headers.get("authorization") != "Bearer s3cret":
        status = 401
    return Answer(status=status, headers={"Location": "/empty/api/v2/alerts"}, body=body)


@pytest.fixture
def address() -> Iterator[str]:
    with answering(answer) as url:
        yield url


def polls(name: str, **keys: Any) -> dict[str, Poll]:
    settings = Settings(
        folder=Path(),
        alerts={name: SenderSettings(**keys)},
        outgoing=OutgoingSettings(private=("loopback",)),
    )
    return open_polls(settings, environment={"TOKEN": "s3cret"})


def asked(address: str, token: str = "${TOKEN}") -> Poll:  # noqa: S107 - the name of a variable
    return polls("am", kind="alertmanager", poll_url=address, poll_bearer=token, open=True)["am"]


def test_nothing_that_fires_is_no_alert(address: str) -> None:
    assert asked(f"{address}/empty").ask().alerts == ()


def test_alerts_of_no_configured_model_are_left_out_wrong_ones_too(address: str) -> None:
    assert asked(f"{address}/wrong").ask().alerts == ()


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/moved", "answered 302"),
        ("/broken", "answered 503"),
        ("/page", "not JSON"),
        ("/object", "no list of alerts"),
        ("/much", "more than 10,000,000 bytes"),
    ],
)
def test_another_answer_is_an_error_that_names_the_key(address: str, path: str, says: str) -> None:
    with pytest.raises(SourceError, match=rf"alerts.am.poll_url.*{says}"):
        asked(address + path).ask()


def test_a_wrong_token_is_an_error_that_does_not_show_it(address: str) -> None:
    poll = asked(f"{address}/empty", token="guess")

    with pytest.raises(SourceError, match="answered 401"):
        poll.ask()
    assert "guess" not in repr(poll)


def test_one_of_an_authority_and_a_user_of_one_s_own_is_asked(localhost: Path) -> None:
    def answer(asked: Asked) -> Answer:
        right = asked.headers.get("authorization") == "Basic Ym90OnMzY3JldA=="
        return Answer.of([], status=200 if right else 401)

    with answering(answer, certificate=localhost) as url:
        keys = {"kind": "alertmanager", "poll_url": url, "poll_basic": "bot:${TOKEN}", "open": True}
        proven = polls("am", poll_ca_file=str(localhost), **keys)["am"]
        assert proven.ask().alerts == ()

        with pytest.raises(SourceError, match=r"(?i:certificate)"):
            polls("am", **keys)["am"].ask()


@pytest.mark.parametrize(
    ("name", "keys", "says"),
    [
        ("grafana", {"poll_url": "http://g"}, "poll_url is for kind alertmanager or prometheus"),
        ("prometheus", {}, "alerts.prometheus needs poll_url"),
        ("prometheus", {"poll_url": "file:///etc/passwd"}, "has to begin with http"),
        ("prometheus", {"poll_url": "${NOPE}"}, "needs the environment variable NOPE"),
        ("prometheus", {"poll_url": "http://p", "poll_bearer": "${NOPE}"},
         "alerts.prometheus.poll_bearer needs the environment variable NOPE"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_does_not_start(name: str, keys: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        polls(name, **keys)


def test_prometheus_delivers_nothing_so_it_has_no_door() -> None:
    alerts = {"prometheus": SenderSettings(poll_url="http://127.0.0.1:9090")}

    assert open_senders(Settings(folder=Path(), alerts=alerts)) == {}
