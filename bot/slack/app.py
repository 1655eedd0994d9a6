"""The Bolt app: built without a word to Slack, so that a bot starts while Slack is down."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from slack_bolt import App, BoltResponse
from slack_sdk import WebClient

from bot.cards import Notice
from bot.errors import PlummetError
from bot.incident import Incident, Request
from bot.settings import SlackSettings
from bot.slack.blocks import render
from bot.slack.client import build_client, is_local
from bot.slack.listeners import Ears, register
from bot.slack.people import People
from bot.slack.tokens import Tokens
from bot.sockets import Check

log = logging.getLogger(__name__)

_MODAL_SECONDS = 2
"""A modal has to be open before Slack gives up on the acknowledgement, after three."""


def utcnow() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


def build_bolt(  # noqa: PLR0913 - one keyword each thing the listeners need
    settings: SlackSettings,
    *,
    tokens: Tokens,
    accept: Callable[[Request], object],
    models: Callable[[], Sequence[str]] | Sequence[str],
    checks: Mapping[str, Check],
    open_incidents: Callable[[], Sequence[Incident]] = tuple,
    incident_in_room: Callable[[str], str | None] = lambda _: None,
    clock: Callable[[], datetime] = utcnow,
    people: People | None = None,
) -> App:
    """An app whose every listener keeps the request by `accept` before it acknowledges.

    `process_before_response` makes that so for events too, which Bolt would acknowledge first:
    an event that could not be kept is delivered again.
    """
    app = App(
        name="plummet",
        token=tokens.bot,
        signing_secret=tokens.signing_secret,
        token_verification_enabled=False,
        process_before_response=True,
        before_authorize=_direct if is_local(settings.api_url) else None,
    )
    impatient = build_client(
        tokens.bot, api_url=settings.api_url, timeout=_MODAL_SECONDS, patient=False
    )
    # Bolt's own client only asks who the token is; it is made by Bolt, so it is told afterwards.
    app.client.base_url = impatient.base_url
    app.client.retry_handlers[:] = impatient.retry_handlers
    app.error(_failed)
    named = models if callable(models) else lambda: models
    register(
        app,
        Ears(
            accept=accept,
            client=impatient,
            people=people or People(impatient),
            models=named,
            checks=checks,
            clock=clock,
            open_incidents=open_incidents,
            incident_in_room=incident_in_room,
        ),
    )
    return app


def _direct(client: WebClient, next: Callable[[], Any]) -> None:  # noqa: A002 - Bolt calls it so
    """Bolt's client of one request reads the environment's proxy, which cannot come back here."""
    client.proxy = None
    next()


def _failed(error: Exception, body: dict[str, Any]) -> BoltResponse:
    """Say what went wrong where Slack shows an answer; elsewhere Slack itself warns or repeats."""
    if not isinstance(error, PlummetError):
        log.error("a listener failed", exc_info=error)
    else:
        log.warning("a request of Slack's was not kept: %s", error)
    if "command" not in body:
        return BoltResponse(status=500, body="")
    says = f"Plummet could not take that: {error}" if isinstance(error, PlummetError) else (
        "Plummet could not take that; its log says why."
    )  # fmt: skip
    rendered = render(Notice(says=says, lines=("Nothing was done. Try again.",), mood="wrong"))
    answer = {"response_type": "ephemeral", "text": rendered.text, "blocks": rendered.blocks}
    return BoltResponse(
        status=200, body=json.dumps(answer), headers={"content-type": ["application/json"]}
    )
