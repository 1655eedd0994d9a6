"""What a post-mortem still lacks."""

from collections.abc import Iterator

from bot.incident import Finding, Incident, Playbook
from bot.incident.causes import in_words
from bot.incident.timeline import StepMoved
from bot.postmortem.course import Course
from bot.render import percent


def open_points_of(
    incident: Incident, course: Course, findings: tuple[Finding, ...], playbook: Playbook | None
) -> tuple[str, ...]:
    """Every open point in a sentence; none when the document is complete."""
    return (
        *_cause(incident, course),
        *_course(incident, course),
        *_actions(incident),
        *_questions(incident, course, playbook),
        *_unknown(findings),
    )


def _cause(incident: Incident, course: Course) -> Iterator[str]:
    if incident.model is None:
        yield "Nobody said which model it is."
    if incident.cause.strip():
        return
    best = course.diagnosis.best if course.diagnosis else None
    if best is None:
        yield "No root cause is stated, and no causes were ranked."
    elif best.cause == "unknown":
        yield "No root cause is stated, and the evidence fits no known cause well."
    else:
        confidence = percent(best.confidence)
        yield (
            f"No root cause is stated; {in_words(best.cause)} is the most probable one"
            f" ({confidence})."
        )


def _course(incident: Incident, course: Course) -> Iterator[str]:
    if incident.is_open:
        yield f"The incident is not resolved; its status is {incident.status}."
    if course.harmless:
        return
    if course.onset is None:
        yield "Since when the metric was degraded is not known; durations start at the alert."
    if not course.mitigations:
        yield "No mitigation is recorded."
    if course.recovered is None:
        yield "That the metric recovered was not shown by readings."
    if incident.lead is None:
        yield "Nobody took the lead."


def _actions(incident: Incident) -> Iterator[str]:
    if not incident.actions:
        yield "No action item is written down."
    for item in incident.actions:
        if item.done_at:
            continue
        if item.owner is None:
            yield f"Action item {item.number} has no owner: {item.says}"
        if item.due is None:
            yield f"Action item {item.number} has no due date: {item.says}"


def _questions(incident: Incident, course: Course, playbook: Playbook | None) -> Iterator[str]:
    """Questions without an answer: of the playbook where it is at hand, else those begun."""
    titles = {
        entry.fact.step: entry.fact.title
        for entry in course.entries
        if isinstance(entry.fact, StepMoved)
    }
    if playbook is None:
        for key, progress in incident.progress.items():
            if progress.state in {"running", "waiting"}:
                yield f"Begun and not finished: {titles.get(key, key)}"
        return
    for step in playbook.steps:
        found = incident.progress.get(step.key)
        begun = found is not None and found.state in {"running", "waiting"}
        if step.kind == "ask" and (begun or (found is None and step.when is None)):
            yield f"Nobody answered: {step.says}"
        elif step.kind == "do" and begun and found is not None:
            yield f"{found.by} began and did not finish: {step.says}"


def _unknown(findings: tuple[Finding, ...]) -> Iterator[str]:
    for finding in findings:
        if finding.verdict == "unknown":
            yield f"{finding.check} could not be answered: {finding.says}"
