"""What a playbook file may hold, and its faults in words."""

import re
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from bot.playbook.marked import LineError, Marked
from bot.settings.words import nearest

_SPAN = re.compile(r"([0-9]{1,6})\s*(s|m|h|d|seconds?|minutes?|hours?|days?)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_WHO = re.compile(r"owner|experts|lead|@[\w.-]{1,80}")


def _span(text: object) -> int:
    match = _SPAN.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None or int(match[1]) == 0:
        raise ValueError(f"{text!r} is no span of time; write it as 5 minutes or 1 hour")
    return int(match[1]) * _SECONDS[match[2][0]]


def _who(text: str) -> str:
    if not _WHO.fullmatch(text):
        raise ValueError(f"{text!r} is nobody; write owner, experts, lead, or '@handle' in quotes")
    return text


Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Option = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Span = Annotated[int, BeforeValidator(_span)]
Who = Annotated[str, AfterValidator(_who)]

Shape = TypeVar("Shape", bound=BaseModel)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class WatchShape(_Part):
    """`watch:` - when a mitigated incident counts as recovered."""

    every: Span = 300
    window: Span = 3600
    good_windows: int = Field(default=3, ge=1, le=100)
    rows: int = Field(default=100, ge=1, le=1_000_000_000)
    share: float = Field(default=0.75, gt=0, le=1)


class SectionShape(_Part):
    """One of `sections:` - a title and its steps, which are read one by one."""

    title: Line
    steps: Annotated[list[Any], Field(min_length=1, max_length=60)]


class PlaybookShape(_Part):
    """The whole file."""

    says: Line
    watch: WatchShape = WatchShape()
    sections: Annotated[list[SectionShape], Field(min_length=1, max_length=30)]


class CheckShape(_Part):
    """A step that runs a check."""

    key: Key
    check: str
    says: Line | None = None
    with_: dict[str, Any] = Field(default={}, alias="with")
    when: Any = None


class AskShape(_Part):
    """A step that asks a person."""

    key: Key
    ask: Line
    options: Annotated[list[Option], Field(max_length=10)] = []
    who: Who = "lead"
    when: Any = None


class DoShape(_Part):
    """A step that a person carries out."""

    key: Key
    do: Line
    action: str | None = None
    who: Who = "owner"
    when: Any = None


StepShape = CheckShape | AskShape | DoShape
_KINDS: dict[str, type[CheckShape] | type[AskShape] | type[DoShape]] = {
    "check": CheckShape, "ask": AskShape, "do": DoShape,
}  # fmt: skip


def playbook_shape(document: Marked) -> PlaybookShape:
    """The file's outer shape; its steps are still as they were written."""
    return _validated(PlaybookShape, document)


def step_shape(step: Marked) -> StepShape:
    """One step, by the kind that its keys say it is."""
    if not isinstance(step.value, dict):
        raise LineError(step.line, "a step is a list of keys: key, and check, ask or do")
    kinds = [kind for kind in _KINDS if kind in step.value]
    if len(kinds) != 1:
        found = " and ".join(kinds) or "none of them"
        raise LineError(step.line, f"a step has one of check, ask and do; this has {found}")
    return _validated(_KINDS[kinds[0]], step)


def _validated(shape: type[Shape], marked: Marked) -> Shape:
    try:
        return shape.model_validate(marked.plain())
    except ValidationError as error:
        faults = error.errors(include_url=False)
        lines = [(marked.line_of(fault["loc"]), says(fault, shape)) for fault in faults]
        raise LineError(*min(lines)) from error


_EXPECTED = {
    "string_type": "text; put it in quotes",
    "int_type": "a whole number",
    "list_type": "a list",
    "dict_type": "a list of keys and values",
    "model_type": "a list of keys and values",
}


def says(fault: Any, shape: type[BaseModel]) -> str:
    """One fault that pydantic found, as a tired person can use it."""
    location = [str(part) for part in fault["loc"]]
    name = next((part for part in reversed(location) if not part.isdigit()), "the playbook")
    if fault["type"] == "extra_forbidden":
        return f"unknown key {name!r}{nearest(name, _keys(shape, location))}"
    if fault["type"] == "missing":
        return f"the key {name!r} is missing"
    if fault["type"] == "value_error":
        return f"{name}: {fault['ctx']['error']}"
    if fault["type"] in _EXPECTED:
        return f"{name}: should be {_EXPECTED[fault['type']]}, is {_shown(fault['input'])}"
    if fault["type"] == "string_pattern_mismatch":
        return f"{name}: {_shown(fault['input'])} is no name; use a-z, 0-9 and -, a letter first"
    return f"{name}: {fault['msg'][0].lower()}{fault['msg'][1:]}"


def _shown(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, dict | list):
        return "a list" if isinstance(value, list) else "a list of keys"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _keys(shape: type[BaseModel], location: list[str]) -> list[str]:
    """The known keys at the place of an unknown one."""
    inner: dict[str, type[BaseModel]] = {"watch": WatchShape, "sections": SectionShape}
    place = inner.get(location[0], shape) if location[1:] else shape
    return [field.alias or name for name, field in place.model_fields.items()]
