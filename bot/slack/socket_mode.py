"""Socket Mode: Slack's requests over a connection that the bot opens."""

import logging
import socket
import threading
from contextlib import suppress

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackClientError

from bot.errors import ChatError, SettingsError
from bot.slack.client import build_client, is_local, speaking
from bot.slack.tokens import APP

log = logging.getLogger(__name__)

_LONGEST_WAIT = 30.0


class SlackSocket:
    """One connection; once it stood, the SDK puts up another when it breaks or Slack wants one."""

    def __init__(self, app: App, *, app_token: str, api_url: str) -> None:
        self._client = SocketModeHandler(
            app, app_token, web_client=build_client(app_token, api_url=api_url)
        ).client
        if is_local(api_url):
            self._client.proxy = None
        self._stopping = threading.Event()
        self._trying: threading.Thread | None = None

    def start(self) -> None:
        """Connect, or go on trying in the background while Slack cannot be reached.

        Raises:
            SettingsError: Slack refuses the token, which trying again does not change.
        """
        try:
            self._connect()
        except ChatError as error:
            if error.permanent:
                raise SettingsError(
                    f"Slack refuses {APP.name} ({error.code}); copy it again from {APP.where}"
                ) from error
            log.warning("Socket Mode is not up yet, trying again: %s", error)
            self._trying = threading.Thread(target=self._keep_trying, name="slack-socket")
            self._trying.start()

    @property
    def connected(self) -> bool:
        """Whether the connection stands now."""
        return self._client.is_connected()

    def stop(self) -> None:
        """Disconnect; what is not acknowledged by then, Slack delivers again."""
        self._stopping.set()
        if self._trying is not None:
            self._trying.join()
        self._wake()
        try:
            self._client.close()
        except (AttributeError, OSError, SlackClientError) as error:
            # The SDK closes a socket that its receiver has set to None in the meantime.
            log.debug("closing Socket Mode: %s", error)

    def _wake(self) -> None:
        """End the receiver's wait, for whose three seconds the SDK would hold up the closing."""
        self._client.auto_reconnect_enabled = False
        self._client.current_session_state.terminated = True
        session = self._client.current_session
        if session is not None and session.sock is not None:
            with suppress(OSError):
                session.sock.shutdown(socket.SHUT_RDWR)

    def _connect(self) -> None:
        with speaking("apps.connections.open", writes=False):
            self._client.connect()

    def _keep_trying(self) -> None:
        wait = 1.0
        while not self._stopping.wait(wait):
            try:
                self._connect()
            except ChatError as error:
                wait = min(2 * wait, _LONGEST_WAIT)
                log.warning("Socket Mode is not up yet, again in %g s: %s", wait, error)
            else:
                return
