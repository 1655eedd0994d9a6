"""A rollback that somebody asks for, and a second person decides on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.incident.people import Person

RollbackState = Literal["asked", "approved", "done", "declined", "expired", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP request exactly as it will be sent, but for the headers that prove who sends it.

    Nothing in it is secret: it is shown, kept and written down. `was` is the state that it rests
    on, in the words of whatever is called; where that has moved, the call is not made.
    """

    method: str
    url: str
    body: str
    says: str
    was: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    """The newest rollback of an incident; `id` goes with the call, so that a repeat is known.

    `until` is when the asking lapses, and once approved, when the approval does.
    """

    id: str
    asked_by: Person
    asked_at: datetime
    call: Call
    until: datetime
    why: str = ""
    state: RollbackState = "asked"
    decided_by: Person | None = None
    outcome: str = ""

    def waits(self, now: datetime) -> bool:
        """Whether it is still to be decided on, or to be carried out."""
        return self.state in {"asked", "approved"} and now < self.until
