"""bookmarks.*: links above a channel."""

from urllib.parse import urlsplit

from bot.workspace.call import Call, Method
from bot.workspace.nouns import Channel, Json
from bot.workspace.refusal import Refusal

_MOST = 100


def add(call: Call) -> Json:
    """Put a link above a channel's messages."""
    channel = _channel(call)
    title, link = call.args.need("title"), call.args.text("link")
    if call.args.need("type") != "link":
        raise Refusal("invalid_bookmark_type")
    _check(link)
    if len(channel.bookmarks) >= _MOST:
        raise Refusal("too_many_bookmarks")
    id_ = call.team.secret("Bk")[:13]
    channel.bookmarks[id_] = {
        "id": id_,
        "channel_id": channel.id,
        "title": title,
        "link": link,
        "emoji": call.args.text("emoji"),
        "icon_url": None,
        "entity_id": None,
        "type": "link",
        "date_created": call.team.now(),
        "date_updated": 0,
        "rank": "r",
        "last_updated_by_user_id": call.bot,
        "last_updated_by_team_id": "",
        "shortcut_id": None,
        "app_id": None,
    }
    call.team.changed("channels")
    return {"bookmark": channel.bookmarks[id_]}


def edit(call: Call) -> Json:
    """Change a bookmark's title, link or emoji."""
    channel = _channel(call)
    bookmark = _bookmark(call, channel)
    for part in ("title", "link", "emoji"):
        if part in call.args.given:
            bookmark[part] = call.args.text(part)
    _check(bookmark["link"])
    bookmark["date_updated"] = call.team.now()
    call.team.changed("channels")
    return {"bookmark": bookmark}


def everything(call: Call) -> Json:
    """A channel's bookmarks."""
    return {"bookmarks": list(_channel(call).bookmarks.values())}


def remove(call: Call) -> Json:
    """Take a bookmark away."""
    channel = _channel(call)
    del channel.bookmarks[_bookmark(call, channel)["id"]]
    call.team.changed("channels")
    return {}


def _channel(call: Call) -> Channel:
    return call.channel("channel_id", inside=True)


def _bookmark(call: Call, channel: Channel) -> Json:
    found = channel.bookmarks.get(call.args.need("bookmark_id"))
    if found is None:
        raise Refusal("not_found")
    return found


def _check(link: str) -> None:
    if urlsplit(link).scheme not in ("http", "https"):
        raise Refusal("invalid_link")


METHODS = {
    "bookmarks.add": Method(run=add, tier="t2", scope="bookmarks:write"),
    "bookmarks.edit": Method(run=edit, tier="t2", scope="bookmarks:write"),
    "bookmarks.list": Method(run=everything, tier="t3", scope="bookmarks:read"),
    "bookmarks.remove": Method(run=remove, tier="t2", scope="bookmarks:write"),
}
