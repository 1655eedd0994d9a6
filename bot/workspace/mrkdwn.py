"""Slack's markup as HTML that is safe whatever the text says."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from markupsafe import Markup

from bot.workspace.emoji import BY_NAME, DRAWN

_OPEN, _SHUT = "\ue000", "\ue001"
"""Private-use characters around the number of a finished piece; cut from every text first."""
_SIGNAL = re.compile(r"<([^<>\n]+)>")
_FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_NAMED_EMOJI = re.compile(r":([a-z0-9_+-]+)(?:::skin-tone-[2-6])?:")
_DRAWN = re.compile("(" + "|".join(map(re.escape, DRAWN)) + ")\ufe0f?")
_QUOTE = re.compile(r"^&gt; ?")
_SCHEMES = frozenset({"http", "https", "mailto", "tel", "slack"})
_STYLES = (("*", "b"), ("_", "i"), ("~", "s"))
_BROADCASTS = frozenset({"channel", "here", "everyone"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Who and what the ids in a text stand for; `me` is highlighted."""

    user: Callable[[str], str | None]
    channel: Callable[[str], str | None]
    me: str = ""


NOBODY = Names(user=lambda _id: None, channel=lambda _id: None)


def mrkdwn(text: str, names: Names = NOBODY) -> Markup:
    """A mrkdwn text as HTML."""
    return _Rendering(names).whole(text)


def plain(text: str) -> Markup:
    """A plain text as HTML: only emoji and line ends are anything else than they look."""
    pieces = _Rendering(NOBODY)
    safe = html.escape(_without_marks(text))
    return Markup(pieces.back(pieces.emoji(safe)).replace("\n", "<br>"))  # noqa: S704 - escaped above


def _without_marks(text: str) -> str:
    return text.replace(_OPEN, "").replace(_SHUT, "")


def _escaped(text: str) -> str:
    """Slack's three entities read, then HTML's written."""
    read = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return html.escape(read)


class _Rendering:
    """One text on its way; finished pieces wait outside it, so that nothing marks them up again."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._pieces: list[str] = []

    def whole(self, text: str) -> Markup:
        marked = _SIGNAL.sub(self._signal, _without_marks(text))
        safe = _escaped(marked)
        safe = _FENCE.sub(lambda found: self._keep(f"<pre>{found[1]}</pre>"), safe)
        safe = _CODE.sub(lambda found: self._keep(f"<code>{found[1]}</code>"), safe)
        safe = self.emoji(safe)
        for sign, tag in _STYLES:
            safe = self._styled(safe, sign, tag)
        return Markup(self.back(_quoted(safe)))  # noqa: S704 - escaped above, tags are our own

    def _keep(self, piece: str) -> str:
        self._pieces.append(piece)
        return f"{_OPEN}{len(self._pieces) - 1}{_SHUT}"

    def back(self, text: str) -> str:
        """The text with every piece where it belongs; later pieces may hold earlier ones."""
        for number in range(len(self._pieces) - 1, -1, -1):
            text = text.replace(f"{_OPEN}{number}{_SHUT}", self._pieces[number])
        return text

    def emoji(self, safe: str) -> str:
        """Names like `:eyes:`, and the characters that the page draws."""
        named = _NAMED_EMOJI.sub(lambda found: BY_NAME.get(found[1], found[0]), safe)
        return _DRAWN.sub(lambda found: self._keep(_drawn(found[1])), named)

    def _styled(self, safe: str, sign: str, tag: str) -> str:
        mark = re.escape(sign)
        pattern = rf"(?<![\w{mark}]){mark}(?![\s{mark}])([^\n]*?[^\s{mark}]){mark}(?![\w{mark}])"
        return re.sub(
            pattern,
            lambda found: f"{self._keep(f'<{tag}>')}{found[1]}{self._keep(f'</{tag}>')}",
            safe,
        )

    def _signal(self, found: re.Match[str]) -> str:
        """What stands between `<` and `>`, if Slack knows it."""
        inside, _, label = found[1].partition("|")
        if inside.startswith("!"):
            return self._special(inside[1:], label) or found[0]
        if inside.startswith("@"):
            return self._keep(self._user(inside[1:], label))
        if inside.startswith("#"):
            return self._keep(self._channel(inside[1:], label))
        return self._link(inside, label) or found[0]

    def _special(self, word: str, label: str) -> str:
        if word in _BROADCASTS:
            return self._keep(f'<span class="mention broadcast">@{word}</span>')
        if word.startswith("subteam^"):
            return self._keep(f'<span class="mention">{_escaped(label or "@group")}</span>')
        if word.startswith("date^"):
            return self._keep(_date(word, label))
        return self._keep(_escaped(label)) if label else ""

    def _user(self, id_: str, label: str) -> str:
        name = self._names.user(id_) or label or id_
        mine = " me" if id_ == self._names.me else ""
        return f'<span class="mention{mine}">@{_escaped(name.removeprefix("@"))}</span>'

    def _channel(self, id_: str, label: str) -> str:
        name = _escaped(self._names.channel(id_) or label or id_)
        where = _escaped(id_)
        return f'<a class="channel" href="/?channel={where}" data-channel="{where}">#{name}</a>'

    def _link(self, address: str, label: str) -> str:
        try:
            scheme = urlsplit(address.replace("&amp;", "&")).scheme
        except ValueError:
            return ""
        if scheme not in _SCHEMES:
            return ""
        words = _escaped(label or address)
        return self._keep(
            f'<a href="{_escaped(address)}" target="_blank" rel="noopener noreferrer">{words}</a>'
        )


def _drawn(character: str) -> str:
    return f'<span class="emoji {DRAWN[character]}" role="img">{character}</span>'


def _quoted(safe: str) -> str:
    """Lines as they stand; those that begin with `>` as quotations."""
    parts: list[str] = []
    quote: list[str] = []
    lines = safe.split("\n")
    for number, line in enumerate(lines):
        if _QUOTE.match(line):
            quote.append(_QUOTE.sub("", line))
            if number + 1 < len(lines) and _QUOTE.match(lines[number + 1]):
                continue
            parts.append(f"<blockquote>{'<br>'.join(quote)}</blockquote>")
            quote = []
        else:
            parts.append(line + ("<br>" if number + 1 < len(lines) else ""))
    return "".join(parts)


def _date(word: str, label: str) -> str:
    """`date^1392734382^{date} at {time}^link`, in UTC; the fallback where it cannot be read."""
    parts = word.split("^")
    try:
        when = datetime.fromtimestamp(int(parts[1]), UTC)
    except (ValueError, OverflowError, OSError, IndexError):
        return _escaped(label)
    forms = {
        "date_num": "%Y-%m-%d", "date_slash": "%d/%m/%Y", "date_short_pretty": "%b %-d, %Y",
        "date_long_pretty": "%A, %B %-d, %Y", "date_pretty": "%B %-d, %Y",
        "date_short": "%b %-d, %Y", "date_long": "%A, %B %-d, %Y", "date": "%B %-d, %Y",
        "time_secs": "%H:%M:%S", "time": "%H:%M", "day_divider_pretty": "%A, %B %-d",
        "ago": "%H:%M",
    }  # fmt: skip
    shown = re.sub(
        r"\{(\w+)\}",
        lambda found: when.strftime(forms[found[1]]) if found[1] in forms else found[0],
        parts[2] if len(parts) > 2 else "{date}",
    )
    return f'<time datetime="{when.isoformat()}" title="{_escaped(label)}">{_escaped(shown)}</time>'


def from_markdown(text: str) -> str:
    """The common part of Markdown as mrkdwn, for `markdown` blocks."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    safe = re.sub(r"\[([^\]\n]+)\]\((https?://[^\s)|]+)\)", r"<\2|\1>", safe)
    safe = re.sub(r"(?m)^#{1,6}\s+(.+?)\s*#*$", r"*\1*", safe)
    safe = re.sub(r"(?m)^(\s*)[-*]\s+", r"\1• ", safe)
    safe = re.sub(r"~~(.+?)~~", r"~\1~", safe)
    return re.sub(r"\*\*(.+?)\*\*|__(.+?)__", lambda m: f"*{m[1] or m[2]}*", safe)
