"""The application: alerts, health, metrics, and Slack where it comes by HTTP."""

from collections.abc import Mapping

from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.alerts import Sender
from bot.settings import ServerSettings
from bot.web.alerts import AlertDoor
from bot.web.health import Probe, Readiness, live
from bot.web.inbox import Inbox
from bot.web.intake import Allowance, Intake
from bot.web.metrics import Metrics
from bot.web.postmortem import PostmortemDoor, PostmortemPage
from bot.web.slack import SlackDispatch, SlackDoor

UNPROVEN_LETTERS_A_MINUTE = 60
"""More than that of strangers are counted only: they must not fill the disk."""


def build_web(
    *,
    store: Inbox,
    senders: Mapping[str, Sender],
    server: ServerSettings,
    metrics: Metrics,
    ready: Mapping[str, Probe],
    slack: SlackDispatch | None = None,
    postmortem: PostmortemPage | None = None,
) -> Starlette:
    """The ASGI application over these parts; it opens nothing and starts nothing."""
    metrics.watch(store)
    intake = Intake(
        store=store,
        senders=senders,
        waiting_limit=server.waiting_limit,
        strangers=Allowance(UNPROVEN_LETTERS_A_MINUTE),
        metrics=metrics,
        delivery_limit=server.delivery_limit,
    )

    async def exposition(_request: Request) -> Response:
        page = await run_sync(metrics.page)
        return Response(page, headers={"Content-Type": metrics.content_type})

    door = AlertDoor(intake, server=server, metrics=metrics)
    routes = [
        Route("/alerts/{sender}", door.answer, methods=["POST", "OPTIONS"]),
        Route("/changes", door.answer, methods=["POST"]),
        Route("/health/live", live),
        Route("/health/ready", Readiness(ready).answer),
        Route("/metrics", exposition),
    ]
    if slack is not None:
        events = SlackDoor(slack, server=server)
        routes.append(Route("/slack/events", events.answer, methods=["POST"]))
    if postmortem is not None:
        page = PostmortemDoor(postmortem)
        routes.append(Route("/post-mortems/{incident}/{slug}", page.answer))
    return Starlette(routes=routes)
