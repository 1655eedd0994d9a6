"""Text from outside, made harmless for the place it is put."""

import re
from urllib.parse import quote, urlsplit

_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
"""Marks that hide text or turn its direction, and halves of surrogate pairs."""

_ANYWHERE = re.compile(r"[\\`*\[\]<|~$]")
_ENTITY = re.compile(r"&(?=[#A-Za-z])")
_UNDERSCORE = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")
"""Underscores within a word mean nothing; leaving them keeps `dep_hour` readable."""
_AUTOLINK = re.compile(r"(?i)(?:\b[a-z][a-z0-9+.-]*(?=://))|(?:\bwww(?=\.))|(?:\bmailto(?=:))")
_AT_START = re.compile(r"^(?:[>#]|[-+](?=\s|$)|[-=:](?=[-=: ]*$)|[0-9]{1,9}(?=[.)](?:\s|$)))")


def one_line(text: str) -> str:
    """The text on one line, without control and invisible characters."""
    return _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip()


def escape_mrkdwn(text: str) -> str:
    """Slack's own escape: `&`, `<` and `>` and nothing else."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_markdown(text: str) -> str:
    """Text that stays text in CommonMark and GitHub's Markdown, in a table or at a line's start.

    It cannot make emphasis, code, links, images, HTML, headings, lists, quotes, tables or maths;
    line breaks become spaces. Words stay as readable as they can.
    """
    escaped = _ANYWHERE.sub(r"\\\g<0>", one_line(text))
    escaped = _ENTITY.sub(r"\\&", escaped)
    escaped = _UNDERSCORE.sub(lambda run: "\\_" * len(run[0]), escaped)
    escaped = _AUTOLINK.sub(_no_link, escaped)
    return _AT_START.sub(_no_block, escaped)


def _no_link(match: re.Match[str]) -> str:
    """Break what GitHub makes a link by itself: a backslash before the colon or the dot."""
    return f"{match[0]}\\"


def _no_block(match: re.Match[str]) -> str:
    return f"{match[0]}\\" if match[0].isdigit() else f"\\{match[0]}"


def safe_url(url: object) -> str:
    """An http or https address that can stand in Markdown's `(…)` and in HTML; else nothing."""
    if not isinstance(url, str):
        return ""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return ""
    return quote(parts.geturl(), safe="%/:=&?#+!,;@~-._[]", errors="ignore")
