"""One Web API call, and what a method is."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.workspace.arguments import Arguments
from bot.workspace.nouns import Channel, Json
from bot.workspace.refusal import Refusal
from bot.workspace.team import Team

Tier = Literal["t1", "t2", "t3", "t4", "post", "special"]
_SCOPE_ROOM = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of the bot: its arguments, and the team it is about."""

    team: Team
    args: Arguments
    url: str

    @property
    def bot(self) -> str:
        """The bot's own user id."""
        return self.team.bot.id

    def allow(self, scope: str) -> None:
        """Refuse with `missing_scope` unless the manifest has it."""
        manifest = self.team.manifest
        if not manifest.allows(scope):
            provided = ",".join(sorted(manifest.scopes or ()))
            raise Refusal("missing_scope", needed=scope, provided=provided)

    def allow_in(self, channel: Channel, verb: str) -> None:
        """Refuse unless the manifest has `verb` for this kind of channel."""
        self.allow(f"{_SCOPE_ROOM[channel.kind]}:{verb}")

    def channel(
        self, name: str = "channel", *, inside: bool = False, alive: bool = False
    ) -> Channel:
        """The channel an argument names, which the bot may see.

        `inside` refuses where the bot is no member, `alive` where it is archived.
        """
        channel = self.team.channel(self.args.need(name))
        if channel.kind != "channel" and self.bot not in channel.members:
            raise Refusal("channel_not_found")
        if inside and self.bot not in channel.members:
            raise Refusal("not_in_channel")
        if alive and channel.archived:
            raise Refusal("is_archived")
        return channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A Web API method: what it does, what it needs, and how often it may be called."""

    run: Callable[[Call], Json]
    tier: Tier
    scope: str | None = None


def page_of(
    call: Call, items: Sequence[Any], *, default: int = 100, most: int = 1000
) -> tuple[list[Any], Json]:
    """The part of `items` that `cursor` and `limit` ask for, and the answer's metadata."""
    limit = call.args.number("limit", default)
    if not 0 < limit <= most:
        raise Refusal("invalid_limit")
    start = _offset(call.args.text("cursor"))
    after = start + limit
    cursor = base64.b64encode(f"next:{after}".encode()).decode() if after < len(items) else ""
    return list(items[start:after]), {"response_metadata": {"next_cursor": cursor}}


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refusal("invalid_cursor") from None
    if word != "next" or not number.isdigit():
        raise Refusal("invalid_cursor")
    return int(number)
