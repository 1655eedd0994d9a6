"""What the tests of the workspace play with: Slack's own clients, an app's HTTP server."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.workspace import LocalWorkspace

Started = Callable[..., LocalWorkspace]
Connect = Callable[[LocalWorkspace, App], SocketModeHandler]

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Plummet"},
    "features": {
        "app_home": {"home_tab_enabled": True},
        "bot_user": {"display_name": "Plummet"},
        "slash_commands": [
            {"command": "/incident", "description": "Steer incidents", "usage_hint": "new | list"}
        ],
        "shortcuts": [
            {"name": "Open", "type": "global", "callback_id": "open", "description": "Open one"},
            {"name": "Keep", "type": "message", "callback_id": "keep", "description": "Keep it"},
        ],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "channels:manage", "channels:history"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_mention", "reaction_added"]}},
}


def client_of(workspace: LocalWorkspace, *, token: str | None = None) -> WebClient:
    """Slack's own client, without its retries."""
    return WebClient(
        token=token or workspace.bot_token, base_url=workspace.api_url, retry_handlers=[]
    )


def app_of(workspace: LocalWorkspace) -> App:
    """An unmodified Bolt app."""
    logging.getLogger("slack_bolt").setLevel(logging.CRITICAL)
    return App(client=client_of(workspace), signing_secret=workspace.signing_secret)


def refused(call: Callable[..., Any], **given: Any) -> str:
    """The error code with which Slack's client reports a refusal."""
    with pytest.raises(SlackApiError) as caught:
        call(**given)
    return str(caught.value.response["error"])


@contextmanager
def listening(dispatch: Callable[[bytes, dict[str, str]], tuple[int, str, str]]) -> Iterator[str]:
    """A plain HTTP server for the app's side of HTTP mode: its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, kind, text = dispatch(body, dict(self.headers))
            answer = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/slack/events"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def awaited(look: Callable[[], Any], *, within: float = 5.0) -> Any:
    """What `look` finds, once it finds something."""
    until = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)
    return found


def blocks_of(*texts: str) -> list[dict[str, Any]]:
    """Sections of mrkdwn."""
    return [{"type": "section", "text": {"type": "mrkdwn", "text": one}} for one in texts]


def plain(text: str) -> dict[str, str]:
    """A plain text object."""
    return {"type": "plain_text", "text": text}


def button(action: str, words: str) -> dict[str, Any]:
    """A button with its id as value."""
    return {"type": "button", "action_id": action, "text": plain(words), "value": action}


def modal(*, title: str = "New", **more: Any) -> dict[str, Any]:
    """A modal with one input: block `what`, element `v`."""
    element = {"type": "plain_text_input", "action_id": "v"}
    asked = {"type": "input", "block_id": "what", "label": plain("What?"), "element": element}
    return {
        "type": "modal", "callback_id": "new", "title": plain(title), "submit": plain("Go"),
        "blocks": [asked], **more,
    }  # fmt: skip
