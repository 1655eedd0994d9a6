"""Between plain text and Slack's mrkdwn, both ways."""

import html
import re
from collections.abc import Callable
from urllib.parse import quote, urlsplit

from bot.incident import Person

_USER_ID = re.compile(r"[UW][A-Z0-9]{2,20}")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{2,20}")
_NAMELESS = re.compile(r"<@([UW][A-Z0-9]{2,20})>")
_TOKEN = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


def escape(text: str) -> str:
    """Text from outside, harmless inside mrkdwn: Slack wants `&`, `<` and `>` escaped, no more."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def link(url: str, says: str) -> str:
    """A link, or only its words where the address is no web address."""
    words = escape(" ".join(says.split())) or "link"
    if not is_web_address(url):
        return words
    return f"<{escape(_encoded(url))}|{words.replace('|', '¦')}>"


def is_web_address(url: str) -> bool:
    """Whether a browser should be sent there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _encoded(url: str) -> str:
    """The address with everything percent-encoded that would end or split a link."""
    return quote(url, safe="!#$%&'()*+,/:;=?@[]~", errors="replace")


def mention(person: Person) -> str:
    """The person by their id, which Slack shows as a name; else the escaped name."""
    return f"<@{person.id}>" if _USER_ID.fullmatch(person.id) else escape(person.name)


def channel(room: str | None, name: str | None) -> str:
    """A link to a channel; else its escaped name."""
    if room and _CHANNEL_ID.fullmatch(room):
        return f"<#{room}>"
    return escape(f"#{name}") if name else ""


def with_names(text: str, name_of: Callable[[str], str]) -> str:
    """The text with a name in each mention that has none: `<@U1>` becomes `<@U1|maria>`."""

    def named(match: re.Match[str]) -> str:
        return f"<@{match[1]}|{re.sub('[<>|]', ' ', name_of(match[1]))}>"

    return _NAMELESS.sub(named, text)


def to_plain(text: str, *, name_of: Callable[[str], str] | None = None) -> str:
    """What a person wrote, as plain text: mentions, channels and links by their words.

    `name_of` gives the name of a user id where the mention carries none.
    """

    def worded(match: re.Match[str]) -> str:
        target, label = match[1], match[2]
        if target[:1] in {"@", "#", "!"}:
            name = label or (name_of(target[1:]) if target[:1] == "@" and name_of else target[1:])
            return ("#" if target[:1] == "#" else "@") + name.lstrip("@#")
        return f"{label} ({target})" if label and label not in target else target

    return html.unescape(_TOKEN.sub(worded, text))
