"""Who acts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in the chat: `id` as the chat knows them (empty until looked up), `name` to read."""

    name: str
    id: str = ""


PLUMMET = Person(name="Plummet")
"""The bot itself, when an entry of the timeline is its own doing."""


def named(handle: str) -> Person:
    """The person a configuration calls `@maria`, not looked up yet."""
    return Person(name=handle.strip().removeprefix("@"))
