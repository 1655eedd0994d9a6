"""`POST /slack/events`, where Slack is not on Socket Mode."""

import functools
from collections.abc import Callable, Mapping, Sequence

import anyio
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.settings import ServerSettings
from bot.web.refusal import Refusal
from bot.web.stream import read_body

SlackDispatch = Callable[[str, Mapping[str, str]], tuple[int, Mapping[str, Sequence[str]], str]]
"""From a raw body and headers (names in lower case) to status, headers and body.

It verifies Slack's signature itself; it blocks, so it runs in a worker thread.
"""

_THREADS = 20
"""Of its own, so that a flood of alerts leaves Slack its three seconds."""


class SlackDoor:
    """Hands Slack's requests to the dispatcher, off the event loop."""

    def __init__(self, dispatch: SlackDispatch, *, server: ServerSettings) -> None:
        self._dispatch = dispatch
        self._server = server

    @functools.cached_property
    def _threads(self) -> anyio.CapacityLimiter:
        return anyio.CapacityLimiter(_THREADS)  # belongs to the event loop it is first used in

    async def answer(self, request: Request) -> Response:
        """Answer one request of Slack's."""
        try:
            body = await read_body(
                request, limit=self._server.body_limit, seconds=self._server.body_seconds
            )
            text = body.decode()
        except Refusal as refusal:
            return JSONResponse({"error": refusal.reason}, status_code=refusal.status)
        except UnicodeDecodeError:
            return JSONResponse({"error": "the body is not UTF-8"}, status_code=400)
        headers = {key.lower(): value for key, value in reversed(request.headers.items())}
        status, answered, content = await run_sync(
            self._dispatch, text, headers, limiter=self._threads
        )
        answer = Response(content, status_code=status)
        for name, values in answered.items():
            if name.lower() != "content-length":
                answer.headers[name] = ", ".join(values)
        return answer
