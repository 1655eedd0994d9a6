"""The pieces of Block Kit, each within Slack's limits whatever it is given."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from bot.slack import limits
from bot.slack.limits import Block, cut, cut_mrkdwn, one_line
from bot.slack.mrkdwn import escape, is_web_address


def plain(text: str, limit: int) -> Block:
    """A plain text object on one line."""
    return {"type": "plain_text", "text": one_line(text, limit), "emoji": True}


def mrkdwn(text: str, limit: int = limits.SECTION) -> Block:
    """A mrkdwn text object; `verbatim` keeps Slack from making mentions out of plain words."""
    return {"type": "mrkdwn", "text": cut_mrkdwn(text, limit) or "–", "verbatim": True}


def header(text: str, *, block_id: str) -> Block:
    """A headline."""
    return {
        "type": "header",
        "block_id": cut(block_id, limits.BLOCK_ID),
        "text": plain(text, limits.HEADER),
    }


def section(text: str, *, block_id: str, accessory: Block | None = None) -> Block:
    """A paragraph of mrkdwn whose outside parts are escaped already."""
    block = {
        "type": "section",
        "block_id": cut(block_id, limits.BLOCK_ID),
        "text": mrkdwn(text),
    }
    return block | ({"accessory": accessory} if accessory else {})


def fields(pairs: Mapping[str, str], *, block_id: str) -> Block:
    """Labels with their values (mrkdwn, escaped already), two columns."""
    shown = list(pairs.items())[: limits.FIELDS]
    return {
        "type": "section",
        "block_id": cut(block_id, limits.BLOCK_ID),
        "fields": [
            mrkdwn(f"*{escape(label)}*\n{value or '–'}", limits.FIELD) for label, value in shown
        ],
    }


def context(*texts: str, block_id: str) -> Block:
    """Small print, each text mrkdwn that is escaped already."""
    return {
        "type": "context",
        "block_id": cut(block_id, limits.BLOCK_ID),
        "elements": [mrkdwn(text) for text in texts[: limits.CONTEXT_ELEMENTS]],
    }


def actions(elements: Iterable[Block], *, block_id: str) -> Block:
    """A row of buttons and selects."""
    return {
        "type": "actions",
        "block_id": cut(block_id, limits.BLOCK_ID),
        "elements": list(elements)[: limits.ACTION_ELEMENTS],
    }


def button(
    says: str,
    *,
    action_id: str,
    value: str = "",
    url: str = "",
    style: Literal["primary", "danger"] | None = None,
) -> Block:
    """A button; `url` only where it is a web address."""
    block: Block = {
        "type": "button",
        "action_id": cut(action_id, limits.ACTION_ID),
        "text": plain(says, limits.BUTTON_TEXT),
    }
    if value:
        block["value"] = value[: limits.BUTTON_VALUE]
    if is_web_address(url) and len(url) <= limits.BUTTON_URL:
        block["url"] = url
    if style:
        block["style"] = style
    return block


def option(says: str, value: str) -> Block:
    """One choice of a select."""
    return {
        "text": plain(says, limits.OPTION_TEXT),
        "value": value[: limits.OPTION_VALUE],
    }


def select(
    placeholder: str, *, action_id: str, options: Sequence[Block], initial: Block | None = None
) -> Block:
    """A menu of choices."""
    block: Block = {
        "type": "static_select",
        "action_id": cut(action_id, limits.ACTION_ID),
        "placeholder": plain(placeholder, limits.PLACEHOLDER),
        "options": list(options)[: limits.OPTIONS],
    }
    return block | ({"initial_option": initial} if initial in block["options"] else {})
