"""How far an incident has come with its playbook."""

from collections.abc import Iterable

from bot.incident import AllOf, AnyOf, Cause, Condition, Incident, Is, Not, Playbook, Step
from bot.incident.causes import in_words

ENDED = frozenset({"suspect", "clear", "unknown", "answered", "done", "skipped"})
"""The states a step does not leave by itself."""

_ROUNDING = 1e-9
"""Confidences are sums of floats; 0.3 + 0.2 should reach 0.5."""


def holds(condition: Condition, incident: Incident) -> bool | None:
    """Whether a condition holds; None while a step it asks about, or the ranking, is to come."""
    match condition:
        case Is():
            return _is(condition, incident)
        case Cause():
            return _leads(condition, incident)
        case AllOf(parts=parts):
            return _every(holds(part, incident) for part in parts)
        case AnyOf(parts=parts):
            none_does = _every(_opposite(holds(part, incident)) for part in parts)
            return _opposite(none_does)
        case Not(part=part):
            return _opposite(holds(part, incident))


def _is(condition: Is, incident: Incident) -> bool | None:
    progress = incident.progress.get(condition.step)
    if progress is None or progress.state not in ENDED:
        return None
    if progress.state == "answered" and progress.says.casefold() == condition.word.casefold():
        return True
    return progress.state == condition.word


def _leads(condition: Cause, incident: Incident) -> bool | None:
    """The causes count together: two that cannot be told apart share their confidence."""
    diagnosis = incident.diagnosis
    if diagnosis is None:
        return None
    if diagnosis.best is None:
        return False
    if not condition.causes:
        return diagnosis.best.confidence >= condition.at_least
    if diagnosis.best.cause not in condition.causes:
        return False
    together = sum(
        hypothesis.confidence
        for hypothesis in diagnosis.hypotheses
        if hypothesis.cause in condition.causes
    )
    return together + _ROUNDING >= condition.at_least


def _every(parts: Iterable[bool | None]) -> bool | None:
    found = list(parts)
    if False in found:
        return False
    return None if None in found else True


def _opposite(found: bool | None) -> bool | None:  # noqa: FBT001 - it is the value itself
    return None if found is None else not found


def has_ended(step: Step, incident: Incident) -> bool:
    """Whether a step has its verdict, its answer, or was done or skipped."""
    progress = incident.progress.get(step.key)
    return progress is not None and progress.state in ENDED


def is_due(step: Step, incident: Incident) -> bool:
    """Whether a step waits to be taken now: it has not ended and its condition holds."""
    if has_ended(step, incident):
        return False
    return step.when is None or holds(step.when, incident) is True


def next_step(playbook: Playbook, incident: Incident) -> Step | None:
    """The first step whose turn it is; None when nothing is left that can be done now."""
    return next((step for step in playbook.steps if is_due(step, incident)), None)


def words(step: Step) -> str:
    """A step in one line, with who it falls to."""
    if step.kind == "check":
        return f"Check: {step.says}"
    verb = "Ask" if step.kind == "ask" else "Do"
    return f"{verb} ({_who(step)}): {step.says}"


def _who(step: Step) -> str:
    who = step.who or "lead"
    return who if who.startswith("@") else f"the {who}"


def condition_words(condition: Condition) -> str:
    """A condition as a person would say it."""
    match condition:
        case Is(step=step, word=word):
            return f"{step} is {word}"
        case Cause(causes=causes, at_least=at_least):
            names = " or ".join(in_words(cause) for cause in causes)
            sure = f" with {at_least:.0%} or more" if at_least else ""
            return f"the leading cause is {names}{sure}" if causes else f"a cause leads{sure}"
        case AllOf(parts=parts):
            return " and ".join(_grouped(part) for part in parts)
        case AnyOf(parts=parts):
            return " or ".join(_grouped(part) for part in parts)
        case Not(part=part):
            return f"not ({condition_words(part)})"


def _grouped(condition: Condition) -> str:
    inner = condition_words(condition)
    return f"({inner})" if isinstance(condition, AllOf | AnyOf) else inner
