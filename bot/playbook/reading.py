"""A playbook file becomes a `Playbook`, or one sentence that says what is wrong and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import PlaybookError
from bot.incident import Condition, Playbook, Step, WatchRule
from bot.incident.causes import ACTIONS
from bot.playbook.conditions import Reference, find_loop, read_condition
from bot.playbook.marked import SIZE_LIMIT, LineError, Marked, read_marked
from bot.playbook.shape import (
    AskShape,
    CheckShape,
    DoShape,
    StepShape,
    WatchShape,
    playbook_shape,
    step_shape,
)
from bot.settings.words import nearest
from bot.sockets import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A step with where it stands and whom its condition mentions."""

    step: Step
    line: int
    references: tuple[Reference, ...]


def read_playbook(path: Path, *, checks: Mapping[str, Check]) -> Playbook:
    """Read and validate a playbook; its name is the file's.

    Raises:
        PlaybookError: `file:line:`, what is wrong, and the nearest right name.
    """
    try:
        with path.open("rb") as file:
            body = file.read(SIZE_LIMIT + 1)
        text = body.decode("utf-8-sig")
    except OSError as error:
        raise PlaybookError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise PlaybookError(f"{path}:{line}: not UTF-8 text") from error
    if len(body) > SIZE_LIMIT:
        raise PlaybookError(f"{path}:1: larger than {SIZE_LIMIT:,} bytes; no playbook is")
    return parse_playbook(text, name=path.stem, where=str(path), checks=checks)


def parse_playbook(text: str, *, name: str, where: str, checks: Mapping[str, Check]) -> Playbook:
    """The playbook of that text; `where` begins every error.

    Raises:
        PlaybookError: As `read_playbook`.
    """
    try:
        return _playbook(read_marked(text), name=name, checks=checks)
    except LineError as error:
        raise PlaybookError(f"{where}:{error.line}: {error}") from error


def _playbook(document: Marked, *, name: str, checks: Mapping[str, Check]) -> Playbook:
    if not isinstance(document.value, dict):
        raise LineError(document.line, "a playbook has the keys says, watch and sections")
    shape = playbook_shape(document)
    read = [
        _read(step, section=section.title, checks=checks)
        for section, marked in zip(shape.sections, _parts(document.value["sections"]), strict=True)
        for step in _parts(marked.part("steps"))
    ]
    _hold_together(read)
    steps = tuple(each.step for each in read)
    return Playbook(name=name, says=shape.says, steps=steps, watch=_watch(shape.watch))


def _parts(marked: Marked | None) -> list[Marked]:
    return marked.value if marked and isinstance(marked.value, list) else []


def _watch(shape: WatchShape) -> WatchRule:
    return WatchRule(
        every_seconds=shape.every,
        window_seconds=shape.window,
        good_windows=shape.good_windows,
        rows=shape.rows,
        share=shape.share,
    )


def _read(marked: Marked, *, section: str, checks: Mapping[str, Check]) -> _Read:
    shape = step_shape(marked)
    written = marked.part("when")
    condition, references = read_condition(written) if written else (None, ())
    step = _step(shape, marked, section=section, when=condition, checks=checks)
    return _Read(step=step, line=marked.line_of(("key",)), references=references)


def _step(
    shape: StepShape, marked: Marked, *, section: str, when: Condition | None,
    checks: Mapping[str, Check],
) -> Step:  # fmt: skip
    if isinstance(shape, CheckShape):
        check = _known_check(shape, marked, checks)
        says = shape.says or check.question
        return Step(
            key=shape.key, kind="check", says=says, section=section, check=check.name,
            args=dict(shape.with_), when=when,
        )  # fmt: skip
    if isinstance(shape, AskShape):
        return Step(
            key=shape.key, kind="ask", says=shape.ask, section=section,
            options=_options(shape, marked), who=shape.who, when=when,
        )  # fmt: skip
    return Step(
        key=shape.key, kind="do", says=shape.do, section=section, who=shape.who,
        action=_known_action(shape, marked), when=when,
    )  # fmt: skip


def _known_check(shape: CheckShape, marked: Marked, checks: Mapping[str, Check]) -> Check:
    if shape.check not in checks:
        near = nearest(shape.check, checks)
        raise LineError(marked.line_of(("check",)), f"no check {shape.check!r}{near}")
    check = checks[shape.check]
    for name, value in shape.with_.items():
        line = marked.line_of(("with", name))
        argument = check.arguments.get(name)
        if argument is None:
            near = nearest(name, check.arguments) or "; it takes none"
            raise LineError(line, f"{check.name} has no argument {name!r}{near}")
        if not _fits(value, argument.kind):
            kind = _KIND_WORDS[argument.kind]
            raise LineError(line, f"{check.name}: {name} should be {kind}, is {_shown(value)}")
    return check


_KIND_WORDS: dict[type, str] = {
    bool: "true or false", int: "a whole number", float: "a number", str: "text",
}  # fmt: skip


def _fits(value: object, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is kind


def _shown(value: object) -> str:
    if value is None:
        return "empty"
    return "a list" if isinstance(value, list | dict) else repr(value)[:60]


def _options(shape: AskShape, marked: Marked) -> tuple[str, ...]:
    for place, option in enumerate(shape.options):
        if option in shape.options[:place]:
            raise LineError(marked.line_of(("options", place)), f"the option {option!r} is twice")
    return tuple(shape.options)


def _known_action(shape: DoShape, marked: Marked) -> str | None:
    if shape.action is not None and shape.action not in ACTIONS:
        near = nearest(shape.action, ACTIONS)
        raise LineError(marked.line_of(("action",)), f"no action {shape.action!r}{near}")
    return shape.action


def _hold_together(read: list[_Read]) -> None:
    """Every key once; conditions look back, at steps that exist and words they can end in."""
    lines: dict[str, int] = {}
    for each in read:
        if each.step.key in lines:
            first = lines[each.step.key]
            raise LineError(each.line, f"the step {each.step.key!r} exists at line {first} already")
        lines[each.step.key] = each.line
    for each in read:
        for reference in each.references:
            if reference.step not in lines:
                near = nearest(reference.step, lines)
                raise LineError(reference.line, f"no step {reference.step!r}{near}")
    loop = find_loop({
        each.step.key: tuple(reference.step for reference in each.references) for each in read
    })  # fmt: skip
    if loop:
        path = " → ".join(loop)
        raise LineError(lines[loop[0]], f"the conditions go round in a loop: {path}")
    seen: dict[str, Step] = {}
    for each in read:
        for reference in each.references:
            _looks_back(reference, seen)
        seen[each.step.key] = each.step


def _looks_back(reference: Reference, seen: Mapping[str, Step]) -> None:
    step = seen.get(reference.step)
    if step is None:
        raise LineError(
            reference.line, f"the step {reference.step!r} comes later; conditions look back"
        )
    words = outcomes(step)
    if reference.word not in words:
        near = nearest(reference.word, words)
        raise LineError(reference.line, f"{step.key!r} never ends in {reference.word!r}{near}")


def outcomes(step: Step) -> tuple[str, ...]:
    """The words that a condition may hold a step against."""
    if step.kind == "check":
        return ("suspect", "clear", "unknown", "skipped")
    if step.kind == "ask":
        return (*step.options, "answered", "skipped")
    return ("done", "skipped")
