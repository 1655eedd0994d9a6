import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

FORM = {"Content-Type": "application/x-www-form-urlencoded", "X-Slack-Signature": "v0=1"}

ANSWERED = {
    "content-type": ["application/json"],
    "x-a": ["1", "2"],
    # Not that of the body: the server counts itself.
    "Content-Length": ["9999"],
}


def test_slack_s_request_arrives_as_it_was_signed(open_door: Any) -> None:
    seen = []

    def dispatch(
        body: str, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, Sequence[str]], str]:
        seen.append((body, headers["x-slack-signature"], threading.current_thread().name))
        return 200, ANSWERED, '{"ok": true}'

    door = open_door(slack=dispatch)

    answer = door.http.post("/slack/events", content="text=a+b%20c&x=%C3%A9", headers=FORM)

    assert answer.status_code == 200
    assert answer.json() == {"ok": True}
    assert answer.headers["x-a"] == "1, 2"
    ((body, signature, thread),) = seen
    assert (body, signature) == ("text=a+b%20c&x=%C3%A9", "v0=1")
    assert thread != "web"


def test_a_slow_listener_holds_up_nobody_else(open_door: Any) -> None:
    released = threading.Event()

    def dispatch(
        _body: str, _headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, Sequence[str]], str]:
        released.wait(10)
        return 200, {}, ""

    door = open_door(slack=dispatch)
    sender = threading.Thread(target=door.http.post, args=("/slack/events",))
    sender.start()

    answer = door.http.get("/health/live", timeout=5)

    assert answer.status_code == 200
    assert sender.is_alive()
    released.set()
    sender.join()


def test_a_long_body_is_refused_before_the_listeners_see_it(open_door: Any) -> None:
    def dispatch(
        _body: str, _headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, Sequence[str]], str]:
        raise AssertionError

    door = open_door(slack=dispatch, body_limit=100)

    assert door.http.post("/slack/events", content=b"x" * 101).status_code == 413
    assert door.http.post("/slack/events", content=b"\xff").status_code == 400


def test_a_listener_that_fails_says_nothing_of_it(
    open_door: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def dispatch(
        _body: str, _headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, Sequence[str]], str]:
        raise ValueError("password=hunter2")

    door = open_door(slack=dispatch)

    answer = door.http.post("/slack/events", content=b"{}")

    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    until = time.monotonic() + 10
    while "hunter2" not in caplog.text and time.monotonic() < until:
        time.sleep(0.02)  # the server logs after it has answered
    assert "hunter2" in caplog.text


def test_on_socket_mode_there_is_no_such_door(door: Any) -> None:
    assert door.http.post("/slack/events", content=b"{}").status_code == 404
