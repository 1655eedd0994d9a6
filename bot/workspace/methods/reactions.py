"""reactions.*: emoji under a message."""

import re

from bot.workspace.call import Call, Method
from bot.workspace.nouns import Channel, Json, Message
from bot.workspace.refusal import Refusal
from bot.workspace.team import Team


def react(team: Team, channel: Channel, message: Message, *, name: str, user: str) -> None:
    """Somebody reacts to a message.

    Raises:
        Refusal: `already_reacted`, `invalid_name`.
    """
    if not re.fullmatch(r"[\w+'-]{1,100}(::skin-tone-[2-6])?", name):
        raise Refusal("invalid_name")
    users = message.reactions.setdefault(name, [])
    if user in users:
        raise Refusal("already_reacted")
    users.append(user)
    _tell(team, "reaction_added", channel, message, name=name, user=user)


def unreact(team: Team, channel: Channel, message: Message, *, name: str, user: str) -> None:
    """Somebody takes a reaction back.

    Raises:
        Refusal: `no_reaction`.
    """
    if user not in message.reactions.get(name, []):
        raise Refusal("no_reaction")
    message.reactions[name].remove(user)
    if not message.reactions[name]:
        del message.reactions[name]
    _tell(team, "reaction_removed", channel, message, name=name, user=user)


def _tell(
    team: Team, event: str, channel: Channel, message: Message, *, name: str, user: str
) -> None:
    item = {"type": "message", "channel": channel.id, "ts": message.ts}
    team.event(event, channel, user=user, reaction=name, item=item, item_user=message.user)
    team.changed("message", channel=channel.id, ts=message.ts)


def add(call: Call) -> Json:
    """The bot reacts."""
    channel, message = _item(call)
    if channel.archived:
        raise Refusal("is_archived")
    react(call.team, channel, message, name=_name(call), user=call.bot)
    return {}


def remove(call: Call) -> Json:
    """The bot takes its reaction back."""
    channel, message = _item(call)
    unreact(call.team, channel, message, name=_name(call), user=call.bot)
    return {}


def get(call: Call) -> Json:
    """The reactions to a message."""
    channel, message = _item(call)
    return {"type": "message", "channel": channel.id, "message": message.wire()}


def _name(call: Call) -> str:
    return call.args.need("name").strip(":")


def _item(call: Call) -> tuple[Channel, Message]:
    if not call.args.text("timestamp"):
        raise Refusal("no_item_specified")
    channel = call.channel(inside=True)
    return channel, call.team.message(channel, call.args.text("timestamp"))


METHODS = {
    "reactions.add": Method(run=add, tier="t3", scope="reactions:write"),
    "reactions.remove": Method(run=remove, tier="t2", scope="reactions:write"),
    "reactions.get": Method(run=get, tier="t3", scope="reactions:read"),
}
