"""What the app may do, read from its manifest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.workspace.nouns import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A slash command as the manifest declares it."""

    name: str
    says: str = ""
    hint: str = ""
    escapes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """A global shortcut, or one on a message."""

    name: str
    callback_id: str
    on_message: bool
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The parts of an app manifest that the workspace holds the app to.

    `scopes` and `events` are None when no manifest was given: then everything is allowed.
    """

    app_name: str = "Plummet"
    scopes: frozenset[str] | None = None
    events: frozenset[str] | None = None
    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    any_command: bool = False
    home: bool = True

    def command(self, name: str) -> Command | None:
        """The declared command of that name."""
        found = next((command for command in self.commands if command.name == name), None)
        return found or (Command(name=name) if self.any_command else None)

    def shortcut(self, callback_id: str) -> Shortcut | None:
        """The declared shortcut of that callback."""
        return next((one for one in self.shortcuts if one.callback_id == callback_id), None)

    def allows(self, scope: str) -> bool:
        """Whether the bot token has this scope."""
        return self.scopes is None or scope in self.scopes

    def subscribes(self, event: str) -> bool:
        """Whether the app asked for this event."""
        return self.events is None or event in self.events


def read_manifest(document: Mapping[str, Any] | None) -> Manifest:
    """A manifest in Slack's shape; None allows everything."""
    if document is None:
        return Manifest(any_command=True)
    features: Json = document.get("features") or {}
    settings: Json = document.get("settings") or {}
    scopes: Json = (document.get("oauth_config") or {}).get("scopes") or {}
    events: Json = settings.get("event_subscriptions") or {}
    bot: Json = features.get("bot_user") or {}
    information: Json = document.get("display_information") or {}
    return Manifest(
        app_name=str(bot.get("display_name") or information.get("name") or "Plummet"),
        scopes=frozenset(scopes.get("bot") or ()),
        events=frozenset(events.get("bot_events") or ()),
        commands=tuple(_command(one) for one in features.get("slash_commands") or ()),
        shortcuts=tuple(_shortcut(one) for one in features.get("shortcuts") or ()),
        home=bool((features.get("app_home") or {}).get("home_tab_enabled")),
    )


def _command(one: Json) -> Command:
    return Command(
        name=str(one["command"]),
        says=str(one.get("description", "")),
        hint=str(one.get("usage_hint", "")),
        escapes=bool(one.get("should_escape")),
    )


def _shortcut(one: Json) -> Shortcut:
    return Shortcut(
        name=str(one["name"]),
        callback_id=str(one["callback_id"]),
        on_message=one.get("type") == "message",
        says=str(one.get("description", "")),
    )
