"""The shortcut menu, and the menu of a message."""

from typing import Any

from slack_bolt import Ack, App

from bot.slack.grammar import Command
from bot.slack.limits import Block
from bot.slack.listeners.ears import Ears, person_of, room_of
from bot.slack.modals import finding_modal, new_modal
from bot.slack.origin import Origin
from bot.slack.vocabulary import FINDING_SHORTCUT, OPEN_SHORTCUT


def register(app: App, ears: Ears) -> None:
    """Listen to both shortcuts."""

    def open_incident(ack: Ack, body: dict[str, Any]) -> None:
        ears.show(body["trigger_id"], ears.form("new", Origin()))
        ack()

    def add_finding(ack: Ack, body: dict[str, Any]) -> None:
        by, room, message = person_of(body), room_of(body), body["message"]
        args = ears.quoted(message, room, message["ts"], by=by)
        incident = ears.incident_in_room(room)
        if incident:
            ears.ask(
                Command(verb="finding", args=args),
                id=pin_id(room, message["ts"]),
                by=by,
                room=room,
                incident=incident,
                reply_to=body.get("response_url", ""),
            )
        else:
            origin = Origin(room=room, message=message["ts"], reply_to=body.get("response_url", ""))
            ears.show(body["trigger_id"], _form(ears, origin, args["says"]))
        ack()

    app.global_shortcut(OPEN_SHORTCUT.callback_id)(open_incident)
    app.message_shortcut(FINDING_SHORTCUT.callback_id)(add_finding)


def _form(ears: Ears, origin: Origin, says: str) -> Block:
    """Which incident it belongs to; where none is open, a new one."""
    incidents = ears.open_incidents()
    if incidents:
        return finding_modal(origin, text=says, incidents=incidents)
    return new_modal(Origin(reply_to=origin.reply_to), models=ears.models(), says=says)


def pin_id(room: str, ts: str) -> str:
    """The id of the request that puts a message on the timeline: once, by whatever way."""
    return f"pin:{room}:{ts}"
