"""pins.*: messages that a channel keeps at hand."""

from bot.workspace.call import Call, Method
from bot.workspace.nouns import Json
from bot.workspace.refusal import Refusal

_MOST = 100


def add(call: Call) -> Json:
    """Pin a message to its channel."""
    channel = call.channel(inside=True, alive=True)
    if not call.args.text("timestamp"):
        raise Refusal("no_item_specified")
    message = call.team.message(channel, call.args.text("timestamp"))
    if message.ts in channel.pins:
        raise Refusal("already_pinned")
    if len(channel.pins) >= _MOST:
        raise Refusal("too_many_pins")
    channel.pins[message.ts] = {"created": call.team.now(), "created_by": call.bot}
    item = {"type": "message", "channel": channel.id, "message": message.wire()}
    call.team.event(
        "pin_added",
        channel,
        user=call.bot,
        channel_id=channel.id,
        item=item,
        item_user=message.user,
    )
    call.team.changed("message", channel=channel.id, ts=message.ts)
    return {}


def remove(call: Call) -> Json:
    """Unpin a message."""
    channel = call.channel(inside=True)
    ts = call.args.text("timestamp")
    if not ts:
        raise Refusal("no_item_specified")
    if ts not in channel.pins:
        raise Refusal("no_pin")
    del channel.pins[ts]
    item = {"type": "message", "channel": channel.id, "message": {"ts": ts}}
    call.team.event("pin_removed", channel, user=call.bot, channel_id=channel.id, item=item)
    call.team.changed("message", channel=channel.id, ts=ts)
    return {}


def everything(call: Call) -> Json:
    """The pinned messages."""
    channel = call.channel(inside=True)
    items = [
        {"type": "message", "channel": channel.id, "message": channel.messages[ts].wire(), **pin}
        for ts, pin in channel.pins.items()
        if ts in channel.messages
    ]
    return {"items": items}


METHODS = {
    "pins.add": Method(run=add, tier="t2", scope="pins:write"),
    "pins.remove": Method(run=remove, tier="t2", scope="pins:write"),
    "pins.list": Method(run=everything, tier="t2", scope="pins:read"),
}
