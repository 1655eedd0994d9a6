"""The lines of a conversation in the order they are drawn."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from bot.workspace.nouns import Channel, Message

_TOGETHER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line: a day, the mark of what is new, a message, or a remark of the workspace itself."""

    kind: Literal["day", "new", "message", "remark"]
    key: str
    at: datetime
    message: Message | None = None
    compact: bool = False


def at(ts: str) -> datetime:
    """The moment of a time stamp."""
    return datetime.fromtimestamp(float(ts), UTC)


def channel_rows(channel: Channel, *, user: str, since: str) -> list[Row]:
    """The channel itself as this person sees it; new is what came after `since`."""
    shown = [one for one in channel.messages.values() if not one.is_reply or one.broadcast]
    shown += [one for one in _whispers(channel, user) if not one.is_reply]
    return list(_rows(sorted(shown, key=lambda one: one.ts), user=user, since=since))


def thread_rows(channel: Channel, parent: Message, *, user: str) -> list[Row]:
    """The answers of one thread."""
    shown = [channel.messages[ts] for ts in parent.replies if ts in channel.messages]
    shown += [one for one in _whispers(channel, user) if one.thread_ts == parent.ts]
    rows = _rows(sorted(shown, key=lambda one: one.ts), user=user, since="")
    return [row for row in rows if row.kind != "day"]


def _whispers(channel: Channel, user: str) -> list[Message]:
    return [one for one in channel.whispers.values() if one.whispered_to == user]


def _rows(messages: list[Message], *, user: str, since: str) -> Iterator[Row]:
    before: Message | None = None
    day: date | None = None
    marked = not since
    for message in messages:
        when = at(message.ts)
        if when.date() != day:
            day, before = when.date(), None
            yield Row(kind="day", key=f"day-{day}", at=when)
        told = message.user != user and message.whispered_to is None
        if not marked and told and message.ts > since:
            yield Row(kind="new", key="new", at=when)
            marked, before = True, None
        remark = (message.subtype or "").startswith("channel_")
        compact = before is not None and not remark and _follows(before, message)
        yield Row(
            kind="remark" if remark else "message",
            key=f"m-{message.ts}",
            at=when,
            message=message,
            compact=compact,
        )
        before = None if remark else message


def _follows(before: Message, message: Message) -> bool:
    """Whether the same person goes on, so that name and picture need not be drawn again."""
    same = before.user == message.user and before.whispered_to == message.whispered_to
    return same and at(message.ts) - at(before.ts) < _TOGETHER


def unread(channel: Channel, *, user: str) -> int:
    """How many messages of others this person has not seen."""
    seen = channel.read.get(user, "")
    return sum(
        one.ts > seen
        and one.user != user
        and not one.is_reply
        and not (one.subtype or "").startswith("channel_")
        for one in channel.messages.values()
    )


def mentions(channel: Channel, *, user: str) -> int:
    """How many of those call this person: by name, with everybody, or by talking to them alone."""
    seen = channel.read.get(user, "")
    calls = (f"<@{user}>", "<!channel>", "<!here>", "<!everyone>")
    return sum(
        one.ts > seen
        and one.user != user
        and (channel.is_direct or any(call in one.text for call in calls))
        for one in channel.messages.values()
    )
