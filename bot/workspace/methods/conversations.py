"""conversations.*: channels themselves, their names, topics and ends."""

import re

from bot.workspace.call import Call, Method, page_of
from bot.workspace.nouns import Channel, Json, Note
from bot.workspace.refusal import Refusal

_KINDS = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
_LONGEST_NAME = 80
_LONGEST_TOPIC = 250


def check_name(call: Call, name: str) -> str:
    """A name that a channel may get.

    Raises:
        Refusal: `invalid_name_…`, or `name_taken`: an archived channel keeps its name.
    """
    if not name:
        raise Refusal("invalid_name_required")
    if len(name) > _LONGEST_NAME:
        raise Refusal("invalid_name_maxlength")
    if re.search(r"[^\w-]", name) or name != name.lower():
        raise Refusal("invalid_name_specials")
    if not re.search(r"[^\W_]", name):
        raise Refusal("invalid_name_punctuation")
    if call.team.named(name) is not None:
        raise Refusal("name_taken")
    return name


def create(call: Call) -> Json:
    """A new channel with the bot in it."""
    private = call.args.flag("is_private")
    call.allow("groups:write" if private else "channels:manage")
    name = check_name(call, call.args.text("name").removeprefix("#"))
    kind = "group" if private else "channel"
    channel = call.team.add_channel(
        name, kind="group" if private else "channel", creator=call.bot, members=[call.bot]
    )
    said = f"<@{call.bot}> created the channel"
    call.team.remark(channel, user=call.bot, subtype="channel_join", text=said)
    if kind == "channel":
        brief = {"id": channel.id, "name": name, "created": channel.created, "creator": call.bot}
        call.team.event("channel_created", None, channel=brief)
    call.team.changed("channels")
    return {"channel": channel.wire(seen_by=call.bot)}


def everything(call: Call) -> Json:
    """The channels the bot can see, a page at a time."""
    types = call.args.names("types") or ["public_channel"]
    if set(types) - set(_KINDS):
        raise Refusal("invalid_types")
    kinds = {_KINDS[one] for one in types}
    skip = call.args.flag("exclude_archived")
    found = [
        channel.wire(seen_by=call.bot)
        for channel in call.team.channels.values()
        if channel.kind in kinds
        and (channel.kind == "channel" or call.bot in channel.members)
        and not (skip and channel.archived)
    ]
    part, more = page_of(call, found)
    return {"channels": part, **more}


def info(call: Call) -> Json:
    """One channel."""
    channel = call.channel()
    call.allow_in(channel, "read")
    return {"channel": channel.wire(seen_by=call.bot)}


def open_direct(call: Call) -> Json:
    """A direct conversation with one or more people."""
    if call.args.text("channel"):
        return {"channel": {"id": call.channel().id}}
    wanted = call.args.names("users")
    if not wanted:
        raise Refusal("users_list_not_supplied")
    if len(wanted) > 8:
        raise Refusal("too_many_users")
    call.allow("im:write" if len(wanted) == 1 else "mpim:write")
    people = [call.team.user(one).id for one in wanted]
    channel = call.team.direct([*people, call.bot])
    call.team.changed("channels")
    full = call.args.flag("return_im")
    return {"channel": channel.wire(seen_by=call.bot) if full else {"id": channel.id}}


def set_topic(call: Call) -> Json:
    """Change the line above the messages."""
    return _note(call, "topic")


def set_purpose(call: Call) -> Json:
    """Change what the channel is for."""
    return _note(call, "purpose")


def _note(call: Call, kind: str) -> Json:
    channel = call.channel(inside=True, alive=True)
    call.allow_in(channel, "manage" if channel.kind == "channel" else "write")
    value = call.args.text(kind)
    if len(value) > _LONGEST_TOPIC:
        raise Refusal("too_long")
    before: Note = getattr(channel, kind)
    if before.value != value:
        setattr(channel, kind, Note(value=value, creator=call.bot, last_set=call.team.now()))
        said = f"<@{call.bot}> set the channel {'topic' if kind == 'topic' else 'description'}"
        text = f"{said}: {value}" if value else f"<@{call.bot}> cleared the channel {kind}"
        call.team.remark(channel, user=call.bot, subtype=f"channel_{kind}", text=text)
        call.team.changed("channels")
    return {"channel": channel.wire(seen_by=call.bot), kind: value}


def rename(call: Call) -> Json:
    """Give a channel another name."""
    channel = call.channel(inside=True, alive=True)
    call.allow_in(channel, "manage" if channel.kind == "channel" else "write")
    old, new = channel.name, call.args.text("name").removeprefix("#")
    if new != old:
        channel.name = check_name(call, new)
        text = f'<@{call.bot}> has renamed the channel from "{old}" to "{new}"'
        call.team.remark(channel, user=call.bot, subtype="channel_name", text=text)
        brief = {"id": channel.id, "name": new, "created": channel.created}
        call.team.event("channel_rename", channel, channel=brief)
        call.team.changed("channels")
    return {"channel": channel.wire(seen_by=call.bot)}


def archive(call: Call) -> Json:
    """End a channel; it keeps its name and its messages."""
    channel = call.channel()
    call.allow_in(channel, "manage" if channel.kind == "channel" else "write")
    if channel.archived:
        raise Refusal("already_archived")
    if channel.name == "general":
        raise Refusal("cant_archive_general")
    if call.bot not in channel.members:
        raise Refusal("not_in_channel")
    text = f"<@{call.bot}> archived the channel"
    call.team.remark(channel, user=call.bot, subtype="channel_archive", text=text)
    channel.archived = True
    _ended(call, channel, "channel_archive")
    return {}


def unarchive(call: Call) -> Json:
    """Take an archived channel back."""
    channel = call.channel()
    call.allow_in(channel, "manage" if channel.kind == "channel" else "write")
    if not channel.archived:
        raise Refusal("not_archived")
    channel.archived = False
    _ended(call, channel, "channel_unarchive")
    return {}


def _ended(call: Call, channel: Channel, event: str) -> None:
    call.team.event(event, channel, user=call.bot, channel=channel.id)
    call.team.changed("channels")


METHODS = {
    "conversations.create": Method(run=create, tier="t2"),
    "conversations.list": Method(run=everything, tier="t2", scope="channels:read"),
    "conversations.info": Method(run=info, tier="t3"),
    "conversations.open": Method(run=open_direct, tier="t3"),
    "conversations.setTopic": Method(run=set_topic, tier="t2"),
    "conversations.setPurpose": Method(run=set_purpose, tier="t2"),
    "conversations.rename": Method(run=rename, tier="t2"),
    "conversations.archive": Method(run=archive, tier="t2"),
    "conversations.unarchive": Method(run=unarchive, tier="t2"),
}
