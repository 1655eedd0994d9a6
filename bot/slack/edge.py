"""Both ways of Slack as one part: what speaks, what hears, and how it starts and stops."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Self

from slack_bolt import App

from bot.errors import ChatError, SettingsError
from bot.incident import Incident, Request
from bot.settings import SlackSettings
from bot.slack.app import build_bolt, utcnow
from bot.slack.client import build_client, speaking
from bot.slack.http_mode import dispatch
from bot.slack.people import People
from bot.slack.room import SlackChat
from bot.slack.socket_mode import SlackSocket
from bot.slack.tokens import APP, BOT, Tokens, place_of, read_tokens
from bot.sockets import Check

log = logging.getLogger(__name__)

Dispatch = Callable[[str, Mapping[str, str]], tuple[int, Mapping[str, Sequence[str]], str]]


class SlackEdge:
    """`chat` speaks from the start; the listeners hear once it is started."""

    def __init__(
        self, settings: SlackSettings, *, tokens: Tokens, app: App, chat: SlackChat
    ) -> None:
        self.chat = chat
        self.app = app
        self._settings = settings
        self._tokens = tokens
        self._socket: SlackSocket | None = None
        if settings.mode == "socket":
            self._socket = SlackSocket(app, app_token=tokens.app, api_url=settings.api_url)

    @classmethod
    def build(
        cls,
        settings: SlackSettings,
        *,
        accept: Callable[[Request], object],
        models: Sequence[str],
        checks: Mapping[str, Check],
        open_incidents: Callable[[], Sequence[Incident]],
        incident_in_room: Callable[[str], str | None],
        clock: Callable[[], datetime] = utcnow,
        environment: Mapping[str, str] | None = None,
    ) -> Self:
        """Everything but the connection; no word to Slack yet.

        Raises:
            SettingsError: A secret is missing or of the wrong kind.
        """
        tokens = read_tokens(settings, environment=environment)
        client = build_client(tokens.bot, api_url=settings.api_url)
        people = People(client)
        app = build_bolt(
            settings,
            tokens=tokens,
            accept=accept,
            models=models,
            checks=checks,
            open_incidents=open_incidents,
            incident_in_room=incident_in_room,
            clock=clock,
            people=people,
        )
        return cls(settings, tokens=tokens, app=app, chat=SlackChat(client, people=people))

    @property
    def dispatch(self) -> Dispatch | None:
        """Answers one HTTP request of Slack's; None in Socket Mode."""
        return partial(dispatch, self.app) if self._socket is None else None

    @property
    def connected(self) -> bool:
        """Whether Slack's requests arrive: in HTTP mode that is the web server's to say."""
        return self._socket.connected if self._socket else True

    def start(self) -> None:
        """Make sure that Slack knows the tokens, then listen.

        Raises:
            SettingsError: Slack refuses a token; while it cannot be reached, nothing is raised.
        """
        client = build_client(self._tokens.bot, api_url=self._settings.api_url)
        kind = BOT
        try:
            with speaking("auth.test", writes=False):
                client.auth_test()
            kind = APP
            if self._socket is not None:
                self._socket.start()
        except ChatError as error:
            if error.permanent:
                raise SettingsError(
                    f"{place_of(self._settings, kind)}: Slack refuses {kind.name} ({error.code}); "
                    f"copy it again from {kind.where}"
                ) from error
            log.warning("Slack cannot be reached yet: %s", error)
            if kind is BOT and self._socket is not None:
                self._socket.start()

    def stop(self) -> None:
        """Stop listening; `chat` goes on speaking."""
        if self._socket is not None:
            self._socket.stop()
