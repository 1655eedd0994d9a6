"""What Slack accepts, and how a text that is too long is cut with a sign that it was."""

from collections.abc import Iterable
from typing import Any, Final

Block = dict[str, Any]
"""One Block Kit block, element or view, as the JSON object that goes to Slack."""

MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
MESSAGE_CHARACTERS: Final = 12_000
"""Undocumented ceiling near 13,000 (`msg_blocks_too_long`); bolt-js issues 2509 and 2867."""
MESSAGE_TEXT: Final = 3_000
"""Slack takes 40,000 as fallback text; a notification shows far less."""
HEADER: Final = 150
SECTION: Final = 3_000
FIELD: Final = 2_000
FIELDS: Final = 10
CONTEXT_ELEMENTS: Final = 10
ACTION_ELEMENTS: Final = 25
BUTTON_TEXT: Final = 75
BUTTON_VALUE: Final = 2_000
BUTTON_URL: Final = 3_000
OPTION_TEXT: Final = 75
OPTION_VALUE: Final = 150
OPTIONS: Final = 100
PLACEHOLDER: Final = 150
INPUT_LABEL: Final = 2_000
INPUT_HINT: Final = 2_000
INPUT_VALUE: Final = 3_000
BLOCK_ID: Final = 255
ACTION_ID: Final = 255
VIEW_TITLE: Final = 24
PRIVATE_METADATA: Final = 3_000
TOPIC: Final = 250
PURPOSE: Final = 250
SHORTCUT_NAME: Final = 24
SHORTCUT_DESCRIPTION: Final = 150
METADATA_VALUE: Final = 255

_ELLIPSIS: Final = "…"
_LONGEST_ENTITY: Final = len("&amp;")


def cut(text: str, limit: int) -> str:
    """Plain text of at most `limit` characters, with an ellipsis where some were left out."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + _ELLIPSIS


def cut_mrkdwn(text: str, limit: int) -> str:
    """The same for mrkdwn: never inside an entity such as `&amp;` or a link such as `<url|here>`.

    Every `<` in it is ours, so an unclosed one after the cut is a link that was cut in two.
    """
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    opened = kept.rfind("<")
    if opened > kept.rfind(">"):
        kept = kept[:opened]
    entity = kept.rfind("&")
    if entity > len(kept) - _LONGEST_ENTITY and ";" not in kept[entity:]:
        kept = kept[:entity]
    return kept.rstrip() + _ELLIPSIS


def one_line(text: str, limit: int) -> str:
    """Plain text on one line, a dash where there is none: Slack refuses empty texts."""
    return cut(" ".join(text.split()), limit) or "–"


def joined(lines: Iterable[str], limit: int) -> list[str]:
    """The lines as few texts, each of at most `limit` characters unless one line is longer."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + 1 + len(line) <= limit:
            texts[-1] = f"{texts[-1]}\n{line}"
        else:
            texts.append(line)
    return texts


def characters(value: object) -> int:
    """How many characters of text a block holds, wherever in it they are."""
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(characters(inner) for inner in value.values())
    if isinstance(value, list):
        return sum(characters(inner) for inner in value)
    return 0
