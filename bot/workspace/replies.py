"""Response addresses: where the app answers an interaction, five times in half an hour."""

import time
from dataclasses import dataclass
from typing import Any

from bot.workspace.blockkit import fill_ids
from bot.workspace.methods.chat import hold_to_limits
from bot.workspace.nouns import Channel, Json, Message
from bot.workspace.refusal import Refusal
from bot.workspace.team import Team
from bot.workspace.timing import Timing


@dataclass(slots=True, kw_only=True)
class Address:
    """Where an answer goes, how often still, and until when."""

    channel: str
    user: str
    original: str | None
    uses: int
    until: float


class Replies:
    """The response addresses that were given out."""

    def __init__(self, *, team: Team, url: str, timing: Timing) -> None:
        self._team = team
        self._url = url
        self._timing = timing
        self._given: dict[str, Address] = {}

    def give(self, channel: Channel, user: str, *, original: str | None = None) -> str:
        """A new address; `original` is the message the interaction came from."""
        key = self._team.secret("")
        self._given[key] = Address(
            channel=channel.id,
            user=user,
            original=original,
            uses=self._timing.response_url_uses,
            until=time.monotonic() + self._timing.response_url,
        )
        return f"{self._url}/response/{key}"

    def answer(self, key: str, body: Json) -> None:
        """The app answers at an address.

        Raises:
            Refusal: `used_url`, `expired_url`, or what is wrong with the message.
        """
        address = self._given.get(key)
        if address is None or time.monotonic() > address.until:
            raise Refusal("expired_url")
        if address.uses < 1:
            raise Refusal("used_url")
        say(self._team, address, body)
        address.uses -= 1

    def acknowledged(self, url: str, body: Json) -> None:
        """The answer that came with an acknowledgement; it costs no use."""
        address = self._given[url.rpartition("/")[2]]
        if body.get("text") or body.get("blocks"):
            say(self._team, address, body)


def say(team: Team, address: Address, body: Json) -> None:
    """Do what an answer asks for: a new message, a replaced one, or one less."""
    channel = team.channels[address.channel]
    if _flag(body.get("delete_original")):
        _delete(team, channel, address)
        return
    content = _content(body)
    if _flag(body.get("replace_original")):
        _replace(team, channel, address, content)
        return
    whispered = body.get("response_type", "ephemeral") != "in_channel"
    message = Message(
        ts=team.stamp(),
        user=team.bot.id,
        bot_id=team.bot.bot_id,
        thread_ts=body.get("thread_ts"),
        whispered_to=address.user if whispered else None,
        **content,
    )
    if not whispered:
        team.say(channel, message)
        return
    channel.whispers[message.ts] = message
    team.changed("message", channel=channel.id, ts=message.ts)


def _content(body: Json) -> Json:
    blocks = body.get("blocks") or []
    attachments = body.get("attachments") or []
    text = str(body.get("text") or "")
    if not (text.strip() or blocks or attachments):
        raise Refusal("no_text")
    if not isinstance(blocks, list) or not all(isinstance(one, dict) for one in blocks):
        raise Refusal("invalid_blocks_format")
    hold_to_limits(blocks)
    return {"text": text, "blocks": fill_ids(blocks), "attachments": attachments}


def _original(channel: Channel, address: Address) -> Message:
    ts = address.original or ""
    found = channel.messages.get(ts) or channel.whispers.get(ts)
    if found is None:
        raise Refusal("message_not_found")
    return found


def _delete(team: Team, channel: Channel, address: Address) -> None:
    message = _original(channel, address)
    if message.whispered_to is None:
        team.remove(channel, message)
    else:
        del channel.whispers[message.ts]
        team.changed("message", channel=channel.id, ts=message.ts)


def _replace(team: Team, channel: Channel, address: Address, content: Json) -> None:
    message = _original(channel, address)
    before = message.wire()
    message.text, message.blocks = content["text"], content["blocks"]
    message.attachments = content["attachments"]
    if message.whispered_to is None:
        message.edited = {"user": team.bot.id, "ts": team.stamp()}
    team.edited(channel, message, before)


def _flag(value: Any) -> bool:
    return value is True or value == "true"
