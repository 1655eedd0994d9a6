"""How the tests look at a rendered message: its words, its controls, the limits it breaks."""

import re
import time
from collections import Counter
from collections.abc import Callable

from bot.slack import limits
from bot.slack.blocks import Rendered

OURS = re.compile(r"<https?://[^<>|\s]+\|[^<>|]*>|<@U0MARIA>|<#C0INC>")


def foreign(rendered: Rendered) -> list[str]:
    """Texts in which a bracket is left when our own links and mentions are taken out."""
    return [text for text in marked(rendered) if re.search("[<>]", OURS.sub("", text))]


def marked(rendered: Rendered) -> list[str]:
    return [rendered.text, *(
        one["text"] for block in rendered.blocks for one in _walk(block)
        if one.get("type") == "mrkdwn"
    )]  # fmt: skip


def texts_of(rendered: Rendered) -> list[str]:
    return [
        one["text"] for block in rendered.blocks for one in _walk(block)
        if one.get("type") in {"mrkdwn", "plain_text"}
    ]  # fmt: skip


def elements_of(rendered: Rendered) -> list[limits.Block]:
    return [
        element for block in rendered.blocks if block["type"] == "actions"
        for element in block["elements"]
    ]  # fmt: skip


def _walk(value: object) -> list[limits.Block]:
    if isinstance(value, dict):
        return [value, *(one for inner in value.values() for one in _walk(inner))]
    return [one for inner in value for one in _walk(inner)] if isinstance(value, list) else []


MOST = {
    "header": 150, "section": 3_000, "context": 3_000, "button": 75, "option": 75, "field": 2_000,
}  # fmt: skip


def broken(rendered: Rendered) -> list[str]:
    """Slack's limits that the message breaks, written down a second time from its documentation."""
    blocks = rendered.blocks
    ids = Counter(block["block_id"] for block in blocks)
    faults = [f"block id {name} comes {times} times" for name, times in ids.items() if times > 1]
    faults += [f"block id {name[:20]} is too long" for name in ids if not 1 <= len(name) <= 255]
    if not 1 <= len(blocks) <= 50:
        faults.append(f"{len(blocks)} blocks")
    if sum(len(text) for text in texts_of(rendered)) > 13_000:
        faults.append("msg_blocks_too_long")
    for block in blocks:
        most = MOST.get(block["type"], 3_000)
        faults += _text_faults(block["type"], block.get("text"), most)
        faults += [f for one in block.get("fields", []) for f in _text_faults("field", one, 2_000)]
        inner = [*block.get("elements", []), *filter(None, [block.get("accessory")])]
        if block["type"] == "section" and not ("text" in block or block.get("fields")):
            faults.append("empty section")
        if len(block.get("fields", [])) > 10 or len(inner) > (
            10 if block["type"] == "context" else 25
        ):
            faults.append(f"too many parts in {block['block_id']}")
        if block["type"] == "actions" and not inner:
            faults.append("empty actions")
        action_ids = [one["action_id"] for one in inner if "action_id" in one]
        if len(set(action_ids)) != len(action_ids):
            faults.append("action ids repeat")
        faults += [fault for one in inner for fault in _element_faults(one)]
    return faults


def _element_faults(element: limits.Block) -> list[str]:
    if element["type"] == "button":
        faults = _text_faults("button", element["text"], 75)
        return faults + ["value"] * (len(element.get("value", "")) > 2_000)
    if element["type"] == "static_select":
        options = element["options"]
        faults = ["options"] * (not 1 <= len(options) <= 100)
        faults += [f for one in options for f in _text_faults("option", one["text"], 75)]
        return faults + ["option value"] * any(not 1 <= len(one["value"]) <= 150 for one in options)
    return _text_faults("context", element, 3_000)


def _text_faults(where: str, text: limits.Block | None, most: int) -> list[str]:
    if text is None:
        return []
    length = len(text["text"])
    return [] if 1 <= length <= most and text["text"].strip() else [f"{where} text of {length}"]


def until(true: Callable[[], object], *, within: float = 10.0) -> None:
    """Wait until it is so."""
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)
