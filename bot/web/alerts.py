"""`POST /alerts/{sender}`, and `POST /changes`, which is one of them by a shorter name."""

import functools
import time
from collections.abc import Mapping

import anyio
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.settings import ServerSettings
from bot.web.handshake import greeting
from bot.web.intake import Intake, Taken
from bot.web.metrics import Metrics
from bot.web.refusal import Refusal
from bot.web.stream import read_body

CHANGES = "changes"
"""The sender that `POST /changes` speaks for."""

_THREADS = 64
"""Deliveries that are being written at once; the store commits them together."""


class AlertDoor:
    """Where deliveries come in: the waiting half, on the event loop."""

    def __init__(self, intake: Intake, *, server: ServerSettings, metrics: Metrics) -> None:
        self._intake = intake
        self._server = server
        self._metrics = metrics

    @functools.cached_property
    def _threads(self) -> anyio.CapacityLimiter:
        return anyio.CapacityLimiter(_THREADS)  # belongs to the event loop it is first used in

    async def answer(self, request: Request) -> Response:
        """Answer one delivery."""
        started = time.perf_counter()
        name = request.path_params.get("sender", CHANGES)
        headers = {key.lower(): value for key, value in reversed(request.headers.items())}
        if request.method == "OPTIONS":
            return self._greet(request, name, headers)
        try:
            taken = await self._take(request, name, headers)
        except Refusal as refusal:
            await run_sync(self._intake.bury, name, headers, refusal, limiter=self._threads)
            outcome, answer = refusal.outcome, _refused(refusal)
        else:
            outcome, answer = "accepted" if taken.receipt else "ignored", _accepted(taken)
        label = "unknown" if outcome == "unknown_sender" else name
        self._metrics.deliveries.labels(label, outcome).inc()
        self._metrics.seconds.observe(time.perf_counter() - started)
        return answer

    def _greet(self, request: Request, name: str, headers: Mapping[str, str]) -> Response:
        """What a sender is answered that asks first whether it may send."""
        try:
            return greeting(self._intake.knock(name, headers, request.query_params), headers)
        except Refusal as refusal:
            return _refused(refusal)

    async def _take(self, request: Request, name: str, headers: Mapping[str, str]) -> Taken:
        body, query = b"", request.query_params
        try:
            sender = self._intake.knock(name, headers, query)
            body = await read_body(
                request, limit=self._server.body_limit, seconds=self._server.body_seconds
            )
            return await run_sync(
                self._intake.take, sender, headers, body, query, limiter=self._threads
            )
        except Refusal:
            raise
        except Exception as error:
            # Whatever fails, the sender gets an answer it repeats after, and the body is kept.
            raise self._intake.failed(error, body) from error


def _accepted(taken: Taken) -> Response:
    said, receipt = taken.delivery, taken.receipt
    if said.reply is not None:
        return JSONResponse(dict(said.reply))
    content = {"unread": len(said.unread), "ignored": len(said.ignored)}
    content = {key: count for key, count in content.items() if count}
    if receipt:
        kept = {"delivery": receipt.delivery, "new": receipt.new, "repeated": receipt.repeated}
        content = kept | content
    return JSONResponse(content, status_code=202)


def _refused(refusal: Refusal) -> Response:
    says = "internal error; send it again" if refusal.status == 500 else refusal.reason
    return JSONResponse({"error": says}, status_code=refusal.status, headers=refusal.headers)
