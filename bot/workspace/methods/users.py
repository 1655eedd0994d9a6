"""auth.*, api.test, users.*, usergroups.*: who is here."""

from bot.workspace.call import Call, Method, page_of
from bot.workspace.nouns import TEAM_ID, Json
from bot.workspace.refusal import Refusal


def auth_test(call: Call) -> Json:
    """Who the token is."""
    bot = call.team.bot
    return {
        "url": f"{call.url}/",
        "team": "Plummet",
        "user": bot.name,
        "team_id": TEAM_ID,
        "user_id": bot.id,
        "bot_id": bot.bot_id,
        "is_enterprise_install": False,
    }


def api_test(call: Call) -> Json:
    """Answers with its arguments, or with the error it is asked for."""
    error = call.args.text("error")
    if error:
        raise Refusal(error, args=call.args.given)
    return {"args": call.args.given}


def info(call: Call) -> Json:
    """One person."""
    return {"user": call.team.user(call.args.need("user")).wire()}


def everybody(call: Call) -> Json:
    """Everybody, a page at a time."""
    found, more = page_of(call, [user.wire() for user in call.team.users.values()])
    return {"members": found, "cache_ts": call.team.now(), **more}


def by_email(call: Call) -> Json:
    """The person of an e-mail address."""
    wanted = call.args.need("email").lower()
    for user in call.team.people():
        if user.email.lower() == wanted:
            return {"user": user.wire()}
    raise Refusal("users_not_found")


def conversations(call: Call) -> Json:
    """The channels that the bot, or another user, is in."""
    who = call.team.user(call.args.text("user", call.bot)).id
    kinds = _kinds(call.args.names("types"))
    skip = call.args.flag("exclude_archived")
    found = [
        channel.wire(seen_by=who)
        for channel in call.team.channels.values()
        if who in channel.members and channel.kind in kinds and not (skip and channel.archived)
    ]
    part, more = page_of(call, found)
    return {"channels": part, **more}


def _kinds(types: list[str]) -> set[str]:
    words = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
    unknown = set(types) - set(words)
    if unknown:
        raise Refusal("invalid_types")
    return {words[one] for one in types} or {"channel"}


def groups(_call: Call) -> Json:
    """User groups: a local workspace has none."""
    return {"usergroups": []}


METHODS = {
    "auth.test": Method(run=auth_test, tier="special"),
    "api.test": Method(run=api_test, tier="t4"),
    "users.info": Method(run=info, tier="t4", scope="users:read"),
    "users.list": Method(run=everybody, tier="t2", scope="users:read"),
    "users.lookupByEmail": Method(run=by_email, tier="t3", scope="users:read.email"),
    "users.conversations": Method(run=conversations, tier="t3", scope="channels:read"),
    "usergroups.list": Method(run=groups, tier="t2", scope="usergroups:read"),
}
