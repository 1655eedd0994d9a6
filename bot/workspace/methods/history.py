"""conversations.history and .replies: what was said."""

from decimal import Decimal, InvalidOperation

from bot.workspace.call import Call, Method, page_of
from bot.workspace.nouns import Channel, Json, Message
from bot.workspace.refusal import Refusal


def history(call: Call) -> Json:
    """The messages of the channel itself, newest first."""
    channel = _readable(call)
    found = [
        one
        for one in reversed(channel.messages.values())
        if (not one.is_reply or one.broadcast) and _wanted(call, one)
    ]
    return _answer(call, found) | {"pin_count": len(channel.pins)}


def replies(call: Call) -> Json:
    """A thread: its first message and the answers, oldest first."""
    channel = _readable(call)
    asked = channel.messages.get(call.args.need("ts"))
    if asked is None:
        raise Refusal("thread_not_found")
    parent = channel.messages.get(asked.thread_ts or asked.ts, asked)
    answers = [
        channel.messages[ts]
        for ts in parent.replies
        if ts in channel.messages and _wanted(call, channel.messages[ts])
    ]
    return _answer(call, [parent, *answers])


def _readable(call: Call) -> Channel:
    channel = call.channel(inside=True)
    call.allow_in(channel, "history")
    return channel


def _answer(call: Call, found: list[Message]) -> Json:
    part, more = page_of(call, found, most=999)
    full = call.args.flag("include_all_metadata")
    cursor = more["response_metadata"]["next_cursor"]
    return {
        "messages": [one.wire(metadata=full) for one in part],
        "has_more": bool(cursor),
        **(more if cursor else {}),
    }


def _wanted(call: Call, message: Message) -> bool:
    """Whether it lies between `oldest` and `latest`."""
    ts, inclusive = _time(message.ts, "ts"), call.args.flag("inclusive")
    oldest = _time(call.args.text("oldest") or "0", "oldest")
    latest = _time(call.args.text("latest") or "Infinity", "latest")
    return oldest < ts < latest or (inclusive and ts in (oldest, latest))


def _time(text: str, name: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Refusal(f"invalid_ts_{name}") from None


METHODS = {
    "conversations.history": Method(run=history, tier="t3"),
    "conversations.replies": Method(run=replies, tier="t3"),
}
