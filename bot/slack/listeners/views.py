"""Modals that were sent."""

from typing import Any

from slack_bolt import Ack, App

from bot.slack import vocabulary
from bot.slack.listeners.ears import Ears, person_of
from bot.slack.origin import unpacked_origin
from bot.slack.submissions import Complaints, incident_of, submitted


def register(app: App, ears: Ears) -> None:
    """Listen to every modal."""

    def hear(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        command = submitted(view, checks=ears.checks, models=frozenset(ears.models()))
        if isinstance(command, Complaints):
            ack(response_action="errors", errors=command.errors)
            return
        origin = unpacked_origin(view.get("private_metadata", ""))
        args = dict(command.args)
        if command.verb == "answer":
            args["step"] = origin.step
        if origin.message and (link := ears.link(origin.room, origin.message)):
            args["link"] = link
        chosen = incident_of(view)
        ears.ask(
            type(command)(verb=command.verb, args=args),
            id=view["id"],  # one view is sent once, however often it is delivered
            by=person_of(body),
            room="" if chosen else origin.room,
            incident=chosen or origin.incident,
            reply_to=origin.reply_to,
        )
        ack()

    for callback_id in vocabulary.VIEWS:
        app.view(callback_id)(hear)
