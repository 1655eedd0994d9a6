"""Whether Slack would let the bot work: tokens, scopes, the announcement channel."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from slack_sdk import WebClient

from bot.errors import ChatError, SettingsError
from bot.settings import SlackSettings
from bot.slack.channels import Channels
from bot.slack.client import build_client, speaking
from bot.slack.people import People
from bot.slack.tokens import APP, BOT, Kind, Tokens, kinds_for, place_of, read_token
from bot.slack.vocabulary import SCOPES

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was looked at."""

    well: bool
    part: str
    says: str


def slack_symptoms(
    settings: SlackSettings,
    *,
    environment: Mapping[str, str] | None = None,
    approvers: Collection[str] = (),
) -> list[Line]:
    """A line for each token, the scopes, the announcement channel and who approves rollbacks."""
    lines: list[Line] = []
    for kind in kinds_for(settings):
        try:
            value = read_token(settings, kind, environment=environment)
        except SettingsError as error:
            lines.append(Line(well=False, part=kind.setting, says=str(error)))
            continue
        if kind is BOT:
            client = build_client(value, api_url=settings.api_url)
            lines += _bot(settings, client, approvers)
        elif kind is APP:
            lines.append(_app(build_client(value, api_url=settings.api_url)))
        else:
            says = "set; only a request of Slack's can prove it"
            lines.append(Line(well=True, part=kind.setting, says=says))
    return lines


def prove_bot_token(settings: SlackSettings, tokens: Tokens) -> None:
    """Ask Slack once whether it knows the bot token, before anything is started with it.

    Raises:
        SettingsError: It does not; while Slack cannot be reached, nothing is raised.
    """
    client = build_client(tokens.bot, api_url=settings.api_url, patient=False)
    try:
        with speaking("auth.test", writes=False):
            client.auth_test()
    except ChatError as error:
        if error.permanent:
            raise SettingsError(f"{place_of(settings, BOT)}: {_refused(error, BOT)}") from error
        log.warning("Slack cannot be asked about the bot token yet: %s", error)


def _bot(settings: SlackSettings, client: WebClient, approvers: Collection[str]) -> list[Line]:
    part = BOT.setting
    try:
        with speaking("auth.test", writes=False):
            answer = client.auth_test()
    except ChatError as error:
        return [Line(well=False, part=part, says=_refused(error, BOT))]
    who = f"{answer.get('user')} in {answer.get('team')}"
    headers = {name.lower(): value for name, value in dict(answer.headers).items()}
    lines = [Line(well=True, part=part, says=who), _scopes(str(headers.get("x-oauth-scopes", "")))]
    lines += [_announce(settings.announce, client)] if settings.announce else []
    return [*lines, _approvers(approvers, client)] if approvers else lines


def _approvers(handles: Collection[str], client: WebClient) -> Line:
    people = People(client)
    try:
        gone = [handle for handle in handles if people.find(handle, proven=True) is None]
    except ChatError as error:
        return Line(well=False, part="approvers", says=str(error))
    if gone:
        says = f"nobody here has the handle, e-mail address or user id {', '.join(gone)}"
        return Line(well=False, part="approvers", says=says)
    return Line(well=True, part="approvers", says=f"all {len(handles)} are here")


def _scopes(header: str) -> Line:
    given = {scope.strip() for scope in header.split(",")}
    missing = [scope for scope in SCOPES if scope not in given]
    if not missing:
        return Line(well=True, part="scopes", says=f"all {len(SCOPES)} granted")
    says = (
        f"missing {', '.join(missing)}: paste `plummet manifest` at api.slack.com/apps → your app "
        "→ App Manifest, then reinstall the app (OAuth & Permissions)"
    )
    return Line(well=False, part="scopes", says=says)


def _app(client: WebClient) -> Line:
    part = APP.setting
    try:
        with speaking("apps.connections.open", writes=False):
            client.apps_connections_open(app_token=client.token or "")
    except ChatError as error:
        return Line(well=False, part=part, says=_refused(error, APP))
    return Line(well=True, part=part, says="Socket Mode answers")


def _announce(room: str, client: WebClient) -> Line:
    try:
        found = Channels(client).id_of(room)
    except ChatError as error:
        return Line(well=False, part="announce", says=str(error))
    return Line(well=True, part="announce", says=f"{room} is {found}")


def _refused(error: ChatError, kind: Kind) -> str:
    if error.code in {"invalid_auth", "token_revoked", "account_inactive", "not_authed"}:
        return f"Slack does not know {kind.name} ({error.code}); copy it again from {kind.where}"
    return str(error)
