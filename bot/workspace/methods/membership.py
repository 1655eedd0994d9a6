"""conversations.*: who is in a channel."""

from bot.workspace.call import Call, Method, page_of
from bot.workspace.nouns import Channel, Json
from bot.workspace.refusal import Refusal


def members(call: Call) -> Json:
    """The ids of those inside."""
    channel = call.channel()
    call.allow_in(channel, "read")
    found, more = page_of(call, channel.members)
    return {"members": found, **more}


def invite(call: Call) -> Json:
    """Bring people in: all of them, or with `force` those who can be."""
    channel = call.channel(inside=True, alive=True)
    call.allow_in(channel, "manage" if channel.kind == "channel" else "write")
    wanted = call.args.names("users")
    if not wanted:
        raise Refusal("no_user")
    if len(wanted) > 1000:
        raise Refusal("too_many_users")
    errors = [
        {"user": one, "ok": False, "error": fault}
        for one in wanted
        if (fault := _unwelcome(call, channel, one))
    ]
    good = [one for one in wanted if not _unwelcome(call, channel, one)]
    if errors and not (good and call.args.flag("force")):
        raise Refusal(str(errors[0]["error"]), errors=errors)
    for one in good:
        call.team.enter(channel, call.team.users[one], inviter=call.bot)
    answer: Json = {"channel": channel.wire(seen_by=call.bot)}
    return answer | ({"errors": errors} if errors else {})


def _unwelcome(call: Call, channel: Channel, user: str) -> str:
    if user == call.bot:
        return "cant_invite_self"
    if user not in call.team.users:
        return "user_not_found"
    return "already_in_channel" if user in channel.members else ""


def join(call: Call) -> Json:
    """The bot enters a public channel."""
    channel = call.channel()
    if channel.kind != "channel":
        raise Refusal("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refusal("is_archived")
    if call.bot in channel.members:
        warned = {"response_metadata": {"warnings": ["already_in_channel"]}}
        seen = channel.wire(seen_by=call.bot)
        return {"channel": seen, "warning": "already_in_channel", **warned}
    call.team.enter(channel, call.team.bot)
    return {"channel": channel.wire(seen_by=call.bot)}


def kick(call: Call) -> Json:
    """Send somebody out."""
    channel = call.channel(inside=True, alive=True)
    call.allow_in(channel, "manage" if channel.kind == "channel" else "write")
    user = call.team.user(call.args.need("user"))
    if user.id == call.bot:
        raise Refusal("cant_kick_self")
    if channel.name == "general":
        raise Refusal("cant_kick_from_general")
    if user.id not in channel.members:
        raise Refusal("not_in_channel")
    _gone(call, channel, user.id, f"<@{user.id}> was removed from the channel by <@{call.bot}>")
    return {}


def leave(call: Call) -> Json:
    """The bot goes out."""
    channel = call.channel()
    call.allow_in(channel, "manage" if channel.kind == "channel" else "write")
    if channel.name == "general":
        raise Refusal("cant_leave_general")
    if call.bot not in channel.members:
        raise Refusal("not_in_channel", not_in_channel=True)
    _gone(call, channel, call.bot, f"<@{call.bot}> has left the channel")
    return {}


def _gone(call: Call, channel: Channel, user: str, said: str) -> None:
    call.team.remark(channel, user=user, subtype="channel_leave", text=said)
    call.team.event("member_left_channel", channel, user=user, channel=channel.id)
    channel.members.remove(user)
    call.team.changed("channels")


METHODS = {
    "conversations.members": Method(run=members, tier="t4"),
    "conversations.invite": Method(run=invite, tier="t3"),
    "conversations.join": Method(run=join, tier="t3", scope="channels:join"),
    "conversations.kick": Method(run=kick, tier="t3"),
    "conversations.leave": Method(run=leave, tier="t3"),
}
