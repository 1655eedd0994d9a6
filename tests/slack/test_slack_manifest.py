"""The manifest declares what the code uses: no more, no less."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt import App
from slack_sdk import WebClient

import bot.slack
from bot.errors import SettingsError
from bot.settings import Settings
from bot.slack import limits, manifest, manifest_yaml, vocabulary
from bot.slack.listeners import Ears, register
from bot.slack.people import People
from tests.slack.samples import NOON

APP_LEVEL = {"apps.connections.open"}
"""Called with the app-level token, whose one scope stands in no manifest."""


class Recording(App):
    """A Bolt app that notes what is registered with it."""

    def __init__(self) -> None:
        super().__init__(token="xoxb-x", signing_secret="x", token_verification_enabled=False)
        self.noted: list[tuple[str, Any]] = []

    def command(self, command: Any, *rest: Any, **more: Any) -> Any:
        self.noted.append(("command", command))
        return super().command(command, *rest, **more)

    def event(self, event: Any, *rest: Any, **more: Any) -> Any:
        self.noted.append(("event", event))
        return super().event(event, *rest, **more)

    def global_shortcut(self, callback_id: Any, *rest: Any, **more: Any) -> Any:
        self.noted.append(("global", callback_id))
        return super().global_shortcut(callback_id, *rest, **more)

    def message_shortcut(self, callback_id: Any, *rest: Any, **more: Any) -> Any:
        self.noted.append(("message", callback_id))
        return super().message_shortcut(callback_id, *rest, **more)

    def of(self, *kinds: str) -> set[Any]:
        return {name for kind, name in self.noted if kind in kinds}


@pytest.fixture
def registered() -> Recording:
    app = Recording()
    client = WebClient(token="xoxb-x")
    register(app, Ears(
        accept=print, client=client, people=People(client), models=tuple, checks={},
        clock=lambda: NOON, open_incidents=tuple, incident_in_room=lambda _: None,
    ))  # fmt: skip
    return app


@pytest.fixture
def declared(app_settings: Settings) -> dict[str, Any]:
    return manifest(app_settings)


def test_every_command_is_declared(registered: Recording, declared: dict[str, Any]) -> None:
    commands = {one["command"] for one in declared["features"]["slash_commands"]}

    assert registered.of("command") == commands


def test_every_shortcut_is_declared(registered: Recording, declared: dict[str, Any]) -> None:
    shortcuts = {(one["type"], one["callback_id"]) for one in declared["features"]["shortcuts"]}

    assert {one for one in registered.noted if one[0] in {"global", "message"}} == shortcuts


def test_every_event_is_declared(registered: Recording, declared: dict[str, Any]) -> None:
    assert registered.of("event") == set(declared["settings"]["event_subscriptions"]["bot_events"])


def test_every_method_that_is_called_has_its_scopes_and_none_is_left_over() -> None:
    called = set(_methods_called())

    assert called - APP_LEVEL == set(vocabulary.METHODS)
    assert called >= APP_LEVEL


def test_the_scopes_are_those_of_the_tables(declared: dict[str, Any]) -> None:
    scopes = declared["oauth_config"]["scopes"]["bot"]

    assert {"commands", "chat:write", "reactions:read", "users:read.email"} <= set(scopes)
    assert sorted(set(scopes)) == scopes


def test_the_words_of_the_menus_fit_slack(declared: dict[str, Any]) -> None:
    for shortcut in declared["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= limits.SHORTCUT_NAME
        assert len(shortcut["description"]) <= limits.SHORTCUT_DESCRIPTION
    assert len(declared["display_information"]["description"]) <= 140


def test_the_yaml_is_the_manifest(app_settings: Settings, declared: dict[str, Any]) -> None:
    written = manifest_yaml(app_settings)

    assert yaml.safe_load(written) == declared
    assert json.dumps(declared)


def test_in_http_mode_slack_gets_the_address_of_the_server(app_settings: Settings) -> None:
    slack = app_settings.slack.model_copy(update={"mode": "http"})
    server = app_settings.server.model_copy(update={"public_url": "https://bot.example/"})

    made = manifest(app_settings.model_copy(update={"slack": slack, "server": server}))

    urls = [
        made["features"]["slash_commands"][0]["url"],
        made["settings"]["event_subscriptions"]["request_url"],
        made["settings"]["interactivity"]["request_url"],
    ]
    assert urls == ["https://bot.example/slack/events"] * 3
    assert made["settings"]["socket_mode_enabled"] is False


def test_http_mode_without_an_address_says_what_to_set(app_settings: Settings) -> None:
    slack = app_settings.slack.model_copy(update={"mode": "http"})

    with pytest.raises(SettingsError, match=r"server\.public_url"):
        manifest(app_settings.model_copy(update={"slack": slack}))


def _methods_called() -> Iterator[str]:
    """Every Web API method that a line of the room calls on a client."""
    known = {name for name in dir(WebClient) if "_" in name.strip("_")} - {"api_call"}
    for path in Path(bot.slack.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in known:
                yield node.attr.replace("_", ".")
