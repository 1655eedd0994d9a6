"""The bodies of interactions, as Slack sends them."""

from typing import Any

from bot.workspace.nouns import APP_ID, DOMAIN, TEAM_ID, Channel, Json, Message, User, View
from bot.workspace.team import Team


def _base(team: Team, user: User, kind: str) -> Json:
    return {
        "type": kind,
        "team": {"id": TEAM_ID, "domain": DOMAIN},
        "user": user.brief(),
        "api_app_id": APP_ID,
        "token": "unused",
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": team.triggers.give(user.id),
    }


def slash(
    team: Team, user: User, channel: Channel, *, command: str, text: str, response_url: str
) -> Json:
    """A slash command: a flat form."""
    return {
        "token": "unused",
        "team_id": TEAM_ID,
        "team_domain": DOMAIN,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.kind == "im" else channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": team.triggers.give(user.id),
    }


def message_action(
    team: Team,
    user: User,
    channel: Channel,
    message: Message,
    *,
    actions: list[Json],
    response_url: str,
) -> Json:
    """`block_actions` from a message; an ephemeral one is not shown to the app again."""
    whispered = message.whispered_to is not None
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": whispered,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = _base(team, user, "block_actions") | {
        "container": container,
        "channel": {"id": channel.id, "name": channel.name},
        "response_url": response_url,
        "actions": actions,
        "state": {"values": _state(actions)},
    }
    return payload if whispered else payload | {"message": message.wire()}


def _state(actions: list[Json]) -> Json:
    """The inputs of a message, of which a person has touched one."""
    return {
        one["block_id"]: {one["action_id"]: one}
        for one in actions
        if one["type"] not in ("button", "overflow")
    }


def view_action(team: Team, user: User, view: View, *, actions: list[Json]) -> Json:
    """`block_actions` from a modal or an App Home."""
    return _base(team, user, "block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "view": view.wire(bot_id=team.bot.bot_id or ""),
        "actions": actions,
    }


def view_submission(team: Team, user: User, view: View) -> Json:
    """A modal that was sent."""
    shown = view.wire(bot_id=team.bot.bot_id or "")
    return _base(team, user, "view_submission") | {"view": shown, "response_urls": []}


def view_closed(team: Team, user: User, view: View, *, cleared: bool) -> Json:
    """A modal that was closed without sending."""
    payload = _base(team, user, "view_closed")
    del payload["trigger_id"]
    shown = view.wire(bot_id=team.bot.bot_id or "")
    return payload | {"view": shown, "is_cleared": cleared}


def suggestion(
    team: Team, user: User, *, block: Json, element: Json, value: str, **where: Any
) -> Json:
    """What was typed into an external select."""
    payload = _base(team, user, "block_suggestion")
    del payload["trigger_id"]
    named = {"action_id": element["action_id"], "block_id": block["block_id"], "value": value}
    return payload | named | where


def shortcut(team: Team, user: User, *, callback_id: str) -> Json:
    """A global shortcut."""
    return _base(team, user, "shortcut") | {"callback_id": callback_id, "action_ts": team.stamp()}


def message_shortcut(
    team: Team,
    user: User,
    channel: Channel,
    message: Message,
    *,
    callback_id: str,
    response_url: str,
) -> Json:
    """A shortcut on a message."""
    return _base(team, user, "message_action") | {
        "callback_id": callback_id,
        "action_ts": team.stamp(),
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": channel.name},
        "message": message.wire(),
        "response_url": response_url,
    }
