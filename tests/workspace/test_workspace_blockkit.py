"""The limits table, its edges from both sides."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.workspace.blockkit import Surface, check_blocks, check_view
from tests.workspace.stage import button, modal, plain

Block = dict[str, Any]


def header(length: int) -> Block:
    return {"type": "header", "text": plain("x" * length)}


def section(length: int) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": "x" * length}}


def fields(count: int) -> Block:
    return {"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * count}


def field(length: int) -> Block:
    return {"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * length}]}


def context(count: int) -> Block:
    return {"type": "context", "elements": [plain("x")] * count}


def actions(count: int) -> Block:
    return {"type": "actions", "elements": [button(f"a{n}", "x") for n in range(count)]}


def button_text(length: int) -> Block:
    return {"type": "actions", "elements": [button("a", "x" * length)]}


def button_value(length: int) -> Block:
    return {"type": "actions", "elements": [button("a", "x") | {"value": "x" * length}]}


def chosen_of(kind: str, count: int) -> Block:
    options = [{"text": plain("x"), "value": str(n)} for n in range(count)]
    element = {"type": kind, "action_id": "a", "options": options}
    return {"type": "actions", "elements": [element]}


def select(count: int) -> Block:
    return chosen_of("static_select", count)


def overflow(count: int) -> Block:
    return chosen_of("overflow", count)


def radio_buttons(count: int) -> Block:
    return chosen_of("radio_buttons", count)


def checkboxes(count: int) -> Block:
    return chosen_of("checkboxes", count)


def option_text(length: int) -> Block:
    option = {"text": plain("x" * length), "value": "v"}
    return {"type": "actions", "elements": [{"type": "static_select", "options": [option]}]}


def option_value(length: int) -> Block:
    option = {"text": plain("x"), "value": "v" * length}
    return {"type": "actions", "elements": [{"type": "static_select", "options": [option]}]}


def markdown(length: int) -> Block:
    return {"type": "markdown", "text": "x" * length}


def table(rows: int) -> Block:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * rows}


def faults(block: Block, surface: Surface = "message") -> list[str]:
    return [fault.message for fault in check_blocks([block], surface=surface)]


@pytest.mark.parametrize(
    ("make", "most"),
    [
        (header, 150),
        (section, 3000),
        (fields, 10),
        (field, 2000),
        (context, 10),
        (actions, 25),
        (button_text, 75),
        (button_value, 2000),
        (select, 100),
        (overflow, 5),
        (radio_buttons, 10),
        (checkboxes, 10),
        (option_text, 75),
        (option_value, 150),
        (markdown, 12_000),
        (table, 100),
    ],
)
def test_the_limit_is_taken_and_one_more_is_not(make: Callable[[int], Block], most: int) -> None:
    assert faults(make(1)) == []
    assert faults(make(most)) == []
    assert faults(make(most + 1)) != []
    assert faults(make(0)) != []


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"type": "nonsense"}, "unsupported type: nonsense"),
        ({"type": "section"}, "must define either `text` or `fields`"),
        ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "must be one of: plain_text"),
        ({"type": "divider", "text": "x"}, "invalid additional property: text"),
        ({"type": "section", "text": plain("x") | {"verbatim": True}}, "property: verbatim"),
        ({"type": "image", "image_url": "https://x"}, "missing required field: alt_text"),
        ({"type": "actions", "elements": [plain("x")]}, "unsupported type: plain_text"),
        ({"type": "actions", "elements": [button("a", "1"), button("a", "2")]}, "unique"),
        ({"type": "actions", "elements": [button("a", "1") | {"style": "loud"}]}, "primary"),
        ({"type": "alert", "text": plain("x")}, "not in a message"),
        ({"type": "section", "text": "bare"}, "must provide an object"),
        ({"type": "header"}, "missing required field: text"),
    ],
)
def test_a_wrong_block_is_refused_in_words(block: Block, words: str) -> None:
    assert any(words in one for one in faults(block))


def test_the_place_of_a_fault_is_a_json_pointer() -> None:
    blocks = [header(1), {"type": "section", "text": plain("x"), "accessory": button("a", "")}]

    (fault,) = check_blocks(blocks, surface="message")

    assert fault.pointer == "/blocks/1/accessory/text"


def test_block_ids_are_unique_and_markdown_counts_together() -> None:
    twice = [{"type": "divider", "block_id": "d"}] * 2
    long = [markdown(7_000), markdown(7_000)]

    assert [one.message for one in check_blocks(twice, surface="message")] == [
        "block_id already exists: d"
    ]
    assert len(check_blocks(long, surface="message")) == 1


def test_an_initial_choice_is_one_of_the_options() -> None:
    block = select(2)
    block["elements"][0]["initial_option"] = {"text": plain("x"), "value": "9"}

    assert faults(block) == ["initial option must be exactly one of the options"]


def test_a_modal_takes_what_a_message_does_not_and_the_other_way_round() -> None:
    assert check_view(modal(), surface="modal") == []
    assert check_view(modal(blocks=[markdown(1)]), surface="modal") != []
    asked = {"type": "input", "label": plain("x"), "element": {"type": "number_input"}}
    assert faults(asked, "modal") == ["missing required field: is_decimal_allowed"]


def test_blocks_validate_says_what_slack_would(slack: WebClient) -> None:
    assert slack.blocks_validate(blocks=[header(1)])["ok"]

    with pytest.raises(SlackApiError) as caught:
        slack.blocks_validate(view=modal(title="x" * 25))

    assert caught.value.response["error"] == "invalid_view"
    (error,) = caught.value.response["errors"]
    assert error["pointer"] == "/view/title/text"
    with pytest.raises(SlackApiError) as caught:
        slack.blocks_validate(blocks=[header(151)])
    assert caught.value.response["error"] == "invalid_blocks"
