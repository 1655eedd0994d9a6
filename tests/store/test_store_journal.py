"""The journal: a step is done once, whatever dies in between."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import ChatError, StoreError
from bot.store import Store


class Slack:
    """A chat that counts its calls and can be told to lose the answer, or the request."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.calls = 0
        self.looks = 0
        self.fails: list[ChatError] = []
        self.drops = False
        self.lands_after: float = 0

    def post(self) -> str:
        self.calls += 1
        if not self.drops:
            threading.Timer(self.lands_after, self.messages.append, ["m1"]).start()
            time.sleep(0 if self.lands_after else 0.02)
        if self.fails:
            raise self.fails.pop(0)
        return "m1"

    def find(self) -> str | None:
        self.looks += 1
        return self.messages[0] if self.messages else None


@pytest.fixture
def slack() -> Slack:
    return Slack()


def lost() -> ChatError:
    return ChatError("no answer", uncertain=True)


def test_a_step_is_done_once_and_remembered(path: Path, slack: Slack) -> None:
    with Store.open(path) as store:
        first = store.journal.write("i1", "headline", slack.post, slack.find)
    with Store.open(path) as store:
        again = store.journal.write("i1", "headline", slack.post, slack.find)
        recalled = store.journal.recall("i1", "headline")

    assert (first, again, recalled) == ("m1", "m1", "m1")
    assert (slack.calls, slack.looks) == (1, 0)


def test_steps_are_known_by_incident_and_name(store: Store, slack: Slack) -> None:
    for incident, step in (("i1", "a"), ("i1", "b"), ("i2", "a")):
        store.journal.write(incident, step, slack.post, slack.find)

    assert slack.calls == 3
    assert store.journal.recall("i2", "b") is None


def test_a_result_comes_back_as_json_does_the_first_time_too(store: Store) -> None:
    first = store.journal.once("i1", "people", lambda: {"who": ("a", "b"), "odd": "\ud800"})
    again = store.journal.once("i1", "people", lambda: {"who": ("x",), "odd": ""})

    assert first == again == {"who": ["a", "b"], "odd": "\\ud800"}


def test_a_step_without_a_result_is_done_too(store: Store) -> None:
    calls: list[int] = []

    for _ in range(2):
        store.journal.write("i1", "topic", lambda: calls.append(1), lambda: None)

    assert calls == [1]


def test_a_step_that_raised_is_tried_again(store: Store) -> None:
    def broken() -> str:
        raise LookupError("no such table")

    with pytest.raises(LookupError):
        store.journal.once("i1", "scan", broken)

    assert store.journal.once("i1", "scan", lambda: "fine") == "fine"


def test_a_lost_answer_is_looked_up_and_not_repeated(store: Store, slack: Slack) -> None:
    slack.fails = [lost()]

    result = store.journal.write("i1", "headline", slack.post, slack.find)

    assert result == "m1"
    assert (slack.calls, slack.looks) == (1, 1)
    assert store.journal.recall("i1", "headline") == "m1"


def test_a_lost_request_is_repeated_after_a_look_and_a_pause(store: Store, slack: Slack) -> None:
    slack.fails, slack.drops = [lost()], True
    with pytest.raises(ChatError, match="no answer"):
        store.journal.write("i1", "headline", slack.post, slack.find)
    slack.drops = False
    began = time.monotonic()

    result = store.journal.write("i1", "headline", slack.post, slack.find)

    assert result == "m1"
    assert slack.calls == 2
    assert time.monotonic() - began > 0.2
    assert slack.looks == 3


def test_a_request_that_lands_late_is_waited_for(store: Store, slack: Slack) -> None:
    slack.fails, slack.lands_after = [lost()], 0.1
    with pytest.raises(ChatError):
        store.journal.write("i1", "headline", slack.post, slack.find)

    result = store.journal.write("i1", "headline", slack.post, slack.find)

    assert result == "m1"
    assert slack.calls == 1


def test_a_refusal_needs_no_look_and_no_pause(store: Store, slack: Slack) -> None:
    slack.fails, slack.drops = [ChatError("slow down", code="ratelimited", retry_after=1)], True
    with pytest.raises(ChatError, match="slow down"):
        store.journal.write("i1", "headline", slack.post, slack.find)
    slack.drops = False

    result = store.journal.write("i1", "headline", slack.post, slack.find)

    assert (result, slack.calls, slack.looks) == ("m1", 2, 0)


def test_a_look_that_fails_leaves_the_step_meant(store: Store, slack: Slack) -> None:
    def blind() -> str | None:
        raise ChatError("also no answer")

    slack.fails = [lost()]
    with pytest.raises(ChatError, match=r"^no answer"):
        store.journal.write("i1", "headline", slack.post, blind)
    with pytest.raises(ChatError, match="also no answer"):
        store.journal.write("i1", "headline", slack.post, blind)

    assert store.journal.write("i1", "headline", slack.post, slack.find) == "m1"
    assert slack.calls == 1


def test_an_unexpected_error_leaves_the_step_meant(store: Store, slack: Slack) -> None:
    def surprised() -> str:
        slack.post()
        raise ValueError("the answer was no JSON")

    with pytest.raises(ValueError, match="no JSON"):
        store.journal.write("i1", "headline", surprised, slack.find)

    assert store.journal.write("i1", "headline", slack.post, slack.find) == "m1"
    assert slack.calls == 1


def test_closing_ends_the_wait_for_a_late_request(path: Path, slack: Slack) -> None:
    store = Store.open(path, settle=60)
    slack.fails, slack.drops = [lost()], True
    with pytest.raises(ChatError):
        store.journal.write("i1", "headline", slack.post, slack.find)
    closing = threading.Timer(0.1, store.close)
    closing.start()

    with pytest.raises(StoreError, match="closed"):
        store.journal.write("i1", "headline", slack.post, slack.find)

    closing.join()
    assert slack.calls == 1


def test_two_threads_at_one_step_make_one_call(
    store: Store, slack: Slack, at_once: Callable[[int, Callable[[int], object]], None]
) -> None:
    at_once(8, lambda _: store.journal.write("i1", "headline", slack.post, slack.find))

    assert slack.calls == 1
    assert store.journal._turns == {}


VICTIM = """
import os, sys, pathlib, signal
from bot.store import Store
store = Store.open(pathlib.Path(sys.argv[1]))
chat = pathlib.Path(sys.argv[2])
def call():
    if sys.argv[3] == "landed":
        chat.write_text("m1")
    os.kill(os.getpid(), signal.SIGKILL)
store.journal.write("i1", "headline", call, lambda: None)
"""


@pytest.mark.parametrize(("fate", "calls"), [("landed", 0), ("lost", 1)])
def test_after_a_kill_between_call_and_result_the_chat_is_asked_first(
    path: Path, tmp_path: Path, slack: Slack, fate: str, calls: int
) -> None:
    chat = tmp_path / "chat"
    killed = subprocess.run([sys.executable, "-c", VICTIM, str(path), str(chat), fate], check=False)
    if chat.exists():
        slack.messages.append(chat.read_text())

    with Store.open(path, settle=0.2) as store:
        result = store.journal.write("i1", "headline", slack.post, slack.find)

    assert killed.returncode == -9
    assert result == "m1"
    assert slack.calls == calls
    assert slack.looks >= 1
