"""The examination of one payload: faults with the place they were found at."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Surface = Literal["message", "modal", "home"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something Slack would refuse; `pointer` is a JSON pointer."""

    pointer: str
    message: str
    code: str = "failed_constraint"

    def wire(self) -> dict[str, str]:
        """As `blocks.validate` answers."""
        return {"pointer": self.pointer, "code": self.code, "message": self.message}


@dataclass(slots=True, kw_only=True)
class Exam:
    """Collects faults; each test names its place relative to the payload's root."""

    surface: Surface
    faults: list[Fault] = field(default_factory=list)

    def fail(self, at: str, message: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(pointer=at, message=message))

    def string(self, owner: Any, key: str, at: str, *, most: int, needed: bool = False) -> None:
        """A string of at most so many characters."""
        value = owner.get(key)
        if value is None or value == "":
            if needed:
                self.fail(at, f"missing required field: {key}")
            elif value == "":
                self.fail(f"{at}/{key}", "must be more than 0 characters")
        elif not isinstance(value, str):
            self.fail(f"{at}/{key}", f"must provide a string [{key}]")
        elif len(value) > most:
            self.fail(f"{at}/{key}", f"must be less than {most + 1} characters")

    def text(
        self, owner: Any, key: str, at: str, *, most: int, plain: bool = False, needed: bool = False
    ) -> None:
        """A text object of at most so many characters."""
        value = owner.get(key)
        if value is None:
            if needed:
                self.fail(at, f"missing required field: {key}")
            return
        self.text_object(value, f"{at}/{key}", most=most, plain=plain)

    def text_object(self, value: Any, at: str, *, most: int, plain: bool = False) -> None:
        """The text object itself."""
        if not isinstance(value, dict):
            self.fail(at, "must provide an object")
            return
        kind = value.get("type")
        kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
        if kind not in kinds:
            self.fail(f"{at}/type", f"must be one of: {', '.join(kinds)}")
            return
        known = {"type", "text", "emoji" if kind == "plain_text" else "verbatim"}
        self.keys(value, known, at)
        self.string(value, "text", at, most=most, needed=True)

    def keys(self, value: Any, known: Collection[str], at: str) -> None:
        """No property that Slack does not know here."""
        for key in value:
            if key not in known:
                self.fail(at, f"invalid additional property: {key}")

    def items(
        self, owner: Any, key: str, at: str, *, most: int, needed: bool = True
    ) -> Iterator[tuple[Any, str]]:
        """The objects of a list of one to `most`, each with its place."""
        value = owner.get(key)
        if value is None and not needed:
            return
        where = f"{at}/{key}"
        if not isinstance(value, list):
            self.fail(at if value is None else where, f"missing required field: {key}")
            return
        if not value:
            self.fail(where, "no fewer than 1 items allowed")
        if len(value) > most:
            self.fail(where, f"no more than {most} items allowed [{key}]")
        for number, one in enumerate(value):
            place = f"{where}/{number}"
            if isinstance(one, dict):
                yield one, place
            else:
                self.fail(place, "must provide an object")
