"""What goes wrong on purpose."""

import json
import socket
import time
import urllib.request

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.errors import PlummetError
from bot.workspace import LocalWorkspace
from tests.workspace.stage import client_of, refused

ROOM = "#incidents"


def texts(workspace: LocalWorkspace) -> list[str]:
    return [one.text for one in workspace.messages(ROOM)]


def test_a_server_error_has_its_status_and_no_effect(
    slack: WebClient, workspace: LocalWorkspace
) -> None:
    workspace.faults.add("chat.postMessage", "5xx", status=503)

    with pytest.raises(SlackApiError) as caught:
        slack.chat_postMessage(channel=ROOM, text="lost")

    assert caught.value.response.status_code == 503
    slack.chat_postMessage(channel=ROOM, text="kept")
    assert texts(workspace) == ["kept"]


def test_accept_then_drop_writes_and_gives_no_answer(
    slack: WebClient, workspace: LocalWorkspace
) -> None:
    workspace.faults.add("chat.postMessage", "drop_after")

    with pytest.raises(OSError, match=r"closed|reset|disconnected"):
        slack.chat_postMessage(channel=ROOM, text="once")

    assert texts(workspace) == ["once"]


def test_the_sdks_own_retry_makes_that_a_repeat(workspace: LocalWorkspace) -> None:
    eager = WebClient(token=workspace.bot_token, base_url=workspace.api_url)
    workspace.faults.add("chat.postMessage", "drop_after")

    eager.chat_postMessage(channel=ROOM, text="twice")

    assert texts(workspace) == ["twice", "twice"]


def test_a_drop_before_has_no_effect(slack: WebClient, workspace: LocalWorkspace) -> None:
    workspace.faults.add("chat.postMessage", "drop_before")

    with pytest.raises(OSError, match=r"closed|reset|disconnected"):
        slack.chat_postMessage(channel=ROOM, text="never")

    assert texts(workspace) == []


@pytest.mark.parametrize(("kind", "written"), [("hang", []), ("hang_after", ["slow"])])
def test_a_time_out_leaves_the_client_alone(
    workspace: LocalWorkspace, kind: str, written: list[str]
) -> None:
    hasty = client_of(workspace)
    hasty.timeout = 1
    workspace.faults.add("chat.postMessage", kind, seconds=1.5)  # type: ignore[arg-type] # a FaultKind

    before = time.monotonic()
    with pytest.raises((TimeoutError, socket.timeout)):
        hasty.chat_postMessage(channel=ROOM, text="slow")

    assert 0.9 < time.monotonic() - before < 1.4
    assert texts(workspace) == written


def test_faults_wait_for_their_method_and_their_turn(
    slack: WebClient, workspace: LocalWorkspace
) -> None:
    workspace.faults.add("pins.add", "429")
    workspace.faults.add("chat.postMessage", "error", code="fatal_error", skip=1, times=2)

    slack.chat_postMessage(channel=ROOM, text="1")
    codes = [refused(slack.chat_postMessage, channel=ROOM, text="x") for _ in range(2)]
    slack.chat_postMessage(channel=ROOM, text="2")

    assert codes == ["fatal_error"] * 2
    assert texts(workspace) == ["1", "2"]
    assert [one["method"] for one in workspace.faults.wire()] == ["pins.add"]
    workspace.faults.clear()
    assert workspace.faults.wire() == []


def test_chance_is_repeatable_by_its_seed() -> None:
    def outcomes(seed: int) -> list[bool]:
        with LocalWorkspace(seed=seed, rate_limits=False) as workspace:
            workspace.faults.add("*", "error", chance=0.5, times=None)
            slack = client_of(workspace)
            found = []
            for _ in range(20):
                try:
                    found.append(bool(slack.api_test()["ok"]))
                except SlackApiError:
                    found.append(False)
            return found

    assert outcomes(1) == outcomes(1) != outcomes(2)
    assert {True, False} == set(outcomes(1))


def test_another_process_sets_faults_over_http(slack: WebClient, workspace: LocalWorkspace) -> None:
    def post(body: object, method: str = "POST") -> dict[str, object]:
        request = urllib.request.Request(  # noqa: S310 - our own address
            f"{workspace.url}/_/faults", data=json.dumps(body).encode(), method=method
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - likewise
            return dict(json.loads(answer.read()))

    post({"method": "api.test", "kind": "429", "retry_after": 7})

    with pytest.raises(SlackApiError) as caught:
        slack.api_test()
    assert caught.value.response.headers["Retry-After"] == "7"
    post({"method": "api.test", "kind": "5xx"})
    assert post({}, "DELETE")["faults"] == []
    assert slack.api_test()["ok"]


def test_an_unknown_kind_of_fault_is_named(workspace: LocalWorkspace) -> None:
    with pytest.raises(PlummetError, match="no kind of fault 'nonsense'; known are 429"):
        workspace.faults.add("*", "nonsense")  # type: ignore[arg-type] # what the test is about


def test_the_log_of_calls_says_how_each_ended(slack: WebClient, workspace: LocalWorkspace) -> None:
    workspace.faults.add("chat.postMessage", "drop_after")
    with pytest.raises(OSError, match=r"closed|reset|disconnected"):
        slack.chat_postMessage(channel=ROOM, text="a")
    refused(slack.chat_postMessage, channel="#nowhere", text="b")

    first, second = workspace.calls("chat.postMessage")
    assert (first["ok"], first["fault"], first["args"]["text"]) == (True, "drop_after", "a")
    assert (second["ok"], second["error"]) == (False, "channel_not_found")
