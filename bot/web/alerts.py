"""`POST /alerts/{sender}`."""

import functools
import time
from collections.abc import Mapping

import anyio
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.settings import ServerSettings
from bot.web.inbox import Receipt
from bot.web.intake import Intake
from bot.web.metrics import Metrics
from bot.web.refusal import Refusal
from bot.web.stream import read_body

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
        name = request.path_params["sender"]
        headers = {key.lower(): value for key, value in reversed(request.headers.items())}
        try:
            receipt = await self._take(request, name, headers)
        except Refusal as refusal:
            await run_sync(self._intake.bury, name, headers, refusal, limiter=self._threads)
            outcome, answer = refusal.outcome, _refused(refusal)
        else:
            outcome, answer = "accepted", _accepted(receipt)
        label = "unknown" if outcome == "unknown_sender" else name
        self._metrics.deliveries.labels(label, outcome).inc()
        self._metrics.seconds.observe(time.perf_counter() - started)
        return answer

    async def _take(self, request: Request, name: str, headers: Mapping[str, str]) -> Receipt:
        body = b""
        try:
            sender = self._intake.knock(name, headers)
            body = await read_body(
                request, limit=self._server.body_limit, seconds=self._server.body_seconds
            )
            return await run_sync(self._intake.take, sender, headers, body, limiter=self._threads)
        except Refusal:
            raise
        except Exception as error:
            # Whatever fails, the sender gets an answer it repeats after, and the body is kept.
            raise self._intake.failed(error, body) from error


def _accepted(receipt: Receipt) -> Response:
    content = {"delivery": receipt.delivery, "new": receipt.new, "repeated": receipt.repeated}
    return JSONResponse(content, status_code=202)


def _refused(refusal: Refusal) -> Response:
    says = "internal error; send it again" if refusal.status == 500 else refusal.reason
    return JSONResponse({"error": says}, status_code=refusal.status, headers=refusal.headers)
