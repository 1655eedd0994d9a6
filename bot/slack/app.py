"""The Bolt app: built without a word to Slack, so that a bot starts while Slack is down."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from slack_bolt import App, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.cards import Notice
from bot.errors import PlummetError
from bot.incident import Incident, Request
from bot.settings import SlackSettings
from bot.slack.blocks import render
from bot.slack.client import build_client
from bot.slack.listeners import Ears, register
from bot.slack.people import People
from bot.slack.tokens import Tokens
from bot.sockets import Check

log = logging.getLogger(__name__)
bolt_log = logging.getLogger(f"{__name__}.bolt")

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
    impatient = build_client(
        tokens.bot, api_url=settings.api_url, timeout=_MODAL_SECONDS, patient=False
    )
    bolt_log.addFilter(_is_news)
    app = App(
        name="plummet",
        logger=bolt_log,
        signing_secret=tokens.signing_secret,
        authorize=_identity(impatient),
        process_before_response=True,
    )
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


def _identity(client: WebClient) -> Callable[[], AuthorizeResult]:
    """Who the bot is, asked of Slack at the first request and remembered.

    Given to Bolt in place of a token: with one it would ask through a client of its own, which
    takes the environment's proxy even to this machine, and would switch to OAuth, refusing every
    request, where SLACK_CLIENT_ID happens to be set.
    """
    known: list[AuthorizeResult] = []

    def authorize() -> AuthorizeResult:
        if not known:
            answer = client.auth_test()
            known.append(AuthorizeResult.from_auth_test_response(
                auth_test_response=answer, bot_token=client.token
            ))  # fmt: skip
        return known[0]

    return authorize


def _is_news(record: logging.LogRecord) -> bool:
    """Bolt warns that it ignores SLACK_BOT_TOKEN; that is how it should be."""
    return "SLACK_BOT_TOKEN" not in record.getMessage()


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
