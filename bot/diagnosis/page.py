"""The page of each cause: what it is, how it looks, what it is confused with, what to do."""

from pathlib import Path

from bot.errors import RequestError
from bot.incident.causes import CAUSES
from bot.settings import nearest

_PAGES = Path(__file__).with_name("pages")


def page(cause: str) -> str:
    """The page of a cause, in Markdown.

    Raises:
        RequestError: There is no such cause.
    """
    if cause not in CAUSES:
        raise RequestError(f"there is no cause {cause!r}{nearest(cause, CAUSES)}")
    return (_PAGES / f"{cause}.md").read_text("utf-8")
