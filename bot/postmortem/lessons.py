"""What went well and what went badly: facts first, then what people wrote."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.incident import Entry, Finding, Incident, Note
from bot.incident.timeline import RoleTaken, StepMoved
from bot.postmortem.course import Course
from bot.render import duration

SOON_NOTICED = timedelta(hours=1)
SOON_LED = timedelta(minutes=15)

_WELL = ("well:", "went well:", "good:")
_BADLY = ("badly:", "went badly:", "bad:")
_CHECKED = frozenset({"suspect", "clear", "unknown"})

Lesson = tuple[bool, str]
"""Whether it went well, and what."""


def lessons_of(
    incident: Incident, course: Course, findings: tuple[Finding, ...]
) -> dict[str, list[dict[str, object]]]:
    """Both lists; a person's note that begins with `well:` or `badly:` joins them."""
    said: list[tuple[bool, str, str]] = [
        (well, words, "")
        for well, words in (
            *_noticed(incident, course), *_led(incident, course), *_checked(course, findings),
            *_mitigated(incident, course), *_ended(incident, course),
        )
    ]  # fmt: skip
    for note in incident.notes:
        lesson = as_lesson(note)
        if lesson:
            said.append((*lesson, note.by.name))
    return {
        "well": [{"says": words, "who": who} for well, words, who in said if well],
        "badly": [{"says": words, "who": who} for well, words, who in said if not well],
    }


def as_lesson(note: Note) -> Lesson | None:
    """The lesson in a note, if its first word says that it is one."""
    text = note.says.strip()
    for prefixes, well in ((_WELL, True), (_BADLY, False)):
        for prefix in prefixes:
            if text.lower().startswith(prefix):
                return well, text[len(prefix) :].strip()
    return None


def _noticed(incident: Incident, course: Course) -> Iterator[Lesson]:
    if incident.alert is None:
        yield False, f"{incident.opened_by.name} noticed it; no monitor did"
    waited = course.to_notice
    if waited is None or course.harmless:
        return
    words = duration(waited.total_seconds())
    if waited < timedelta():
        yield True, f"The alert came {words} before the onset that was found later"
    else:
        yield waited <= SOON_NOTICED, f"It was noticed {words} after the onset"


def _led(incident: Incident, course: Course) -> Iterator[Lesson]:
    took = next(
        (
            entry for entry in course.entries
            if isinstance(entry.fact, RoleTaken) and entry.fact.role == "lead"
        ),
        None,
    )  # fmt: skip
    if took is None or not isinstance(took.fact, RoleTaken):
        yield False, "Nobody took the lead"
        return
    waited = took.at - incident.opened_at
    words = duration(waited.total_seconds())
    yield waited <= SOON_LED, f"{took.fact.person.name} took the lead after {words}"


def _checked(course: Course, findings: tuple[Finding, ...]) -> Iterator[Lesson]:
    ended = [entry.at for entry in course.entries if _is_checked(entry)]
    if ended:
        span = duration(_since(course, ended[-1]).total_seconds())
        checks = "check was" if len(ended) == 1 else "checks were"
        yield True, f"{len(ended)} {checks} through {span} after the incident opened"
    unknown = sorted({finding.check for finding in findings if finding.verdict == "unknown"})
    if unknown:
        yield False, f"Could not be answered: {', '.join(unknown)}"


def _is_checked(entry: Entry) -> bool:
    return isinstance(entry.fact, StepMoved) and entry.fact.state in _CHECKED


def _since(course: Course, moment: datetime) -> timedelta:
    return moment - course.entries[0].at


def _mitigated(incident: Incident, course: Course) -> Iterator[Lesson]:
    count = len(course.mitigations)
    if count > 1:
        yield False, f"It took {count} mitigations"
    elif count == 1 and course.recovered is not None:
        yield True, "The first mitigation helped"
    if course.recovered is not None:
        yield True, "The recovery was measured, not assumed"
    elif not incident.is_open and not course.harmless:
        yield False, "It was resolved without proof that the metric had recovered"


def _ended(incident: Incident, course: Course) -> Iterator[Lesson]:
    del incident
    if course.reopened:
        times = "once" if len(course.reopened) == 1 else f"{len(course.reopened)} times"
        yield False, f"It was reopened {times}"
