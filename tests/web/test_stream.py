"""Bodies that are too long, too slow, or never end."""

import socket
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from bot.web.refusal import FIRST_PART

TOKEN = {"Authorization": "Bearer s3cret-token"}
HEAD = b"POST /alerts/am HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer s3cret-token\r\n"


def connected(door: Any) -> socket.socket:
    place = urlsplit(door.server.url)
    return socket.create_connection((place.hostname, place.port), timeout=10)


def heard(peer: socket.socket) -> bytes:
    """Everything until the server hangs up."""
    parts = []
    try:
        while part := peer.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def megabytes(count: int) -> Iterator[bytes]:
    for _ in range(count * 16):
        yield b"x" * 65536


def test_a_long_body_is_never_held_whole(open_door: Any) -> None:
    door = open_door(body_limit=200_000)
    tracemalloc.start()

    answer = door.http.post("/alerts/am", content=megabytes(24), headers=TOKEN)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 413
    assert "limit of 200000 bytes" in answer.json()["error"]
    assert peak < 6_000_000
    (letter,) = door.store.dead_letters()
    assert letter.body == b"x" * FIRST_PART


def test_an_announced_length_over_the_limit_is_refused_before_the_body_is_sent(door: Any) -> None:
    with connected(door) as peer:
        peer.sendall(HEAD + b"Content-Length: 300000000\r\n\r\n" + b"x" * (FIRST_PART + 1))

        assert peer.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_the_rest_of_a_refused_body_is_not_waited_for(open_door: Any) -> None:
    door = open_door(patience=0.3)

    with connected(door) as peer:
        peer.sendall(HEAD + b"Content-Length: 300000000\r\n\r\n" + b"x" * (FIRST_PART + 1))
        assert peer.recv(1000).startswith(b"HTTP/1.1 413 ")
        peer.sendall(b"x")
        began = time.monotonic()
        heard(peer)

    assert time.monotonic() - began < 5


def test_a_body_that_does_not_arrive_is_given_up_with_503(open_door: Any) -> None:
    door = open_door(body_seconds=0.3)

    with connected(door) as peer:
        peer.sendall(HEAD + b"Content-Length: 100\r\n\r\nhalf of it")
        answer = heard(peer)

    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 10" in answer.lower()
    (letter,) = door.store.dead_letters()
    assert (letter.status, letter.body) == (503, b"half of it")


@pytest.mark.parametrize("sent", [b"", b"POST /alerts/am HTTP/1.1\r\nHost: x\r\n"])
def test_half_a_request_is_not_waited_for(open_door: Any, sent: bytes) -> None:
    door = open_door(patience=0.3)

    with connected(door) as peer:
        peer.sendall(sent)
        began = time.monotonic()
        answer = heard(peer)

    assert answer == b""
    assert time.monotonic() - began < 5


def test_patience_is_for_those_who_keep_it_waiting_only(open_door: Any) -> None:
    def ready() -> None:
        time.sleep(0.6)

    door = open_door(patience=0.2, ready={"slow": ready})

    first = door.http.get("/health/ready")
    time.sleep(0.4)
    second = door.http.get("/health/live")

    assert (first.status_code, second.status_code) == (200, 200)


def test_a_client_that_goes_away_is_counted_and_not_kept(door: Any) -> None:
    with connected(door) as peer:
        peer.sendall(HEAD + b"Content-Length: 100\r\n\r\nhalf of it")

    deadline = time.monotonic() + 5
    while not door.count("plummet_deliveries_total", sender="am", outcome="disconnected"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert door.store.dead_letters() == []
