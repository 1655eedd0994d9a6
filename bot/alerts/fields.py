"""The parts of a payload, each of the type it has to be, or an error that says where it is not."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self

from bot.alerts.times import read_time
from bot.errors import UnreadableAlert

Status = Literal["firing", "resolved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """An object of a payload, and where it stands; what is absent is empty, never an error."""

    raw: Mapping[str, Any]
    where: str = ""

    @classmethod
    def of(cls, value: object, where: str = "") -> Self:
        """The object at a place; empty where there is nothing.

        Raises:
            UnreadableAlert: Something else is there.
        """
        if value is None:
            return cls(raw={}, where=where)
        if not isinstance(value, dict):
            place = where or "the payload"
            raise UnreadableAlert(f"{place} is {kind_of(value)}, not an object")
        return cls(raw=value, where=where)

    def inside(self, *keys: str) -> "Fields":
        """The object below these keys."""
        found = self
        for key in keys:
            found = Fields.of(found.raw.get(key), found.place(key))
        return found

    def text(self, key: str) -> str:
        """The text or number at a key, as text; empty for anything else."""
        return text_of(self.raw.get(key))

    def wanted(self, key: str) -> str:
        """The same; an error where there is none."""
        if not (found := self.text(key)):
            raise UnreadableAlert(f"{self.place(key)} is {kind_of(self.raw.get(key))}, not text")
        return found

    def time(self, key: str) -> datetime | None:
        """The time at a key."""
        return read_time(self.raw.get(key), where=self.place(key))

    def status(self, key: str, *, fires: Collection[str], ends: Collection[str]) -> Status:
        """What the word at a key stands for, its case as the sender writes it.

        Raises:
            UnreadableAlert: It is none of these words.
        """
        word = self.wanted(key)
        if word in fires:
            return "firing"
        if word in ends:
            return "resolved"
        known = ", ".join((*fires, *ends))
        raise UnreadableAlert(f"{self.place(key)} is {word[:40]!r}, none of {known}")

    def items(self, key: str) -> list[Any]:
        """The list at a key; an error where something else is."""
        value = self.raw.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise UnreadableAlert(f"{self.place(key)} is {kind_of(value)}, not a list")
        return value

    def texts(self) -> dict[str, str]:
        """Its plain values as text: texts, numbers, and lists that hold just one of these."""
        return {key: found for key, value in self.raw.items() if (found := text_of(_only(value)))}

    def named(self, **keys: str) -> dict[str, str]:
        """Texts and numbers under names of ours, those left out that it does not have."""
        return {name: found for name, key in keys.items() if (found := self.text(key))}

    def place(self, key: str) -> str:
        """Where a key stands in the payload."""
        return f"{self.where}.{key[:40]}".lstrip(".")


def text_of(value: object) -> str:
    """Text and numbers as text; anything else is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def tags_of(tags: Iterable[object]) -> dict[str, str]:
    """Tags such as `model:delays` as labels; those that are no pair say nothing."""
    pairs = (text_of(tag).strip().partition(":") for tag in tags)
    return {key.strip(): value.strip() for key, _, value in pairs if key.strip() and value.strip()}


def kind_of(value: object) -> str:
    """What a value is, for an error."""
    names = {dict: "an object", list: "a list", str: "text", bool: "a truth value"}
    return "nothing" if value is None else names.get(type(value), "a number")


def _only(value: object) -> object:
    return value[0] if isinstance(value, list) and len(value) == 1 else value
