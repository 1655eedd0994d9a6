"""The door of the room: where a rollback is planned, carried out and looked up."""

from dataclasses import dataclass
from typing import Protocol

from bot.incident import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants rolled back; `to` is a version where they named one."""

    model: str
    incident: str
    asked_by: str
    to: str = ""
    why: str = ""


class Target(Protocol):
    """One configured place that can put a model back. Every method raises `ActionError`."""

    def plan(self, wish: Wish) -> Call:
        """The call that would do it as things stand now; changes nothing."""
        ...

    def carry_out(self, call: Call, *, key: str) -> None:
        """Make the call, unless what it rests on has changed; the same `key` again does no harm."""
        ...

    def was_done(self, call: Call) -> bool:
        """Whether things are as the call would leave them; False where that cannot be seen."""
        ...

    def symptom(self) -> str:
        """In a sentence how things stand, for `plummet doctor`; changes nothing."""
        ...
