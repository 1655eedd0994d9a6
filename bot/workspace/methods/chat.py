"""chat.*: what the bot says."""

from bot.workspace.blockkit import check_blocks, fill_ids
from bot.workspace.call import Call, Method
from bot.workspace.nouns import Channel, Json, Message
from bot.workspace.refusal import Refusal

_LONGEST_TEXT = 40_000
_LONGEST_MESSAGE = 13_200
"""Undocumented: Slack refuses blocks whose texts come to about this many characters."""


def post(call: Call) -> Json:
    """Say something in a channel, or to a person by their id."""
    channel = place_of(call)
    message = say(call, channel)
    return {"channel": channel.id, "ts": message.ts, "message": message.wire(metadata=True)}


def say(call: Call, channel: Channel) -> Message:
    """Put the call's message into a channel."""
    thread = call.args.text("thread_ts") or None
    if thread is not None and thread not in channel.messages:
        raise Refusal("thread_not_found")
    message = Message(
        ts=call.team.stamp(),
        user=call.bot,
        bot_id=call.team.bot.bot_id,
        thread_ts=thread,
        broadcast=call.args.flag("reply_broadcast"),
        metadata=_metadata(call),
        **_content(call),
    )
    return call.team.say(channel, message)


def place_of(call: Call) -> Channel:
    """Where to post: a channel, or the direct conversation with a user."""
    named = call.args.text("channel")
    if named in call.team.users:
        return call.team.direct([named, call.bot])
    if not named:
        raise Refusal("channel_not_found")
    channel = call.channel()
    if channel.archived:
        raise Refusal("is_archived")
    open_to_all = channel.kind == "channel" and call.team.manifest.allows("chat:write.public")
    if call.bot not in channel.members and not open_to_all:
        raise Refusal("not_in_channel")
    return channel


def _content(call: Call) -> Json:
    """Text, blocks and attachments, held to Slack's limits."""
    blocks = call.args.documents("blocks", wrong="invalid_blocks_format")
    attachments = call.args.documents("attachments", wrong="invalid_attachments")
    text, markdown = call.args.text("text"), call.args.text("markdown_text")
    if markdown:
        if text or blocks:
            raise Refusal("markdown_text_conflict")
        blocks = [{"type": "markdown", "text": markdown}]
    if not (text.strip() or blocks or attachments):
        raise Refusal("no_text")
    if len(text) > _LONGEST_TEXT:
        raise Refusal("msg_too_long")
    hold_to_limits(blocks)
    return {"text": text, "blocks": fill_ids(blocks), "attachments": attachments}


def hold_to_limits(blocks: list[Json]) -> None:
    """Refuse blocks that Slack would refuse in a message."""
    faults = check_blocks(blocks, surface="message")
    if faults:
        said = tuple(f"[ERROR] {fault.message} [json-pointer:{fault.pointer}]" for fault in faults)
        raise Refusal("invalid_blocks", errors=[fault.message for fault in faults], messages=said)
    if _characters(blocks) > _LONGEST_MESSAGE:
        raise Refusal("msg_blocks_too_long")


def _characters(part: object) -> int:
    """All the text in blocks, for the ceiling on a whole message."""
    if isinstance(part, dict):
        own = len(part["text"]) if isinstance(part.get("text"), str) else 0
        return own + sum(_characters(value) for value in part.values())
    if isinstance(part, list):
        return sum(_characters(value) for value in part)
    return 0


def _metadata(call: Call) -> Json | None:
    metadata = call.args.document("metadata", wrong="invalid_metadata_format")
    if metadata is None:
        return None
    whole = isinstance(metadata, dict) and isinstance(metadata.get("event_type"), str)
    if not whole or not isinstance(metadata.get("event_payload"), dict):
        raise Refusal("invalid_metadata_format")
    return dict(metadata)


def update(call: Call) -> Json:
    """Replace a message of the bot's own."""
    channel = call.channel()
    message = call.team.message(channel, call.args.need("ts"))
    if message.user != call.bot or message.subtype is not None:
        raise Refusal("cant_update_message")
    if channel.archived:
        raise Refusal("is_archived")
    before = message.wire()
    content = _content(call)
    message.text = content["text"]
    if "blocks" in call.args.given or "text" in call.args.given:
        message.blocks = content["blocks"]
    if "attachments" in call.args.given:
        message.attachments = content["attachments"]
    if "metadata" in call.args.given:
        message.metadata = _metadata(call)
    message.edited = {"user": call.bot, "ts": call.team.stamp()}
    call.team.edited(channel, message, before)
    answer = {"channel": channel.id, "ts": message.ts, "text": message.text}
    return answer | {"message": message.wire(metadata=True)}


def delete(call: Call) -> Json:
    """Take back a message of the bot's own."""
    channel = call.channel()
    message = call.team.message(channel, call.args.need("ts"))
    if message.user != call.bot:
        raise Refusal("cant_delete_message")
    call.team.remove(channel, message)
    return {"channel": channel.id, "ts": message.ts}


def whisper(call: Call) -> Json:
    """Say something that only one person in the channel sees."""
    channel = place_of(call)
    user = call.team.user(call.args.need("user"))
    if user.id not in channel.members:
        raise Refusal("user_not_in_channel")
    message = Message(
        ts=call.team.stamp(),
        user=call.bot,
        bot_id=call.team.bot.bot_id,
        thread_ts=call.args.text("thread_ts") or None,
        whispered_to=user.id,
        **_content(call),
    )
    channel.whispers[message.ts] = message
    call.team.changed("message", channel=channel.id, ts=message.ts)
    return {"message_ts": message.ts}


def permalink(call: Call) -> Json:
    """A link that opens the page at a message."""
    channel = call.channel()
    message = call.team.message(channel, call.args.need("message_ts"))
    link = f"{call.url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


METHODS = {
    "chat.postMessage": Method(run=post, tier="post", scope="chat:write"),
    "chat.update": Method(run=update, tier="t3", scope="chat:write"),
    "chat.delete": Method(run=delete, tier="t3", scope="chat:write"),
    "chat.postEphemeral": Method(run=whisper, tier="t4", scope="chat:write"),
    "chat.getPermalink": Method(run=permalink, tier="special"),
}
