"""The unmodified Bolt app, by signed HTTP requests."""

import time
from collections.abc import Callable
from typing import Any

from slack_bolt import App, BoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.workspace import Timing
from tests.workspace.stage import (
    MANIFEST,
    Started,
    app_of,
    awaited,
    button,
    listening,
    modal,
)

ROOM = "incidents"
Answer = tuple[int, str, str]


def dispatching(apps: list[App]) -> Callable[[bytes, dict[str, str]], Answer]:
    """Bolt's own way from a request to an answer, without an adapter between."""

    def dispatch(body: bytes, headers: dict[str, str]) -> Answer:
        answer = apps[0].dispatch(BoltRequest(body=body.decode(), headers={**headers}))
        return answer.status, answer.first_headers().get("content-type", ""), answer.body

    return dispatch


def test_commands_modals_and_buttons_work_over_http_too(start: Started) -> None:
    apps: list[App] = []
    with listening(dispatching(apps)) as url:
        workspace = start(request_url=url)
        apps.append(app_of(workspace))
        maria = workspace.member("maria")

        @apps[0].command("/incident")
        def incident(ack: Any, body: dict[str, Any], client: Any) -> None:
            ack(f"got {body['text']}")
            client.views_open(trigger_id=body["trigger_id"], view=modal())

        @apps[0].view("new")
        def submitted(ack: Any, view: dict[str, Any]) -> None:
            what = view["state"]["values"]["what"]["v"]["value"]
            if what == "ü & <x>":
                ack()
            else:
                ack(response_action="errors", errors={"what": "no"})

        @apps[0].action("go")
        def go(ack: Any, respond: Any) -> None:
            ack()
            respond("replaced", replace_original=True)

        maria.slash(ROOM, "/incident new & old")
        maria.sees_modal()
        assert dict(maria.submit(values={"what/v": "x"}).errors) == {"what": "no"}
        assert maria.submit(values={"what/v": "ü & <x>"}).ok
        assert maria.sees(ROOM, "got").text == "got new & old"
        card = apps[0].client.chat_postMessage(
            channel=ROOM,
            text="card",
            blocks=[{"type": "actions", "elements": [button("go", "Go")]}],
        )["ts"]
        assert maria.press(ROOM, card, "Go").ok
        assert maria.sees(ROOM, "replaced").ts == card


def test_every_request_is_signed_and_a_wrong_secret_is_noticed(start: Started) -> None:
    seen: list[bool] = []

    def dispatch(body: bytes, headers: dict[str, str]) -> Answer:
        verifiers = [SignatureVerifier(secret) for secret in ("right", "wrong")]
        seen.extend(one.is_valid_request(body, headers) for one in verifiers)
        return 200, "text/plain", ""

    with listening(dispatch) as url:
        workspace = start(request_url=url, signing_secret="right")
        assert workspace.member("maria").slash(ROOM, "/incident x=1&y=2").ok

    assert seen == [True, False]


def test_an_event_is_repeated_with_slacks_headers_until_told_to_stop(start: Started) -> None:
    seen: list[tuple[str | None, str | None]] = []

    def dispatch(_body: bytes, headers: dict[str, str]) -> Answer:
        seen.append((headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason")))
        return (500 if len(seen) < 3 else 200), "text/plain", ""

    with listening(dispatch) as url:
        timing = Timing(redelivery=(0.0, 0.02, 0.02))
        workspace = start(request_url=url, manifest=MANIFEST, timing=timing)
        workspace.member("maria").say(ROOM, "@plummet")
        awaited(lambda: len(seen) == 3)
        time.sleep(0.1)

    assert seen == [(None, None), ("1", "http_error"), ("2", "http_error")]


def test_a_slow_or_absent_app_is_reported(start: Started) -> None:
    def dispatch(_body: bytes, _headers: dict[str, str]) -> Answer:
        time.sleep(0.6)
        return 200, "text/plain", "too late"

    with listening(dispatch) as url:
        workspace = start(request_url=url, timing=Timing(ack=0.2))
        slow = workspace.member("maria").slash(ROOM, "/incident")
        time.sleep(0.6)
    absent = workspace.member("maria").slash(ROOM, "/incident")

    assert (slow.error, absent.error) == ("operation_timeout", "dispatch_failed")


def test_a_plain_text_answer_is_shown_to_the_person_only(start: Started) -> None:
    with listening(lambda _body, _headers: (200, "text/plain", "as *text*")) as url:
        maria = start(request_url=url).member("maria")
        maria.slash(ROOM, "/incident")

    assert [one.text for one in maria.ephemerals(ROOM)] == ["as *text*"]
