"""chat.scheduleMessage: something said later."""

import asyncio

from bot.workspace.call import Call, Method
from bot.workspace.methods.chat import place_of, say
from bot.workspace.nouns import Json
from bot.workspace.refusal import Refusal

_FURTHEST = 120 * 24 * 3600


def schedule(call: Call) -> Json:
    """Say something at a time to come, by the workspace's clock."""
    channel = place_of(call)
    at = call.args.number("post_at", 0)
    wait = at - call.team.now()
    if wait <= 0:
        raise Refusal("time_in_past")
    if wait > _FURTHEST:
        raise Refusal("time_too_far")
    id_ = call.team.secret("Q")[:11]

    def due() -> None:
        if call.team.scheduled.pop(id_, None) is not None and not channel.archived:
            say(call, channel)

    call.team.scheduled[id_] = {"id": id_, "channel_id": channel.id, "post_at": at}
    asyncio.get_running_loop().call_later(wait, due)
    return {
        "channel": channel.id,
        "scheduled_message_id": id_,
        "post_at": at,
        "message": {"type": "delayed_message", "text": call.args.text("text")},
    }


def unschedule(call: Call) -> Json:
    """Take back what was to be said."""
    if call.team.scheduled.pop(call.args.need("scheduled_message_id"), None) is None:
        raise Refusal("invalid_scheduled_message_id")
    return {}


def everything(call: Call) -> Json:
    """What is still to be said."""
    return {"scheduled_messages": list(call.team.scheduled.values())}


METHODS = {
    "chat.scheduleMessage": Method(run=schedule, tier="t3", scope="chat:write"),
    "chat.deleteScheduledMessage": Method(run=unschedule, tier="t3", scope="chat:write"),
    "chat.scheduledMessages.list": Method(run=everything, tier="t3"),
}
