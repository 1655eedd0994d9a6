"""What every listener has at hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk import WebClient

from bot.errors import ChatError
from bot.incident import Incident, Person, Request
from bot.slack.client import speaking
from bot.slack.grammar import Command
from bot.slack.limits import Block
from bot.slack.modals import (
    action_modal,
    finding_modal,
    mitigate_modal,
    new_modal,
    resolve_modal,
    run_modal,
)
from bot.slack.mrkdwn import to_plain
from bot.slack.origin import Origin
from bot.slack.people import People
from bot.slack.posts import message_at
from bot.sockets import Check

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """Where requests go, and what is needed to understand them.

    `accept` keeps a request for the worker and returns in milliseconds. `client` does not wait
    when Slack limits it: a modal's trigger would be gone.
    """

    accept: Callable[[Request], object]
    client: WebClient
    people: People
    models: Callable[[], Sequence[str]]
    checks: Mapping[str, Check]
    clock: Callable[[], datetime]
    open_incidents: Callable[[], Sequence[Incident]]
    incident_in_room: Callable[[str], str | None]

    def ask(
        self,
        command: Command,
        *,
        id: str,  # noqa: A002 - the noun's own name for it
        by: Person,
        room: str = "",
        incident: str = "",
        reply_to: str = "",
    ) -> None:
        """Keep a request for the worker."""
        self.accept(
            Request(
                id=id,
                verb=command.verb,
                by=by,
                at=self.clock(),
                room=room or None,
                incident=incident or None,
                args=dict(command.args),
                reply_to=reply_to or None,
            )
        )

    def show(self, trigger_id: str, view: Block) -> None:
        """Open a modal; the trigger lives for three seconds."""
        with speaking("views.open"):
            self.client.views_open(trigger_id=trigger_id, view=view)

    def form(self, verb: str, origin: Origin, *, cause: str = "") -> Block:
        """The modal of a verb."""
        match verb:
            case "new":
                return new_modal(origin, models=self.models())
            case "finding":
                return finding_modal(origin)
            case "action.add":
                return action_modal(origin)
            case "mitigate":
                return mitigate_modal(origin)
            case "resolve":
                return resolve_modal(origin, cause=cause)
            case _:
                return run_modal(origin, checks=self.checks)

    def quote(self, room: str, ts: str, *, by: Person) -> dict[str, str]:
        """A message as the arguments of a finding: its words, whose they are, where they are."""
        message = message_at(self.client, room, ts)
        return self.quoted(message or {}, room, ts, by=by)

    def quoted(self, message: Body, room: str, ts: str, *, by: Person) -> dict[str, str]:
        """The same for a message that is known."""
        said = to_plain(str(message.get("text") or ""), name_of=self.people.name).strip()
        author = str(message.get("user") or "")
        if author and author != by.id:
            said = f"{self.people.name(author)}: {said}"
        link = self.link(room, ts)
        return {"says": said or "(a message without words)"} | ({"link": link} if link else {})

    def link(self, room: str, ts: str) -> str:
        """A permanent link; empty when Slack does not give one now, for the words count more."""
        try:
            with speaking("chat.getPermalink", writes=False):
                return str(self.client.chat_getPermalink(channel=room, message_ts=ts)["permalink"])
        except ChatError:
            return ""


def person_of(body: Body) -> Person:
    """Who did it, from an interaction's body."""
    user: Mapping[str, str] = body.get("user") or {}
    return Person(
        id=user.get("id", ""), name=user.get("username") or user.get("name") or user.get("id", "")
    )


def room_of(body: Body) -> str:
    """The channel it happened in, if any."""
    channel: Mapping[str, str] = body.get("channel") or {}
    container: Mapping[str, str] = body.get("container") or {}
    return channel.get("id") or container.get("channel_id") or ""
