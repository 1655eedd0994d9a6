"""The Slack edge, built: who hears, who speaks, and the connection between."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Self

from slack_bolt import App

from bot.incident import Incident, Request
from bot.settings import Settings
from bot.slack import (
    SlackChat,
    SlackSocket,
    build_bolt,
    dispatch,
    prove_bot_token,
    read_tokens,
)
from bot.slack.client import build_client
from bot.slack.people import People
from bot.sockets import Check
from bot.store import Store


class SlackEdge:
    """One workspace: `chat` speaks; `start` begins to hear where that is by Socket Mode."""

    def __init__(self, *, app: App, chat: SlackChat, socket: SlackSocket | None) -> None:
        self.chat = chat
        self._app = app
        self._socket = socket

    @classmethod
    def of(
        cls,
        settings: Settings,
        *,
        store: Store,
        accept: Callable[[Request], object],
        checks: Mapping[str, Check],
        clock: Callable[[], datetime],
        environment: Mapping[str, str] | None,
    ) -> Self:
        """Build it, once Slack has said that it knows the bot token or cannot be asked.

        Raises:
            SettingsError: A token is missing or wrong; names the variable and where to find it.
        """
        slack = settings.slack
        tokens = read_tokens(slack, environment=environment)
        prove_bot_token(slack, tokens)
        client = build_client(tokens.bot, api_url=slack.api_url)
        people = People(client)

        def open_incidents() -> Sequence[Incident]:
            return store.incidents(open_only=True)

        def incident_in_room(room: str) -> str | None:
            incident = store.incident_in_room(room)
            return incident.id if incident else None

        app = build_bolt(
            slack,
            tokens=tokens,
            accept=accept,
            models=sorted(settings.models),
            checks=checks,
            open_incidents=open_incidents,
            incident_in_room=incident_in_room,
            people=people,
            clock=clock,
        )
        by_socket = slack.mode == "socket"
        return cls(
            app=app,
            chat=SlackChat(client, people=people),
            socket=SlackSocket(app, app_token=tokens.app, api_url=slack.api_url)
            if by_socket
            else None,
        )

    def start(self) -> None:
        """Connect, in Socket Mode.

        Raises:
            ChatError: Slack did not give a connection.
        """
        if self._socket:
            self._socket.start()

    def stop(self) -> None:
        """Hear no more."""
        if self._socket:
            self._socket.stop()

    def symptom(self) -> str | None:
        """What is wrong with the connection, if something is."""
        return None if self._socket is None or self._socket.connected else "not connected"

    def dispatch(
        self, body: str, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, Sequence[str]], str]:
        """Answer one of Slack's HTTP requests; blocks until the acknowledgement."""
        return dispatch(self._app, body, headers)
