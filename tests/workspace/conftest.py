"""Real workspaces on 127.0.0.1, and real Slack clients for them."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.workspace import LocalWorkspace, Member
from tests.workspace.stage import Connect, Started, client_of


@pytest.fixture
def start() -> Iterator[Started]:
    """Starts workspaces; stops them when the test is over."""
    with ExitStack() as stack:

        def started(**how: Any) -> LocalWorkspace:
            return stack.enter_context(LocalWorkspace(**how))

        yield started


@pytest.fixture
def workspace(start: Started) -> LocalWorkspace:
    """A workspace that allows everything."""
    return start(rate_limits=False)


@pytest.fixture
def slack(workspace: LocalWorkspace) -> WebClient:
    """Slack's own client for that workspace."""
    return client_of(workspace)


@pytest.fixture
def maria(workspace: LocalWorkspace) -> Member:
    return workspace.member("maria")


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connects an app by Socket Mode; closes the connection when the test is over."""
    with ExitStack() as stack:

        def connected(workspace: LocalWorkspace, app: App) -> SocketModeHandler:
            web = WebClient(token=workspace.app_token, base_url=workspace.api_url)
            handler = SocketModeHandler(app, workspace.app_token, web_client=web, ping_interval=0.5)
            stack.callback(_close, workspace, handler)
            handler.connect()  # type: ignore[no-untyped-call] # Bolt does not annotate it
            return handler

        yield connected


def _close(workspace: LocalWorkspace, handler: SocketModeHandler) -> None:
    """Close at once: the SDK's own close waits until a read of three seconds is over."""
    handler.client.auto_reconnect_enabled = False
    workspace.faults.cut_socket()
    handler.close()  # type: ignore[no-untyped-call] # Bolt does not annotate it
