"""Buttons and menus of the cards."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from slack_bolt import Ack, App

from bot.slack import vocabulary
from bot.slack.grammar import Command
from bot.slack.listeners.ears import Body, Ears, person_of, room_of
from bot.slack.modals import answer_modal
from bot.slack.origin import Origin
from bot.slack.reference import Reference, unpacked

_PRESSED: Final[Mapping[str, Callable[[Reference], Command]]] = {
    vocabulary.SEVERITY: lambda on: Command(verb="severity", args={"level": on.value}),
    vocabulary.LEAD: lambda _: Command(verb="role", args={"role": "lead"}),
    vocabulary.REOPEN: lambda _: Command(verb="reopen"),
    vocabulary.POSTMORTEM: lambda _: Command(verb="postmortem"),
    vocabulary.ANSWER: lambda on: Command(verb="answer", args={"step": on.step, "value": on.value}),
    vocabulary.CHOOSE: lambda on: Command(verb="answer", args={"step": on.step, "value": on.value}),
    vocabulary.STEP_TAKE: lambda on: Command(verb="step.take", args={"step": on.step}),
    vocabulary.STEP_DONE: lambda on: Command(verb="step.done", args={"step": on.step}),
    vocabulary.ACTION_DONE: lambda on: Command(verb="action.done", args={"number": on.value}),
    vocabulary.ROLLBACK: lambda _: Command(verb="rollback"),
    vocabulary.APPROVE: lambda on: Command(verb="rollback.approve", args={"rollback": on.value}),
    vocabulary.DECLINE: lambda on: Command(verb="rollback.decline", args={"rollback": on.value}),
}
"""Action id = what is asked for at once."""
_OPENED: Final[Mapping[str, str]] = {
    vocabulary.OPEN_NEW: "new",
    vocabulary.OPEN_FINDING: "finding",
    vocabulary.OPEN_ACTION: "action.add",
    vocabulary.OPEN_MITIGATE: "mitigate",
    vocabulary.OPEN_RESOLVE: "resolve",
    vocabulary.OPEN_RUN: "run",
}
"""Action id = the verb whose modal opens."""


def register(app: App, ears: Ears) -> None:
    """Listen to every control that a card can have."""

    def press(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        about = _reference(action)
        name = re.sub(rf"^({re.escape(vocabulary.ANSWER)})\.\d+$", r"\1", action["action_id"])
        ears.ask(
            _PRESSED[name](about),
            id=_once(body, action),
            by=person_of(body),
            room=room_of(body),
            incident=about.incident,
            reply_to=body.get("response_url", ""),
        )
        ack()

    def open_form(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        about = _reference(action)
        view = ears.form(_OPENED[action["action_id"]], _origin(body, about), cause=about.value)
        ears.show(body["trigger_id"], view)
        ack()

    def open_answer(ack: Ack, body: dict[str, Any], action: dict[str, Any]) -> None:
        about = _reference(action)
        ears.show(body["trigger_id"], answer_modal(_origin(body, about), question=about.value))
        ack()

    answers = rf"{re.escape(vocabulary.ANSWER)}\.\d+"
    known = "|".join(re.escape(name) for name in _PRESSED)
    app.action(re.compile(rf"^({known}|{answers})$"))(press)
    app.action(re.compile(rf"^({'|'.join(re.escape(name) for name in _OPENED)})$"))(open_form)
    app.action(vocabulary.OPEN_ANSWER)(open_answer)


def _once(body: Body, action: Body) -> str:
    """The id of this press; a redelivery carries the same trigger."""
    return str(body.get("trigger_id") or f"press:{action.get('action_ts')}")


def _reference(action: Body) -> Reference:
    chosen = action.get("selected_option") or {}
    return unpacked(str(action.get("value") or chosen.get("value") or ""))


def _origin(body: Body, about: Reference) -> Origin:
    return Origin(
        incident=about.incident,
        step=about.step,
        room=room_of(body),
        reply_to=body.get("response_url", ""),
    )
