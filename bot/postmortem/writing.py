"""The post-mortem: plain values from the store, rendered twice, as Markdown and as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.incident import ActionItem, Entry, Incident, Playbook, Reading
from bot.incident.narration import figure
from bot.postmortem.chart import chart_of
from bot.postmortem.course import Course, course_of
from bot.postmortem.evidence import all_findings, answers_of, cause_of, findings_of
from bot.postmortem.history import history_of
from bot.postmortem.impact import impact_of, stamp, times_of
from bot.postmortem.lessons import as_lesson, lessons_of
from bot.postmortem.loose_ends import open_points_of
from bot.postmortem.summary import summary_of
from bot.render import Renderer, clock, day, number

MARKDOWN, HTML = "post-mortem.md.j2", "post-mortem.html.j2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Postmortem:
    """One document in two forms, and what it still lacks."""

    markdown: str
    html: str
    open_points: tuple[str, ...]


def write_postmortem(
    incident: Incident, timeline: Sequence[Entry], *, renderer: Renderer,
    playbook: Playbook | None = None,
) -> Postmortem:  # fmt: skip
    """Render an incident; the same entries give the same bytes, however often.

    With the `playbook` at hand its unanswered questions are open points too.

    Raises:
        RenderError: A template cannot be rendered.
    """
    course = course_of(incident, timeline)
    points = open_points_of(incident, course, all_findings(incident, course), playbook)
    values = _composed(incident, course, points)
    return Postmortem(
        markdown=renderer.render(MARKDOWN, values),
        html=renderer.render(HTML, values),
        open_points=points,
    )


def compose(
    incident: Incident, timeline: Sequence[Entry], *, playbook: Playbook | None = None
) -> dict[str, object]:
    """Everything the templates are given: text, numbers, lists and mappings."""
    course = course_of(incident, timeline)
    points = open_points_of(incident, course, all_findings(incident, course), playbook)
    return _composed(incident, course, points)


def _composed(incident: Incident, course: Course, points: tuple[str, ...]) -> dict[str, object]:
    findings = all_findings(incident, course)
    return {
        "title": incident.title,
        "facts": _facts(incident, course),
        "status": incident.status,
        "harmless": course.harmless,
        "summary": summary_of(incident, course),
        "impact": impact_of(incident, course),
        "times": times_of(course),
        "chart": chart_of(course),
        "detection": _detection(incident, course),
        "timeline": history_of(course),
        "many_days": course.many_days,
        "day": day(course.entries[0].at.isoformat()),
        "findings": findings_of(findings),
        "answers": answers_of(course.entries),
        "notes": _notes(incident),
        "cause": cause_of(incident, course),
        "mitigations": _mitigations(course),
        "readings": [_reading(reading) for reading in course.readings],
        "recovered": stamp(course.recovered.at) if course.recovered else "",
        "resolution": incident.resolution,
        "lessons": lessons_of(incident, course, findings),
        "actions": [_action(item) for item in incident.actions],
        "open_points": list(points),
    }


def _facts(incident: Incident, course: Course) -> list[dict[str, object]]:
    """The lines below the title."""
    where = ", ".join(f"{column} {value}" for column, value in incident.key.segment)
    lines = {
        "Incident": f"{incident.number} ({incident.id})",
        "Model": incident.model or "not known",
        "Metric": incident.key.metric or "not known",
        "Segment": where,
        "Severity": incident.severity,
        "Status": incident.status,
        "Opened": f"{stamp(incident.opened_at)} by {incident.opened_by.name}",
        "Resolved": stamp(course.resolved_at) if course.resolved_at else "",
        "Channel": f"#{incident.room_name}" if incident.room_name else "",
    }
    lines |= {role.capitalize(): person.name for role, person in sorted(incident.roles.items())}
    return [{"name": name, "value": value} for name, value in lines.items() if value]


def _detection(incident: Incident, course: Course) -> dict[str, object]:
    alert = incident.alert
    onset = course.onset
    if alert is None:
        how = f"{incident.opened_by.name} opened the incident; no monitor had fired."
    else:
        value = "" if alert.value is None else f" at {figure(alert.value)}"
        how = f"{alert.sender} fired on {stamp(alert.starts_at)}{value}: {alert.title}"
    return {
        "how": how,
        "link": alert.link if alert else None,
        "repeats": max(incident.firing - 1, 0),
        "cleared": incident.cleared,
        "onset": stamp(onset.time) if onset else "",
        "between": f"{stamp(onset.low)} and {stamp(onset.high)}" if onset else "",
    }


def _notes(incident: Incident) -> list[dict[str, object]]:
    """What people found; the lessons among their notes stand elsewhere."""
    return [
        {"at": stamp(note.at), "who": note.by.name, "says": note.says, "link": note.link}
        for note in incident.notes
        if as_lesson(note) is None
    ]


def _mitigations(course: Course) -> list[dict[str, object]]:
    return [
        {"at": stamp(entry.at), "who": entry.by.name, "says": getattr(entry.fact, "says", "")}
        for entry in course.mitigations
    ]


def _reading(reading: Reading) -> dict[str, object]:
    start, end = reading.at.isoformat(), reading.until.isoformat()
    verdict = {True: "good", False: "not good", None: "too few labels"}[reading.good]
    return {
        "window": f"{day(start)} {clock(start)} – {clock(end)}",
        "value": figure(reading.value),
        "rows": number(reading.rows),
        "floor": figure(reading.floor),
        "verdict": verdict,
    }


def _action(item: ActionItem) -> dict[str, object]:
    return {
        "number": item.number,
        "says": item.says,
        "owner": item.owner.name if item.owner else "",
        "due": item.due.isoformat() if item.due else "",
        "done": stamp(item.done_at) if item.done_at else "",
    }
