"""Where something from outside plugs in: the shapes that the plug rooms and the edge fill."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.cards import Card
from bot.incident import Delivery, Finding, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """A threshold of a check: its type and its default."""

    kind: type[bool] | type[int] | type[float] | type[str]
    default: bool | float | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One question to the evidence; `question` is the sentence that the chat shows."""

    name: str
    question: str
    arguments: Mapping[str, Argument]
    run: Callable[..., Iterable[Finding]]


def check(name: str) -> Callable[[Callable[..., Iterable[Finding]]], Check]:
    """Make a check of a function `(evidence, *, threshold=default, …) -> findings`.

    The first line of its docstring is the question; its keyword-only arguments, each annotated
    `bool`, `int`, `float` or `str` and with a default, are what a playbook may set.
    """

    def made(run: Callable[..., Iterable[Finding]]) -> Check:
        question = (inspect.getdoc(run) or "").partition("\n")[0]
        arguments = {
            parameter.name: Argument(kind=type(parameter.default), default=parameter.default)
            for parameter in inspect.signature(run).parameters.values()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        }
        return Check(name=name, question=question, arguments=arguments, run=run)

    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A channel of the chat."""

    id: str
    name: str


class Chat(Protocol):
    """Everything the bot writes to the chat; raises `ChatError` and nothing else.

    A write that may have happened although the answer was lost raises with `uncertain`; the
    journal then looks it up by its incident and step before it is repeated.
    """

    def open_room(self, *, name: str, incident: str, title: str) -> Room:
        """Create the channel and mark it (purpose) as this incident's."""
        ...

    def find_room(self, *, name: str, incident: str) -> Room | None:
        """The channel of that name, if it carries this incident's mark."""
        ...

    def set_topic(self, room: str, topic: str) -> None:
        """Set the channel's topic; repeating it is harmless."""
        ...

    def invite(self, room: str, people: Sequence[Person]) -> tuple[Person, ...]:
        """Invite those who can be found; returns those who cannot. Members already are fine."""
        ...

    def bookmark(self, room: str, *, title: str, url: str) -> None:
        """Put one bookmark of that title on the channel, or move it to `url`."""
        ...

    def post(
        self, room: str, card: Card, *, incident: str, step: str, thread: str | None = None
    ) -> str:
        """Post and return the message's id; incident and step are kept in its metadata."""
        ...

    def find_post(self, room: str, *, incident: str, step: str) -> str | None:
        """The message that carries this incident and step, if it was ever posted."""
        ...

    def edit(self, room: str, message: str, card: Card) -> None:
        """Replace a message in place."""
        ...

    def pin(self, room: str, message: str) -> None:
        """Pin a message; one that is pinned already is fine."""
        ...

    def whisper(self, room: str, person: Person, card: Card) -> None:
        """Show a card to one person in a channel."""
        ...

    def answer(self, reply_to: str, card: Card) -> None:
        """Answer a command privately, through the address that came with it."""
        ...

    def link(self, room: str, message: str) -> str:
        """A permanent link to a message."""
        ...

    def find_person(self, handle: str, *, proven: bool = False) -> Person | None:
        """The person of that handle, e-mail address or id; `proven`, of no name that one chose."""
        ...


class AlertFormat(Protocol):
    """One sender's format. `read` raises `UnreadableAlert` when nothing in it can be read."""

    @property
    def name(self) -> str:
        """The word that the configuration calls it by."""
        ...

    def read(self, payload: object, *, headers: Mapping[str, str]) -> Delivery:
        """One delivery in our words; names of headers are in lower case."""
        ...
