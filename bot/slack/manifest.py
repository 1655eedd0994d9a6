"""The app manifest, generated from the tables that the listeners use."""

from typing import Any

from bot.errors import SettingsError
from bot.settings import Settings
from bot.slack.vocabulary import COMMAND, EVENTS, SCOPES, SHORTCUTS

_DESCRIPTION = "Says how deep a model's accuracy fell, since when and why, and runs the response."
_HINT = "new | list | status | run CHECK | finding TEXT | action add WHAT | resolve | help"


def manifest(settings: Settings) -> dict[str, Any]:
    """The manifest as Slack's JSON.

    Raises:
        SettingsError: In HTTP mode without `server.public_url`, where Slack has no address.
    """
    url = _url(settings)
    return {
        "display_information": {
            "name": "Plummet",
            "description": _DESCRIPTION,
            "background_color": "#1f2a44",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": False,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "Plummet", "always_online": True},
            "shortcuts": [
                {
                    "name": shortcut.name,
                    "type": shortcut.kind,
                    "callback_id": shortcut.callback_id,
                    "description": shortcut.description,
                }
                for shortcut in SHORTCUTS
            ],
            "slash_commands": [
                {
                    "command": COMMAND,
                    **({"url": url} if url else {}),
                    "description": "Open, work on and close incidents of ML models",
                    "usage_hint": _HINT,
                    "should_escape": True,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {
                **({"request_url": url} if url else {}),
                "bot_events": sorted(EVENTS),
            },
            "interactivity": {"is_enabled": True, **({"request_url": url} if url else {})},
            "org_deploy_enabled": False,
            "socket_mode_enabled": settings.slack.mode == "socket",
            "token_rotation_enabled": False,
        },
    }


def manifest_yaml(settings: Settings) -> str:
    """The manifest as YAML, to paste at api.slack.com/apps → Create New App → From a manifest."""
    import yaml  # noqa: PLC0415 - only `plummet manifest` writes YAML

    return yaml.safe_dump(manifest(settings), sort_keys=False, allow_unicode=True, width=100)


def _url(settings: Settings) -> str:
    """Where Slack sends requests in HTTP mode; nowhere in Socket Mode."""
    if settings.slack.mode == "socket":
        return ""
    if not settings.server.public_url:
        raise SettingsError(
            'slack.mode = "http" needs server.public_url: the https address at which Slack '
            "reaches this server"
        )
    return settings.server.public_url.rstrip("/") + "/slack/events"
