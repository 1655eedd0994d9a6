"""Events: a 📌 under a message, and somebody looking at the app's home."""

from typing import Any

from slack_bolt import App

from bot.incident import Person
from bot.slack.blocks.lists import incident_line
from bot.slack.blocks.parts import button
from bot.slack.client import speaking
from bot.slack.grammar import Command
from bot.slack.listeners.ears import Ears
from bot.slack.listeners.shortcuts import pin_id
from bot.slack.modals import home_view
from bot.slack.vocabulary import OPEN_NEW, PIN


def register(app: App, ears: Ears) -> None:
    """Listen to the events of the manifest."""

    def pinned(event: dict[str, Any]) -> None:
        item = event.get("item") or {}
        room, ts = item.get("channel"), item.get("ts")
        if event.get("reaction") != PIN or item.get("type") != "message" or not (room and ts):
            return
        incident = ears.incident_in_room(room)
        if incident is None:
            return
        by = Person(id=event["user"], name=ears.people.name(event["user"]))
        ears.ask(
            Command(verb="finding", args=ears.quote(room, ts, by=by)),
            id=pin_id(room, ts),
            by=by,
            room=room,
            incident=incident,
        )

    def home(event: dict[str, Any]) -> None:
        if event.get("tab") != "home":
            return
        incidents = ears.open_incidents()
        new = button("Open an incident", action_id=OPEN_NEW, style="primary")
        lines = [incident_line(one) for one in incidents]
        with speaking("views.publish"):
            ears.client.views_publish(
                user_id=event["user"], view=home_view(incidents, lines=lines, new=new)
            )

    app.event("reaction_added")(pinned)
    app.event("app_home_opened")(home)
