"""What a person asked of the bot."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from bot.incident.people import Person

Verb = Literal[
    "new",
    "list",
    "status",
    "run",
    "checklist",
    "finding",
    "action.add",
    "action.done",
    "action.list",
    "severity",
    "role",
    "rollback",
    "rollback.approve",
    "rollback.decline",
    "mitigate",
    "resolve",
    "reopen",
    "postmortem",
    "answer",
    "step.done",
    "step.take",
    "model",
]
VERBS: tuple[Verb, ...] = get_args(Verb)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One verb with its arguments, from one person, at one place.

    `id` is the chat's own id of the interaction: a redelivery carries the same one. `room` is
    where it was said, `reply_to` where a private answer can be sent. The arguments by verb:

    new        title, model, metric, severity, says
    run        check, and the check's own arguments
    finding    says, link
    action.add says, owner (a handle), due (YYYY-MM-DD)
    action.done number
    severity   level
    role       role, person (a handle or id)
    rollback   to (a version), says
    rollback.approve, rollback.decline   rollback (its id)
    mitigate   says
    resolve    cause, says
    reopen     says
    answer     step, value
    step.done, step.take   step
    model      model
    """

    id: str
    verb: Verb
    by: Person
    at: datetime
    room: str | None = None
    incident: str | None = None
    args: dict[str, str] = field(default_factory=dict)
    reply_to: str | None = None
