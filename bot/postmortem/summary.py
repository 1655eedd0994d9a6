"""One paragraph for somebody who reads nothing else."""

from collections.abc import Iterator
from datetime import datetime

from bot.incident import Incident
from bot.incident.causes import in_words
from bot.incident.narration import figure
from bot.postmortem.course import Course
from bot.postmortem.evidence import cause_of
from bot.postmortem.impact import SHAPES, extra_errors, rows_served, stamp
from bot.render import clock, duration, number, percent


def summary_of(incident: Incident, course: Course) -> str:
    """What happened, why, what was done, and whether it is over."""
    return " ".join(
        (*_happened(incident, course), *_noticed(incident, course), *_why(incident, course),
         *_done(incident, course), *_cost(course), *_over(incident, course))
    )  # fmt: skip


def _happened(incident: Incident, course: Course) -> Iterator[str]:
    diagnosis = course.diagnosis
    model = incident.model or "a model that nobody named"
    metric = incident.key.metric or "the metric"
    if diagnosis is None:
        yield f"An alert about {metric} of {model} opened this incident; it was not diagnosed."
    elif diagnosis.verdict == "healthy":
        yield f"The {metric} of {model} did not drop beyond what its history shows."
    elif diagnosis.verdict == "no_labels":
        yield f"There were too few labels to tell whether the {metric} of {model} dropped."
    else:
        before, now = figure(diagnosis.baseline.value), figure(diagnosis.current.value)
        yield f"The {diagnosis.metric} of {model} went from {before} to {now}."
    if course.onset is not None and not course.harmless:
        yield f"It began {SHAPES[course.onset.shape]} on {stamp(course.onset.time)}."


def _noticed(incident: Incident, course: Course) -> Iterator[str]:
    by = f"an alert from {incident.alert.sender}" if incident.alert else incident.opened_by.name
    waited = course.to_notice
    if waited is not None and waited.total_seconds() >= 0:
        yield f"It was noticed {duration(waited.total_seconds())} later, by {by}."
    else:
        yield f"It was noticed {_when(course.noticed, course)}, by {by}."


def _why(incident: Incident, course: Course) -> Iterator[str]:
    stated = str(cause_of(incident, course)["stated"])
    best = course.diagnosis.best if course.diagnosis else None
    if stated:
        yield f"The root cause: {_sentence(stated)}"
    elif best is not None and best.cause == "unknown":
        yield "The evidence fits no known cause well."
    elif best is not None and not course.harmless:
        says = f": {best.says}" if best.says else ""
        confidence = percent(best.confidence)
        yield _sentence(f"The most probable cause is {in_words(best.cause)} ({confidence}){says}")


def _done(incident: Incident, course: Course) -> Iterator[str]:
    if incident.lead is not None:
        yield f"{incident.lead.name} led the response."
    if incident.mitigation and course.mitigations:
        when = _when(course.mitigations[-1].at, course)
        yield f"It was mitigated {when}: {_sentence(incident.mitigation)}"


def _cost(course: Course) -> Iterator[str]:
    rows, _ = rows_served(course)
    if rows is None or course.harmless:
        return
    errors = extra_errors(course)
    more = f", with about {number(errors)} more errors than usual" if errors else ""
    span = duration(course.degraded.total_seconds())
    yield f"In {span} about {number(rows)} rows were served while degraded{more}."


def _over(incident: Incident, course: Course) -> Iterator[str]:
    if course.recovered is not None:
        when = _when(course.recovered.at, course)
        yield f"The metric was shown to have recovered {when}."
    if incident.is_open:
        yield "The incident is still open."


def _when(moment: datetime, course: Course) -> str:
    """With its date where the day is not the one that it all began on."""
    if moment.date() == course.began.date() and course.onset is not None:
        return f"at {clock(moment.isoformat())}"
    return f"on {stamp(moment)}"


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."
