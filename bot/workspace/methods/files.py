"""files.*: an upload in three steps, as the SDK's `files_upload_v2` does it."""

from bot.workspace.call import Call, Method
from bot.workspace.nouns import Json, Message
from bot.workspace.refusal import Refusal


def upload_url(call: Call) -> Json:
    """A place to send a file to."""
    id_ = call.team.secret("F")[:11]
    ticket = call.team.secret("")
    name = call.args.need("filename")
    call.team.files[id_] = {
        "id": id_,
        "name": name,
        "title": name,
        "size": call.args.number("length", 0),
        "user": call.bot,
        "ticket": ticket,
        "content": None,
        "url_private": f"{call.url}/files/{id_}",
        "permalink": f"{call.url}/files/{id_}",
    }
    return {"upload_url": f"{call.url}/upload/{id_}/{ticket}", "file_id": id_}


def complete(call: Call) -> Json:
    """Share what was uploaded in a channel."""
    wanted = call.args.documents("files", wrong="invalid_arguments")
    found: list[Json] = []
    for one in wanted:
        kept = call.team.files.get(str(one.get("id")))
        if kept is None or kept["content"] is None:
            raise Refusal("file_not_found")
        kept["title"] = one.get("title") or kept["name"]
        found.append(public(kept))
    if not found:
        raise Refusal("invalid_arguments")
    if call.args.text("channel_id"):
        channel = call.channel("channel_id", inside=True, alive=True)
        message = Message(
            ts=call.team.stamp(),
            user=call.bot,
            bot_id=call.team.bot.bot_id,
            text=call.args.text("initial_comment"),
            files=found,
            thread_ts=call.args.text("thread_ts") or None,
        )
        call.team.say(channel, message)
    return {"files": found}


def public(kept: Json) -> Json:
    """What of a file goes over the wire."""
    return {key: value for key, value in kept.items() if key not in ("ticket", "content")}


METHODS = {
    "files.getUploadURLExternal": Method(run=upload_url, tier="t4", scope="files:write"),
    "files.completeUploadExternal": Method(run=complete, tier="t4", scope="files:write"),
}
