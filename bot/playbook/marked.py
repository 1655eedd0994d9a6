"""YAML into plain values that remember their lines; nothing but scalars, lists and mappings."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

DEPTH_LIMIT = 20
SIZE_LIMIT = 100_000

Scalar = str | int | float | bool | None

_INT = re.compile(r"[-+]?[0-9]{1,15}")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]{1,3})?")
_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "true": True, "false": False,
}  # fmt: skip


class LineError(Exception):
    """What is wrong at a line; the reader of a file adds the file."""

    def __init__(self, line: int, says: str) -> None:
        super().__init__(says)
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A value with its line, and for a mapping the line of each key."""

    line: int
    value: "Scalar | list[Marked] | dict[str, Marked]"
    keys: dict[str, int] = field(default_factory=dict)

    def plain(self) -> Any:
        """The value without its lines."""
        if isinstance(self.value, list):
            return [part.plain() for part in self.value]
        if isinstance(self.value, dict):
            return {key: part.plain() for key, part in self.value.items()}
        return self.value

    def part(self, name: int | str) -> "Marked | None":
        """The part of that key or place."""
        if isinstance(self.value, dict):
            return self.value.get(str(name))
        if isinstance(self.value, list) and isinstance(name, int) and name < len(self.value):
            return self.value[name]
        return None

    def line_of(self, location: tuple[int | str, ...]) -> int:
        """The line of what stands at a location, or of what should hold it."""
        place = self
        line = self.line
        for name in location:
            line = place.keys.get(str(name), line)
            inner = place.part(name)
            if inner is None:
                return line
            line = place.keys.get(str(name), inner.line)
            place = inner
        return line


def read_marked(text: str) -> Marked:
    """The one document of a YAML text.

    `yes`, `no`, `on` and dates stay the words they are: only numbers, true, false and null are
    anything else. Aliases, anchors and tags are refused, so the size of the text bounds the size
    of the value.

    Raises:
        LineError: What is wrong, at which line.
    """
    events = _events(text)
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            break
    else:
        raise LineError(1, "the file is empty")
    document = _value(next(events), events, depth=0)
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            raise LineError(_line(event), "a second document begins; a file holds one playbook")
    return document


def _events(text: str) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise LineError(mark.line + 1 if mark else 1, _problem(error)) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise LineError(line, "a control character that YAML does not allow") from error
    except (ValueError, OverflowError, RecursionError) as error:
        # PyYAML lets these through for absurd escapes, versions and nesting.
        raise LineError(1, f"not valid YAML: {error}") from error


def _problem(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "cannot be read"
    hint = ""
    if "'\\t'" in problem:
        hint = "; indent with spaces, not tabs"
    elif "cannot start any token" in problem or "got '?'" in problem:
        hint = "; put the text in quotes"
    elif "mapping values are not allowed" in problem:
        hint = "; text with a colon in it goes in quotes"
    return f"not valid YAML: {problem}{hint}"


def _value(event: yaml.Event, events: Iterator[yaml.Event], *, depth: int) -> Marked:
    line = _line(event)
    if depth > DEPTH_LIMIT:
        raise LineError(line, f"nested deeper than {DEPTH_LIMIT} levels")
    anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
    if anchor is not None:
        raise LineError(line, f"the anchor or alias {anchor!r} is not allowed; write it out")
    if tag is not None:
        raise LineError(line, f"the tag {tag!r} is not allowed")
    if isinstance(event, yaml.SequenceStartEvent):
        return _list(events, line=line, depth=depth)
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(events, line=line, depth=depth)
    if not isinstance(event, yaml.ScalarEvent):
        raise LineError(line, "a value is missing")
    return Marked(line=line, value=_scalar(event))


def _list(events: Iterator[yaml.Event], *, line: int, depth: int) -> Marked:
    parts: list[Marked] = []
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        parts.append(_value(event, events, depth=depth + 1))
    return Marked(line=line, value=parts)


def _mapping(events: Iterator[yaml.Event], *, line: int, depth: int) -> Marked:
    parts: dict[str, Marked] = {}
    keys: dict[str, int] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        if not isinstance(event, yaml.ScalarEvent):
            raise LineError(_line(event), "a key has to be a plain word")
        _value(event, events, depth=depth)  # refuses anchors, tags and stray surrogates
        key = event.value
        if key in keys:
            raise LineError(_line(event), f"the key {key!r} stands here and at line {keys[key]}")
        keys[key] = _line(event)
        parts[key] = _value(next(events), events, depth=depth + 1)
    return Marked(line=line, value=parts, keys=keys)


def _scalar(event: yaml.ScalarEvent) -> Scalar:
    text: str = event.value
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise LineError(_line(event), "half of a surrogate pair is no text")
    if not event.implicit[0]:
        return text
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return _WORDS.get(text.lower(), text) if text.lower() in _WORDS else text


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
