"""The unmodified Bolt app, by Socket Mode."""

import threading
import time
from typing import Any

import pytest

from bot.errors import RequestError
from bot.workspace import LocalWorkspace, Member, Timing
from tests.workspace.stage import (
    MANIFEST,
    Connect,
    Started,
    app_of,
    awaited,
    blocks_of,
    button,
    modal,
    plain,
)

ROOM = "incidents"
CARD = [*blocks_of("card"), {"type": "actions", "elements": [button("go", "Go on")]}]


def test_a_command_is_acknowledged_and_answered_privately(
    workspace: LocalWorkspace, maria: Member, connect: Connect
) -> None:
    app = app_of(workspace)
    got: list[dict[str, Any]] = []

    @app.command("/incident")
    def incident(ack: Any, respond: Any, body: dict[str, Any]) -> None:
        got.append(body)
        ack("at once")
        respond("later")

    connect(workspace, app)
    outcome = maria.slash(ROOM, "/incident  status <b> @jonas ")

    assert outcome.ok
    assert maria.sees(ROOM, "at once").whispered
    assert maria.sees(ROOM, "later").by == workspace.state()["bot"]["id"]
    # The app's second answer goes another way than its acknowledgement, so it may come first.
    assert {one.text for one in maria.ephemerals(ROOM)} == {"at once", "later"}
    assert workspace.member("jonas").ephemerals(ROOM) == []
    assert (got[0]["text"], got[0]["user_id"], got[0]["channel_name"]) == (
        "status <b> @jonas", maria.id, ROOM,
    )  # fmt: skip


def test_a_modal_opens_complains_and_closes(
    workspace: LocalWorkspace, maria: Member, connect: Connect
) -> None:
    app = app_of(workspace)

    @app.command("/incident")
    def incident(ack: Any, body: dict[str, Any], client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=modal(private_metadata="p1"))

    @app.view("new")
    def submitted(ack: Any, view: dict[str, Any], client: Any) -> None:
        what = view["state"]["values"]["what"]["v"]["value"]
        if what == "bad":
            ack(response_action="errors", errors={"what": "not that"})
            return
        ack()
        client.chat_postMessage(channel=ROOM, text=f"{view['private_metadata']}: {what}")

    connect(workspace, app)
    maria.slash(ROOM, "/incident new")
    view = maria.sees_modal("New")

    empty = maria.submit(view["id"])
    assert (empty.error, dict(empty.errors)) == (
        "incomplete", {"what": "Please complete this required field."},
    )  # fmt: skip
    bad = maria.submit(values={"what/v": "bad"})
    assert dict(bad.errors) == {"what": "not that"} == maria.modal_errors
    assert maria.submit(values={"what/v": "good"}).ok
    assert maria.modal() is None
    assert maria.sees(ROOM, "p1: good").text == "p1: good"


def test_a_submission_updates_pushes_and_clears(
    workspace: LocalWorkspace, maria: Member, connect: Connect
) -> None:
    app = app_of(workspace)
    closed: list[str] = []

    @app.shortcut("open")
    def opened(ack: Any, body: dict[str, Any], client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=modal(title="First"))

    @app.view("new")
    def submitted(ack: Any, view: dict[str, Any]) -> None:
        title = view["title"]["text"]
        if title == "First":
            ack(response_action="update", view=modal(title="Second"))
        elif title == "Second":
            ack(response_action="push", view=modal(title="Third", notify_on_close=True))
        else:
            ack(response_action="clear")

    @app.view_closed("new")
    def was_closed(ack: Any, view: dict[str, Any]) -> None:
        ack()
        closed.append(view["title"]["text"])

    connect(workspace, app)
    maria.open_shortcut("open")
    for title in ("First", "Second", "Third"):
        maria.sees_modal(title)
        assert maria.submit(values={"what/v": "x"}).ok
    assert maria.modal() is None

    maria.open_shortcut("open")
    for title in ("First", "Second"):
        maria.sees_modal(title)
        maria.submit(values={"what/v": "x"})
    maria.sees_modal("Third")
    maria.dismiss()
    assert closed == ["Third"]
    assert maria.sees_modal("Second")


def test_a_button_edits_its_message(
    workspace: LocalWorkspace, maria: Member, connect: Connect
) -> None:
    app = app_of(workspace)

    @app.action("go")
    def go(ack: Any, body: dict[str, Any], client: Any) -> None:
        ack()
        where = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
        client.chat_update(**where, text="done", blocks=blocks_of(f"by {body['user']['name']}"))

    connect(workspace, app)
    app.client.chat_postMessage(channel=ROOM, text="card", blocks=CARD)
    card = maria.sees(ROOM, "card")

    assert card.buttons == {"Go on": "go"}
    assert maria.press(ROOM, card, "Go on").ok
    assert maria.sees(ROOM, "by maria").ts == card.ts
    with pytest.raises(RequestError, match="no element 'go' here"):
        maria.press(ROOM, card, "go")


def test_what_is_chosen_arrives_as_slack_sends_it(
    workspace: LocalWorkspace, maria: Member, connect: Connect
) -> None:
    app = app_of(workspace)
    got: list[dict[str, Any]] = []

    @app.action({"type": "block_actions", "block_id": "row"})
    def chosen(ack: Any, action: dict[str, Any]) -> None:
        ack()
        got.append(action)

    options = [{"text": plain(f"SEV{n}"), "value": f"sev{n}"} for n in (1, 2)]
    elements = [
        {"type": "static_select", "action_id": "sev", "options": options},
        {"type": "overflow", "action_id": "more", "options": options},
        {"type": "users_select", "action_id": "who"},
        {"type": "datepicker", "action_id": "due"},
        {"type": "checkboxes", "action_id": "both", "options": options},
        {"type": "radio_buttons", "action_id": "one", "options": options},
    ]
    connect(workspace, app)
    row = [{"type": "actions", "block_id": "row", "elements": elements}]
    card = app.client.chat_postMessage(channel=ROOM, text="card", blocks=row)["ts"]
    maria.choose(ROOM, card, "sev", "SEV2")
    maria.choose(ROOM, card, "more", "sev1")
    maria.choose(ROOM, card, "who", maria.id)
    maria.choose(ROOM, card, "due", "2026-11-30")
    maria.choose(ROOM, card, "both", ["sev1", "sev2"])
    maria.choose(ROOM, card, "one", "sev1")

    sev, more, who, due, both, one = got
    assert sev["selected_option"] == more["selected_option"] | options[1]
    assert more["selected_option"] == options[0] == one["selected_option"]
    assert (who["selected_user"], due["selected_date"]) == (maria.id, "2026-11-30")
    assert both["selected_options"] == options
    with pytest.raises(RequestError, match="no option 'sev9' in sev; there are: sev1, sev2"):
        maria.choose(ROOM, card, "sev", "sev9")


def test_a_late_app_is_reported_to_the_person(start: Started, connect: Connect) -> None:
    workspace = start(timing=Timing(ack=0.3))
    maria = workspace.member("maria")
    app = app_of(workspace)
    free = threading.Event()

    @app.command("/incident")
    def incident(ack: Any) -> None:
        free.wait(5)
        ack()

    @app.action("go")
    def go() -> None:
        """Never acknowledges."""

    connect(workspace, app)
    outcome = maria.slash(ROOM, "/incident status")
    free.set()
    card = app.client.chat_postMessage(channel=ROOM, text="card", blocks=CARD)["ts"]

    assert outcome.error == "operation_timeout"
    (told,) = maria.ephemerals(ROOM)
    assert told.text == '/incident failed with the error "operation_timeout"'
    assert maria.press(ROOM, card, "go").error == "operation_timeout"


def test_without_an_app_nothing_is_dispatched(start: Started) -> None:
    maria = start(manifest=MANIFEST).member("maria")

    assert maria.slash(ROOM, "/incident list").error == "dispatch_failed"
    assert maria.slash(ROOM, "/unknown").error == "invalid_command"
    with pytest.raises(RequestError, match="no shortcut 'nonsense'"):
        maria.open_shortcut("nonsense")


def test_events_reach_the_app_that_subscribed(start: Started, connect: Connect) -> None:
    workspace = start(manifest=MANIFEST)
    maria = workspace.member("maria")
    app = app_of(workspace)
    got: list[dict[str, Any]] = []

    def kept(event: dict[str, Any]) -> None:
        got.append(event)

    for kind in ("app_mention", "reaction_added", "message"):
        app.event(kind)(kept)
    connect(workspace, app)
    ts = maria.say(ROOM, "@plummet look")
    maria.say(ROOM, "just talk")
    maria.react(ROOM, ts, "eyes")

    awaited(lambda: len(got) >= 2)
    time.sleep(0.1)
    assert [one["type"] for one in got] == ["app_mention", "reaction_added"]
    assert (got[1]["reaction"], got[1]["item"]["ts"]) == ("eyes", ts)


def test_an_event_is_sent_again_until_it_is_acknowledged(start: Started, connect: Connect) -> None:
    workspace = start(manifest=MANIFEST, timing=Timing(ack=0.2, redelivery=(0.0, 0.05, 0.1)))
    app = app_of(workspace)
    got: list[tuple[str, list[str] | None]] = []

    @app.middleware
    def first_is_lost(body: dict[str, Any], request: Any, next_: Any) -> Any:
        got.append((body["event_id"], request.headers.get("x-slack-retry-num")))
        return None if len(got) < 3 else next_()

    @app.event("app_mention")
    def mentioned() -> None:
        """Only there to be found."""

    connect(workspace, app)
    workspace.member("maria").say(ROOM, "@plummet")

    awaited(lambda: len(got) == 3)
    time.sleep(0.3)
    assert len({id_ for id_, _ in got}) == 1
    assert [number for _, number in got] == [["0"], ["1"], ["2"]]


def test_the_app_comes_back_after_a_disconnect_and_after_a_cut(
    workspace: LocalWorkspace, maria: Member, connect: Connect
) -> None:
    app = app_of(workspace)

    @app.command("/incident")
    def incident(ack: Any, command: dict[str, Any]) -> None:
        ack(f"got {command['text']}")

    connect(workspace, app)

    def comes_back(number: int) -> None:
        awaited(lambda: len(workspace.calls("apps.connections.open")) >= number)
        awaited(lambda: maria.slash(ROOM, f"/incident again {number}").ok)

    workspace.faults.refresh_socket()
    comes_back(2)
    workspace.faults.cut_socket()
    comes_back(3)

    assert maria.sees(ROOM, "got again 3").text == "got again 3"


def test_a_message_shortcut_carries_its_message(
    workspace: LocalWorkspace, maria: Member, connect: Connect
) -> None:
    app = app_of(workspace)

    @app.shortcut("keep")
    def keep(ack: Any, shortcut: dict[str, Any], respond: Any) -> None:
        ack()
        respond(f"kept: {shortcut['message']['text']}")

    connect(workspace, app)
    ts = maria.say(ROOM, "the join is wrong")

    assert maria.open_shortcut("keep", channel=ROOM, ts=ts).ok
    assert maria.sees(ROOM, "kept:").text == "kept: the join is wrong"


def test_the_home_tab_is_published_when_somebody_looks(
    workspace: LocalWorkspace, maria: Member, connect: Connect
) -> None:
    app = app_of(workspace)

    @app.event("app_home_opened")
    def opened(event: dict[str, Any], client: Any) -> None:
        client.views_publish(
            user_id=event["user"], view={"type": "home", "blocks": blocks_of("open incidents")}
        )

    connect(workspace, app)
    maria.open_home()

    home = awaited(maria.home)
    assert home["blocks"][0]["text"]["text"] == "open incidents"


def test_an_external_select_asks_the_app_for_options(
    workspace: LocalWorkspace, maria: Member, connect: Connect
) -> None:
    app = app_of(workspace)

    @app.options("model")
    def models(ack: Any, payload: dict[str, Any]) -> None:
        ack(options=[{"text": plain(payload["value"] + "-delay"), "value": "m1"}])

    @app.shortcut("open")
    def opened(ack: Any, body: dict[str, Any], client: Any) -> None:
        ack()
        asked = modal()
        asked["blocks"][0]["element"] = {"type": "external_select", "action_id": "model"}
        client.views_open(trigger_id=body["trigger_id"], view=asked)

    connect(workspace, app)
    maria.open_shortcut("open")
    maria.sees_modal()

    assert maria.suggestions("what", "model", "flight") == {"m1": "flight-delay"}
