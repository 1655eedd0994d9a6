"""Triggers, views and response addresses, played without an app between."""

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from bot.workspace import LocalWorkspace, Timing
from tests.workspace.stage import Started, blocks_of, client_of, listening, modal, plain, refused

ROOM = "incidents"


class Caught:
    """The last payload that came, acknowledged with nothing."""

    def __init__(self) -> None:
        self.form: dict[str, str] = {}

    def dispatch(self, body: bytes, _headers: dict[str, str]) -> tuple[int, str, str]:
        self.form = dict(parse_qsl(body.decode()))
        return 200, "text/plain", ""


@pytest.fixture
def caught(start: Started) -> Any:
    """A workspace whose app only catches what it is sent."""

    def begin(**how: Any) -> Any:
        return start(request_url=url, rate_limits=False, **how)

    found = Caught()
    with listening(found.dispatch) as url:
        yield found, begin


def test_a_trigger_opens_one_modal(caught: Any) -> None:
    found, begin = caught
    workspace: LocalWorkspace = begin()
    slack = client_of(workspace)
    workspace.member("maria").slash(ROOM, "/incident")
    trigger = found.form["trigger_id"]

    slack.views_open(trigger_id=trigger, view=modal())

    assert refused(slack.views_open, trigger_id=trigger, view=modal()) == "exchanged_trigger_id"
    assert refused(slack.views_open, trigger_id="1.2.x", view=modal()) == "invalid_trigger_id"


def test_a_trigger_is_good_for_a_moment(caught: Any) -> None:
    found, begin = caught
    workspace: LocalWorkspace = begin(timing=Timing(trigger=0.0))
    workspace.member("maria").slash(ROOM, "/incident")

    late = {"trigger_id": found.form["trigger_id"], "view": modal()}
    assert refused(client_of(workspace).views_open, **late) == "expired_trigger_id"


def test_modals_are_stacked_three_high_and_updated_by_id_hash_or_name(caught: Any) -> None:
    found, begin = caught
    workspace: LocalWorkspace = begin()
    slack, maria = client_of(workspace), workspace.member("maria")

    def trigger() -> str:
        maria.slash(ROOM, "/incident")
        return str(found.form["trigger_id"])

    first = slack.views_open(trigger_id=trigger(), view=modal(external_id="one"))["view"]
    second = slack.views_push(trigger_id=trigger(), view=modal(title="Two"))["view"]
    slack.views_push(trigger_id=trigger(), view=modal(title="Three"))
    fourth = {"trigger_id": trigger(), "view": modal()}

    assert refused(slack.views_push, **fourth) == "push_limit_reached"
    assert second["previous_view_id"] == second["root_view_id"] == first["id"]
    stale = {"view_id": second["id"], "hash": "old", "view": modal()}
    assert refused(slack.views_update, **stale) == "hash_conflict"
    slack.views_update(view_id=second["id"], hash=second["hash"], view=modal(title="2"))
    slack.views_update(external_id="one", view=modal(title="1", external_id="one"))
    assert refused(slack.views_update, view_id="V404", view=modal()) == "not_found"
    twice = {"trigger_id": trigger(), "view": modal(external_id="one")}
    assert refused(slack.views_open, **twice) == "duplicate_external_id"


def test_a_view_outside_the_limits_is_refused(caught: Any) -> None:
    found, begin = caught
    workspace: LocalWorkspace = begin()
    slack = client_of(workspace)
    workspace.member("maria").slash(ROOM, "/incident")

    def opened(view: dict[str, Any]) -> str:
        return refused(slack.views_open, trigger_id=found.form["trigger_id"], view=view)

    assert opened(modal(title="x" * 25)) == "invalid_arguments"
    assert opened(modal(private_metadata="x" * 3001)) == "invalid_arguments"
    assert opened(modal(submit=None)) == "invalid_arguments"
    assert opened(modal(blocks=blocks_of("x") * 101)) == "invalid_arguments"
    assert opened({"type": "home", "blocks": []}) == "invalid_arguments"
    assert opened(modal(blocks=blocks_of(*["x" * 2999] * 90))) == "view_too_large"
    assert slack.views_open(trigger_id=found.form["trigger_id"], view=modal())["ok"]


def test_a_response_address_works_five_times(caught: Any) -> None:
    found, begin = caught
    maria = begin().member("maria")
    maria.slash(ROOM, "/incident")
    hook = WebhookClient(found.form["response_url"])

    statuses = [hook.send(text=str(n)).status_code for n in range(6)]

    assert statuses == [200] * 5 + [404]
    assert [one.text for one in maria.ephemerals(ROOM)] == ["0", "1", "2", "3", "4"]
    assert maria.messages(ROOM) == []


def test_a_response_address_ends_with_its_time(caught: Any) -> None:
    found, begin = caught
    begin(timing=Timing(response_url=0.0)).member("maria").slash(ROOM, "/incident")

    answer = WebhookClient(found.form["response_url"]).send(text="late")

    assert (answer.status_code, json.loads(answer.body)["error"]) == (404, "expired_url")


def test_an_answer_can_be_public_and_a_bad_one_is_refused(caught: Any) -> None:
    found, begin = caught
    maria = begin().member("maria")
    maria.slash(ROOM, "/incident")
    hook = WebhookClient(found.form["response_url"])

    bad = hook.send(text="x", blocks=[{"type": "nonsense"}])
    hook.send(text="for all", response_type="in_channel")

    assert (bad.status_code, json.loads(bad.body)["error"]) == (400, "invalid_blocks")
    assert [one.text for one in maria.messages(ROOM)] == ["for all"]


def test_an_answer_to_a_button_replaces_or_deletes_even_a_whisper(caught: Any) -> None:
    found, begin = caught
    workspace: LocalWorkspace = begin()
    slack, maria = client_of(workspace), workspace.member("maria")
    element = {"type": "button", "action_id": "go", "text": plain("Go")}
    card: dict[str, Any] = {"text": "card", "blocks": [{"type": "actions", "elements": [element]}]}
    slack.chat_postEphemeral(channel=f"#{ROOM}", user=maria.id, **card)
    (whisper,) = maria.ephemerals(ROOM)
    maria.press(ROOM, whisper, "go")
    payload = json.loads(found.form["payload"])
    hook = WebhookClient(payload["response_url"])

    hook.send(text="changed", replace_original=True)
    assert [one.text for one in maria.ephemerals(ROOM)] == ["changed"]
    hook.send(delete_original=True)

    assert maria.ephemerals(ROOM) == []
    assert "message" not in payload
    assert payload["container"]["is_ephemeral"] is True


def test_a_home_tab_is_replaced_in_place(slack: WebClient, workspace: LocalWorkspace) -> None:
    maria = workspace.member("maria")
    home = {"type": "home", "blocks": blocks_of("one")}
    first = slack.views_publish(user_id=maria.id, view=home)["view"]["id"]

    again = slack.views_publish(user_id=maria.id, view={**home, "blocks": blocks_of("two")})

    shown = maria.home()
    assert shown is not None
    assert (again["view"]["id"], shown["blocks"][0]["text"]["text"]) == (first, "two")
