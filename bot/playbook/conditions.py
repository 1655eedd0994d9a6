"""`when:` conditions, from YAML to nouns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.incident import AllOf, AnyOf, Cause, Condition, Is, Not
from bot.incident.causes import CAUSES
from bot.playbook.marked import LineError, Marked
from bot.settings.words import nearest

_FORMS: dict[str, frozenset[str]] = {
    "step": frozenset({"step", "is"}),
    "is": frozenset({"step", "is"}),
    "cause": frozenset({"cause", "at_least"}),
    "at_least": frozenset({"cause", "at_least"}),
    "any": frozenset({"any"}),
    "all": frozenset({"all"}),
    "not": frozenset({"not"}),
}
_FORMS_IN_WORDS = "step and is, cause and at_least, any, all, or not"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A condition's mention of an earlier step, to be held against the steps that exist."""

    step: str
    word: str
    line: int


def read_condition(marked: Marked) -> tuple[Condition, tuple[Reference, ...]]:
    """The condition, and every step it mentions.

    Raises:
        LineError: What is wrong, at which line.
    """
    references: list[Reference] = []
    return _condition(marked, references), tuple(references)


def _condition(marked: Marked, references: list[Reference]) -> Condition:
    parts = _one_form(marked)
    if "cause" in parts or "at_least" in parts:
        return _cause(marked, parts)
    if "step" in parts or "is" in parts:
        return _is(marked, parts, references)
    if "not" in parts:
        return Not(part=_condition(parts["not"], references))
    kind, word = (AnyOf, "any") if "any" in parts else (AllOf, "all")
    listed = parts[word]
    if not isinstance(listed.value, list) or not listed.value:
        raise LineError(listed.line, f"{word} takes a list of conditions")
    return kind(parts=tuple(_condition(part, references) for part in listed.value))


def _one_form(marked: Marked) -> dict[str, Marked]:
    if isinstance(marked.value, list):
        raise LineError(marked.line, "a list of conditions goes under any: or all:")
    if not isinstance(marked.value, dict) or not marked.value:
        raise LineError(marked.line, f"a condition has {_FORMS_IN_WORDS}")
    for key in marked.value:
        if key not in _FORMS:
            wrong = f"a condition has no key {key!r}{nearest(key, _FORMS)}"
            raise LineError(marked.keys[key], wrong)
    first = next(iter(marked.value))
    for key in marked.value:
        if key not in _FORMS[first]:
            raise LineError(
                marked.keys[key], f"{first!r} and {key!r} are two conditions; put them under all:"
            )
    return marked.value


def _is(marked: Marked, parts: dict[str, Marked], references: list[Reference]) -> Condition:
    step = _words(marked, parts, "step")
    if len(step) != 1:
        raise LineError(parts["step"].line, "step takes one step; use any: or all: for more")
    words = _words(marked, parts, "is")
    references += [Reference(step=step[0], word=word, line=parts["is"].line) for word in words]
    found = tuple(Is(step=step[0], word=word) for word in words)
    return found[0] if len(found) == 1 else AnyOf(parts=found)


def _cause(marked: Marked, parts: dict[str, Marked]) -> Cause:
    causes = _words(marked, parts, "cause")
    causes = () if causes == ("any",) else causes
    for cause in causes:
        if cause not in CAUSES:
            raise LineError(parts["cause"].line, f"no cause {cause!r}{nearest(cause, CAUSES)}")
    at_least = parts["at_least"].value if "at_least" in parts else 0.0
    if isinstance(at_least, bool) or not isinstance(at_least, int | float):
        raise LineError(parts["at_least"].line, "at_least should be a number between 0 and 1")
    if not 0 <= at_least <= 1:
        raise LineError(parts["at_least"].line, f"at_least is {at_least}; it is between 0 and 1")
    return Cause(causes=causes, at_least=float(at_least))


def _words(marked: Marked, parts: dict[str, Marked], key: str) -> tuple[str, ...]:
    """One word or a list of them."""
    if key not in parts:
        raise LineError(marked.line, f"the condition's key {key!r} is missing")
    listed = parts[key]
    inner = listed.value if isinstance(listed.value, list) else [listed]
    for part in inner:
        if not isinstance(part.value, str) or not part.value:
            raise LineError(part.line, f"{key}: should be text; put it in quotes")
    if not inner:
        raise LineError(listed.line, f"{key} is an empty list")
    return tuple(str(part.value) for part in inner)


def find_loop(waits_for: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The first loop among steps that wait for each other, its first step again at its end."""
    done: set[str] = set()
    for start in waits_for:
        loop = _walk(start, waits_for, done)
        if loop:
            return loop
    return ()


def _walk(start: str, waits_for: Mapping[str, tuple[str, ...]], done: set[str]) -> tuple[str, ...]:
    path: list[str] = []
    trail: list[tuple[str, Iterator[str]]] = [(start, iter(waits_for.get(start, ())))]
    path.append(start)
    while trail:
        key, ahead = trail[-1]
        following = next((other for other in ahead if other not in done), None)
        if following is None:
            done.add(key)
            path.pop()
            trail.pop()
        elif following in path:
            return (*path[path.index(following) :], following)
        else:
            path.append(following)
            trail.append((following, iter(waits_for.get(following, ()))))
    return ()
