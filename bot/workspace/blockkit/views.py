"""Modals and App Homes."""

import json

from bot.workspace.blockkit import limits
from bot.workspace.blockkit.blocks import check_blocks
from bot.workspace.blockkit.exam import Exam, Fault, Surface
from bot.workspace.nouns import Json

_KNOWN = {
    "type", "title", "blocks", "close", "submit", "private_metadata", "callback_id",
    "clear_on_close", "notify_on_close", "external_id", "submit_disabled",
}  # fmt: skip


def check_view(view: Json, *, surface: Surface) -> list[Fault]:
    """Everything in this view that Slack would refuse."""
    exam = Exam(surface=surface)
    if view.get("type") != surface:
        exam.fail("/view/type", f"must be {surface}")
        return exam.faults
    exam.keys(view, _KNOWN, "/view")
    if surface == "modal":
        exam.text(view, "title", "/view", most=limits.VIEW_TITLE, plain=True, needed=True)
        exam.text(view, "submit", "/view", most=limits.VIEW_TITLE, plain=True)
        exam.text(view, "close", "/view", most=limits.VIEW_TITLE, plain=True)
    for key, most in {
        "callback_id": limits.ID,
        "external_id": limits.ID,
        "private_metadata": limits.PRIVATE_METADATA,
    }.items():
        if view.get(key):
            exam.string(view, key, "/view", most=most)
    blocks = view.get("blocks")
    if not isinstance(blocks, list) or not all(isinstance(one, dict) for one in blocks):
        exam.fail("/view", "missing required field: blocks")
        return exam.faults
    asks = any(block.get("type") == "input" for block in blocks)
    if surface == "modal" and asks and not view.get("submit"):
        exam.fail("/view", "missing required field: submit (there are input blocks)")
    return exam.faults + check_blocks(blocks, surface=surface, root="/view/blocks")


def is_too_large(view: Json) -> bool:
    """Whether Slack would call it `view_too_large`."""
    return len(json.dumps(view, ensure_ascii=False).encode()) > limits.VIEW_BYTES
