"""`/incident …`."""

from typing import Any

from slack_bolt import Ack, App

from bot.cards import Notice
from bot.errors import RequestError
from bot.incident import Person
from bot.slack.blocks import render
from bot.slack.forms import help_on
from bot.slack.grammar import Form, Help, parse
from bot.slack.listeners.ears import Body, Ears
from bot.slack.mrkdwn import with_names
from bot.slack.origin import Origin
from bot.slack.vocabulary import COMMAND


def register(app: App, ears: Ears) -> None:
    """Listen to the one command."""

    def hear(ack: Ack, body: dict[str, Any]) -> None:
        try:
            text = with_names(body.get("text") or "", ears.people.name)
            said = parse(text, checks=ears.checks)
        except RequestError as error:
            _whisper(ack, Notice(says=str(error), mood="wrong"))
            return
        if isinstance(said, Help):
            _whisper(ack, help_on(said.topic))
        elif isinstance(said, Form):
            ears.show(body["trigger_id"], ears.form(said.verb, _origin(body)))
            ack()
        else:
            ears.ask(
                said,
                id=body["trigger_id"],
                by=Person(id=body["user_id"], name=body.get("user_name") or body["user_id"]),
                room=body.get("channel_id", ""),
                reply_to=body.get("response_url", ""),
            )
            ack()

    app.command(COMMAND)(hear)


def _origin(body: Body) -> Origin:
    return Origin(room=body.get("channel_id", ""), reply_to=body.get("response_url", ""))


def _whisper(ack: Ack, card: Notice) -> None:
    rendered = render(card)
    ack(text=rendered.text, blocks=rendered.blocks, response_type="ephemeral")
