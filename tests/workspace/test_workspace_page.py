"""The page, drawn and used in a real browser."""

import re
import shutil
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from slack_sdk import WebClient

from bot.workspace import Control, Link, LocalWorkspace, Member
from tests.workspace.stage import Connect, Started, app_of, blocks_of, button, modal, plain

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ROOM = "incidents"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("NO CHROMIUM HERE: install Debian's package `chromium` to test the page")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    found = browser.new_page(viewport={"width": 1280, "height": 800})
    faults: list[str] = []
    found.on("pageerror", lambda error: faults.append(str(error)))
    found.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    yield found
    found.close()
    assert faults == []


def drawn(workspace: LocalWorkspace, path: str) -> str:
    with urllib.request.urlopen(workspace.url + path) as answer:  # noqa: S310 - our own address
        return str(answer.read().decode())


def test_a_ping_that_came_through_is_shown_as_one(
    slack: WebClient, workspace: LocalWorkspace
) -> None:
    slack.chat_postMessage(channel=f"#{ROOM}", text="&lt;!channel&gt; <b>")
    assert "mention broadcast" not in drawn(workspace, f"/?channel={ROOM}")

    slack.chat_postMessage(channel=f"#{ROOM}", text="<!channel>")

    html = drawn(workspace, f"/?channel={ROOM}")
    assert '<span class="mention broadcast">@channel</span>' in html
    assert "&lt;!channel&gt; &lt;b&gt;" in html


def test_a_day_is_named_once_and_every_line_has_its_own_key(
    slack: WebClient, workspace: LocalWorkspace
) -> None:
    room = slack.conversations_create(name="inc-1")["channel"]["id"]
    slack.conversations_setTopic(channel=room, topic="deep")
    slack.chat_postMessage(channel=room, text="one")
    slack.conversations_setTopic(channel=room, topic="deeper")
    slack.chat_postMessage(channel=room, text="two")

    keys = re.findall(r'data-key="([^"]+)"', drawn(workspace, f"/?channel={room}"))
    assert sum(key.startswith("day-") for key in keys) == 1
    assert len(keys) == len(set(keys))


def test_every_kind_of_block_is_drawn(slack: WebClient, workspace: LocalWorkspace) -> None:
    options = [{"text": plain("<one>"), "value": "1"}]
    run = {"type": "text", "text": "rich", "style": {"bold": True}}
    cells = [{"type": "raw_text", "text": "cell"}]
    elements: list[dict[str, Any]] = [
        button("b", "Press <me>"),
        {"type": "static_select", "action_id": "s", "options": options},
        {"type": "overflow", "action_id": "o", "options": options},
        {"type": "users_select", "action_id": "u"},
        {"type": "datepicker", "action_id": "d", "initial_date": "2026-11-21"},
        {"type": "checkboxes", "action_id": "c", "options": options, "initial_options": options},
    ]
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": plain("Head & <b>")},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Model*\nm"}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "small"}]},
        {"type": "actions", "elements": elements},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [run]}]},
        {"type": "table", "rows": [cells]},
        {"type": "markdown", "text": "**loud**"},
        {"type": "data_visualization", "title": "chart"},
        {"type": "divider"},
    ]
    slack.chat_postMessage(channel=f"#{ROOM}", text="t", blocks=blocks)

    html = drawn(workspace, f"/?channel={ROOM}")
    for words in (
        "Head &amp; &lt;b&gt;", "<b>Model</b>", "small", "Press &lt;me&gt;", "&lt;one&gt;",
        'value="2026-11-21"', "<b>rich</b>", "cell", "<b>loud</b>", "data_visualization", "<hr>",
    ):  # fmt: skip
        assert words in html
    assert "Undefined" not in html


def test_a_person_reads_presses_fills_in_and_writes(
    workspace: LocalWorkspace, maria: Member, connect: Connect, page: Page
) -> None:
    app = app_of(workspace)

    @app.action("go")
    def go(ack: Any, body: dict[str, Any], client: Any) -> None:
        ack()
        where = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
        client.chat_update(**where, text="x", blocks=blocks_of("the card *changed*"))
        client.views_open(trigger_id=body["trigger_id"], view=modal(title="Tell me"))

    @app.view("new")
    def told(ack: Any, view: dict[str, Any], client: Any) -> None:
        what = view["state"]["values"]["what"]["v"]["value"]
        if what == "bad":
            ack(response_action="errors", errors={"what": "not that"})
        else:
            ack()
            client.chat_postMessage(channel=f"#{ROOM}", text=f"told: {what}")

    connect(workspace, app)
    page.goto(f"{workspace.url}/?as=maria&channel={ROOM}")
    card = [*blocks_of("the card"), {"type": "actions", "elements": [button("go", "Go on")]}]
    app.client.chat_postMessage(channel=f"#{ROOM}", text="card", blocks=card)

    page.get_by_role("button", name="Go on").click()
    dialog = page.get_by_role("dialog", name="Tell me")
    expect(page.locator(".message b", has_text="changed")).to_be_visible()
    dialog.get_by_label("What?").fill("bad")
    dialog.get_by_role("button", name="Go").click()
    expect(dialog.get_by_role("alert")).to_have_text("not that")
    expect(dialog.get_by_label("What?")).to_have_value("bad")
    dialog.get_by_label("What?").fill("good")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator(".message", has_text="told: good")).to_be_visible()

    page.get_by_label(f"Message {ROOM}").fill("I saw it")
    page.keyboard.press("Enter")
    expect(page.locator(".message", has_text="I saw it")).to_be_visible()
    assert maria.sees(ROOM, "I saw it").by == maria.id


def test_an_input_that_dispatches_tells_the_app_and_keeps_what_was_typed(
    workspace: LocalWorkspace, maria: Member, connect: Connect, page: Page
) -> None:
    app = app_of(workspace)
    options = [{"text": plain(one), "value": one} for one in ("flight-delay", "taxi-eta")]
    element = {"type": "static_select", "action_id": "model", "options": options}
    chooser = {
        "type": "input", "block_id": "which", "label": plain("Model"), "dispatch_action": True,
        "element": element,
    }  # fmt: skip
    asked = modal()
    asked["blocks"].append(chooser)

    @app.shortcut("open")
    def opened(ack: Any, body: dict[str, Any], client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=asked)

    @app.action("model")
    def chosen(ack: Any, body: dict[str, Any], action: dict[str, Any], client: Any) -> None:
        ack()
        more = blocks_of(f"owner of {action['selected_option']['value']}")
        view = {**asked, "blocks": [*asked["blocks"], *more]}
        client.views_update(view_id=body["view"]["id"], view=view)

    connect(workspace, app)
    page.goto(f"{workspace.url}/?as=maria&channel={ROOM}")
    maria.open_shortcut("open")
    dialog = page.get_by_role("dialog", name="New")
    dialog.get_by_label("What?").fill("half written")
    dialog.get_by_label("Model").select_option("taxi-eta")

    expect(dialog.get_by_text("owner of taxi-eta")).to_be_visible()
    expect(dialog.get_by_label("What?")).to_have_value("half written")
    expect(dialog.get_by_label("Model")).to_have_value("taxi-eta")


def test_a_thread_opens_beside_and_takes_an_answer(
    slack: WebClient, workspace: LocalWorkspace, page: Page
) -> None:
    ts = slack.chat_postMessage(channel=f"#{ROOM}", text="card")["ts"]
    slack.chat_postMessage(channel=f"#{ROOM}", text="detail", thread_ts=ts)
    page.goto(f"{workspace.url}/?as=maria&channel={ROOM}")

    page.get_by_role("button", name="1 reply").click()
    thread = page.get_by_label("Thread", exact=True)
    expect(thread.get_by_text("detail")).to_be_visible()
    thread.get_by_label("Reply").fill("seen")
    page.keyboard.press("Enter")

    expect(thread.get_by_text("2 replies")).to_be_visible()
    assert workspace.messages(ROOM)[-1].thread == ts


def test_unread_channels_are_marked_until_they_are_opened(
    slack: WebClient, workspace: LocalWorkspace, page: Page
) -> None:
    page.goto(f"{workspace.url}/?as=maria&channel=general")
    slack.chat_postMessage(channel=f"#{ROOM}", text="<!here> look")
    link = page.get_by_role("link", name=ROOM)

    expect(link.locator(".badge")).to_have_text("1")
    link.click()

    expect(page.get_by_role("heading", name=ROOM, level=1)).to_be_visible()
    expect(link.locator(".badge")).to_have_count(0)


def test_somebody_else_sees_no_whisper_of_mine(
    slack: WebClient, workspace: LocalWorkspace, maria: Member, page: Page
) -> None:
    slack.chat_postEphemeral(channel=f"#{ROOM}", user=maria.id, text="psst")
    page.goto(f"{workspace.url}/?as=maria&channel={ROOM}")
    expect(page.get_by_text("Only visible to you")).to_be_visible()

    page.get_by_label("Act as").select_option("jonas")

    expect(page.locator(".whoami strong")).to_have_text("Jonas Weber")
    expect(page.get_by_text("psst")).to_have_count(0)


def test_a_control_runs_and_its_answer_is_shown(start: Started, page: Page) -> None:
    ran: list[str] = []

    def broken() -> str:
        ran.append("zeros")
        return "dep_delay is 0 from now on"

    workspace = start(
        controls=[Control(name="Fill with zeros", says="one carrier", run=broken)],
        controls_title="Break the model",
        links=[Link(label="Post-mortem", url="http://127.0.0.1:9/pm")],
    )
    page.goto(workspace.url)

    page.get_by_role("button", name="Fill with zeros").click()

    expect(page.get_by_role("status")).to_have_text("dep_delay is 0 from now on")
    expect(page.get_by_role("link", name="Post-mortem")).to_be_visible()
    assert ran == ["zeros"]


def test_a_permalink_opens_the_page_at_its_message(slack: WebClient, page: Page) -> None:
    made = slack.chat_postMessage(channel=f"#{ROOM}", text="here it is")
    link = slack.chat_getPermalink(channel=made["channel"], message_ts=made["ts"])["permalink"]

    page.goto(link)

    expect(page.locator(".message.lit")).to_contain_text("here it is")
