"""The two ways to the app: Socket Mode envelopes, or signed HTTP requests."""

import asyncio
import hashlib
import hmac
import http.client
import json
import time
import uuid
from collections.abc import Callable
from typing import Any, Literal, Protocol
from urllib.parse import urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.errors import PlummetError
from bot.workspace.nouns import APP_ID, Json

Envelope = Literal["events_api", "slash_commands", "interactive"]
_MOST_CONNECTIONS = 10


class NoAnswer(PlummetError):  # noqa: N818 - what the person at the page gets is no answer
    """The app did not answer: `operation_timeout`, `dispatch_failed` or `http_error`."""

    def __init__(self, code: str, *, final: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.final = final


class Line(Protocol):
    """A way to the app."""

    async def send(
        self, kind: Envelope, payload: Json, *, attempt: int = 0, reason: str = ""
    ) -> Json | None:
        """Hand something to the app and wait for its acknowledgement.

        Raises:
            NoAnswer: It was not there, or not in time.
        """
        ...

    def is_open(self) -> bool:
        """Whether the app can be reached, as far as is known."""
        ...


class SocketLine:
    """Socket Mode: the app holds a websocket open, and acknowledges each envelope on it."""

    def __init__(self, *, ack_seconds: float) -> None:
        self._ack_seconds = ack_seconds
        self._tickets: set[str] = set()
        self._sockets: list[WebSocket] = []
        self._waiting: dict[str, asyncio.Future[Json | None]] = {}
        self.on_change: Callable[[], None] = lambda: None

    def ticket(self) -> str:
        """What the next connection shows to be let in."""
        made = uuid.uuid4().hex
        self._tickets.add(made)
        return made

    def is_open(self) -> bool:
        """Whether an app is connected."""
        return bool(self._sockets)

    @property
    def sockets(self) -> tuple[WebSocket, ...]:
        """The connections that are open."""
        return tuple(self._sockets)

    async def serve(self, socket: WebSocket) -> None:
        """One connection, from hello to its end."""
        ticket = socket.query_params.get("ticket", "")
        if ticket not in self._tickets or len(self._sockets) >= _MOST_CONNECTIONS:
            await socket.close()
            return
        self._tickets.discard(ticket)
        await socket.accept()
        self._sockets.append(socket)
        self.on_change()
        try:
            await socket.send_json(self._hello())
            while True:
                self._heard(await socket.receive_text())
        except (WebSocketDisconnect, KeyError, RuntimeError):
            # A socket that was cut ends in whichever of these comes first.
            return
        finally:
            self._sockets.remove(socket)
            self.on_change()

    def _hello(self) -> Json:
        info = {"host": "applink-local", "build_number": 1, "approximate_connection_time": 18060}
        count = len(self._sockets)
        app = {"app_id": APP_ID}
        return {
            "type": "hello", "num_connections": count, "debug_info": info, "connection_info": app
        }  # fmt: skip

    def _heard(self, text: str) -> None:
        try:
            said = json.loads(text)
        except json.JSONDecodeError:
            return
        waiting = (
            self._waiting.get(str(said.get("envelope_id"))) if isinstance(said, dict) else None
        )
        if waiting is not None and not waiting.done():
            waiting.set_result(said.get("payload"))

    async def refresh(self) -> None:
        """Ask every connection to make a new one, then close it, as Slack does."""
        for socket in self.sockets:
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested"})

    async def send(
        self, kind: Envelope, payload: Json, *, attempt: int = 0, reason: str = ""
    ) -> Json | None:
        """Put an envelope on the newest connection and wait for its acknowledgement."""
        if not self._sockets:
            raise NoAnswer("dispatch_failed")
        id_ = str(uuid.uuid4())
        envelope: Json = {"type": kind, "envelope_id": id_, "payload": payload}
        envelope["accepts_response_payload"] = kind != "events_api"
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        waiting: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._waiting[id_] = waiting
        try:
            await self._sockets[-1].send_json(envelope)
            return await asyncio.wait_for(waiting, self._ack_seconds)
        except TimeoutError:
            raise NoAnswer("operation_timeout") from None
        except (WebSocketDisconnect, RuntimeError):
            raise NoAnswer("dispatch_failed") from None
        finally:
            del self._waiting[id_]


class HttpLine:
    """HTTP mode: signed requests to the app's address."""

    def __init__(self, *, url: str, signing_secret: str, ack_seconds: float) -> None:
        self._url = urlsplit(url)
        self._secret = signing_secret.encode()
        self._ack_seconds = ack_seconds

    def is_open(self) -> bool:
        """Nobody knows before a request is made."""
        return True

    def signed(self, body: bytes, *, now: int) -> dict[str, str]:
        """The two headers that prove the workspace sent this body."""
        made = hmac.new(self._secret, b"v0:%d:%s" % (now, body), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": str(now), "X-Slack-Signature": f"v0={made}"}

    async def send(
        self, kind: Envelope, payload: Json, *, attempt: int = 0, reason: str = ""
    ) -> Json | None:
        """Post to the app and read its answer."""
        body, content_type = _encoded(kind, payload)
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (local workspace)"}
        headers |= self.signed(body, now=int(time.time()))
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        sending = run_in_threadpool(self._post, body, headers)
        try:
            return await asyncio.wait_for(sending, self._ack_seconds)
        except TimeoutError:
            raise NoAnswer("operation_timeout") from None
        except (OSError, http.client.HTTPException):
            raise NoAnswer("dispatch_failed") from None

    def _post(self, body: bytes, headers: dict[str, str]) -> Json | None:
        where = self._url
        secure = where.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(where.hostname or "", where.port, timeout=self._ack_seconds)
        try:
            connection.request("POST", where.path or "/", body=body, headers=headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", errors="replace")
            if answer.status != 200:
                final = answer.getheader("X-Slack-No-Retry") == "1"
                raise NoAnswer("http_error", final=final)
            return _answered(text, answer.getheader("Content-Type", ""))
        finally:
            connection.close()


def _encoded(kind: Envelope, payload: Json) -> tuple[bytes, str]:
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _answered(text: str, content_type: str | None) -> Json | None:
    if not text.strip():
        return None
    if "json" in (content_type or ""):
        found: Any = json.loads(text)
        return found if isinstance(found, dict) else None
    return {"text": text}
