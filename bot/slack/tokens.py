"""The app's secrets: where each is found in Slack, and what each begins with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.errors import SettingsError
from bot.settings import SlackSettings, resolve

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Resolved secrets, kept out of every `repr`.

    `app` is empty in HTTP mode, `signing_secret` in Socket Mode.
    """

    bot: str = field(repr=False)
    app: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One secret: its setting, how it begins, what it is called, where Slack shows it."""

    setting: str
    prefix: str
    name: str
    where: str


KINDS: tuple[Kind, ...] = (
    Kind(
        setting="bot_token", prefix="xoxb-", name="the bot token",
        where="api.slack.com/apps → your app → OAuth & Permissions → Bot User OAuth Token",
    ),
    Kind(
        setting="app_token", prefix="xapp-", name="the app-level token",
        where="api.slack.com/apps → your app → Basic Information → App-Level Tokens "
        "(scope connections:write)",
    ),
    Kind(
        setting="signing_secret", prefix="", name="the signing secret",
        where="api.slack.com/apps → your app → Basic Information → App Credentials → "
        "Signing Secret",
    ),
)  # fmt: skip
BOT, APP, SECRET = KINDS


def kinds_for(settings: SlackSettings) -> tuple[Kind, ...]:
    """The secrets that this mode needs."""
    return (BOT, APP) if settings.mode == "socket" else (BOT, SECRET)


def read_tokens(settings: SlackSettings, *, environment: Mapping[str, str] | None = None) -> Tokens:
    """The secrets that the mode needs.

    Raises:
        SettingsError: One is missing or is another kind of token; names the variable, and where
            in Slack the value is.
    """
    found = {
        kind.setting: read_token(settings, kind, environment=environment)
        for kind in kinds_for(settings)
    }
    return Tokens(
        bot=found["bot_token"],
        app=found.get("app_token", ""),
        signing_secret=found.get("signing_secret", ""),
    )


def read_token(
    settings: SlackSettings, kind: Kind, *, environment: Mapping[str, str] | None = None
) -> str:
    """One secret.

    Raises:
        SettingsError: It is missing or of another kind.
    """
    reference = str(getattr(settings, kind.setting))
    place = place_of(settings, kind)
    try:
        value = resolve(reference, where=f"slack.{kind.setting}", environment=environment).strip()
    except SettingsError as error:
        raise SettingsError(
            f"{place} is not set: {kind.name} is needed for slack.mode = "
            f'"{settings.mode}"; find it at {kind.where}'
        ) from error
    if not value.startswith(kind.prefix) or (kind is SECRET and value.startswith("xo")):
        raise SettingsError(
            f"{place} is not {kind.name}: {_looks_like(value, kind)}; find it at {kind.where}"
        )
    if not value.isascii() or not value.isprintable() or " " in value:
        raise SettingsError(
            f"{place} has characters that no token has (a space, a line break, a quote typed "
            f"along?); copy {kind.name} again from {kind.where}"
        )
    return value


def place_of(settings: SlackSettings, kind: Kind) -> str:
    """The environment variable a secret comes from, else its key in the configuration."""
    match = _REFERENCE.search(str(getattr(settings, kind.setting)))
    return match[1] if match else f"slack.{kind.setting}"


def _looks_like(value: str, wanted: Kind) -> str:
    """What was put there instead, without repeating it."""
    for kind in (BOT, APP):
        if kind is not wanted and value.startswith(kind.prefix):
            return f"it begins with {kind.prefix}, so it is {kind.name}"
    if value.startswith("xoxp-"):
        return "it begins with xoxp-, so it is a user token"
    return f"it should begin with {wanted.prefix}" if wanted.prefix else "it looks like a token"
