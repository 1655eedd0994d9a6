"""What was found, which causes were weighed, and what each rests on."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from bot.incident import Entry, Finding, Hypothesis, Incident
from bot.incident.causes import CAUSES, in_words
from bot.incident.timeline import StepMoved
from bot.postmortem.course import Course
from bot.postmortem.impact import stamp
from bot.render import number, percent

_A_MOMENT = 1e9
"""2001-09-09 in seconds since 1970; checks hand over the ends of an interval of time so."""

RULED_OUT = 0.05
"""Below this confidence a cause counts as ruled out."""


def all_findings(incident: Incident, course: Course) -> tuple[Finding, ...]:
    """The findings of the diagnosis, numbered, and those of checks it did not hold."""
    numbered = course.diagnosis.findings if course.diagnosis else ()
    known = {finding.check for finding in numbered}
    return (*numbered, *(each for each in incident.findings if each.check not in known))


def findings_of(findings: Sequence[Finding]) -> dict[str, object]:
    """Suspect findings first and strongest first, then the clear and the unknown ones."""
    suspect = [finding for finding in findings if finding.verdict == "suspect"]
    suspect.sort(key=lambda finding: -finding.strength)
    blamed = {finding.check for finding in suspect}
    clear: dict[str, list[str]] = {}
    for finding in findings:
        if finding.verdict == "clear" and finding.check not in blamed:
            clear.setdefault(finding.check, []).append(finding.says)
    return {
        "suspect": [_in_full(finding) for finding in suspect],
        "clear": [{"check": check, "says": "; ".join(said)} for check, said in clear.items()],
        "unknown": [_in_short(each) for each in findings if each.verdict == "unknown"],
    }


def _in_short(finding: Finding) -> dict[str, object]:
    return {"check": finding.check, "says": finding.says}


def _in_full(finding: Finding) -> dict[str, object]:
    evidence = [strength(finding.strength)]
    if finding.rows:
        evidence.append(f"{number(finding.rows)} rows")
    if finding.since:
        evidence.append(f"since {stamp(finding.since)}")
    evidence += [f"{name} {value}" for name, value in finding.subject.items()]
    evidence += [f"{in_words(name)} {_figure(value)}" for name, value in finding.figures.items()]
    return {
        "id": finding.id,
        "check": finding.check,
        "says": finding.says,
        "evidence": evidence,
        "doubt": finding.doubt,
    }


def _figure(value: float) -> str:
    """A number to four digits; one that counts the seconds since 1970 as the moment it is."""
    if _A_MOMENT <= value < 4 * _A_MOMENT:
        return stamp(datetime.fromtimestamp(value, UTC))
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"


def strength(value: float) -> str:
    """The weight of a finding, in words and as it was counted."""
    words = "weak"
    for floor, word in ((1.0, "some"), (3.0, "strong"), (5.0, "very strong")):
        words = word if value >= floor else words
    return f"{words} evidence ({value:.1f})"


def answers_of(entries: Iterable[Entry]) -> list[dict[str, object]]:
    """What people answered, the last answer to each question."""
    found: dict[str, dict[str, object]] = {}
    for entry in entries:
        fact = entry.fact
        if isinstance(fact, StepMoved) and fact.state == "answered":
            found[fact.step] = {"asked": fact.title, "says": fact.says, "who": entry.by.name}
    return list(found.values())


def cause_of(incident: Incident, course: Course) -> dict[str, object]:
    """The root cause as it was stated, beside the one ranked first; and the other causes."""
    ranked = _ranked(course)
    stated = incident.cause.strip()
    named = stated.lower().replace(" ", "_")
    chosen = next((each for each in ranked if each.cause == named), None)
    leading = chosen or (ranked[0] if ranked else None)
    known = CAUSES.get(named)
    others = [each for each in ranked if each is not leading and each.cause != "unknown"]
    return {
        "stated": f"{in_words(named)} ({known.happened})" if known else stated,
        "place": "" if leading is None else _place(ranked.index(leading)),
        "leading": _hypothesis(leading, course) if leading else None,
        "others": [_hypothesis(each, course) for each in others],
    }


def _place(index: int) -> str:
    return "Most probable by the evidence" if index == 0 else f"Ranked {index + 1} by the evidence"


def _ranked(course: Course) -> tuple[Hypothesis, ...]:
    return course.diagnosis.hypotheses if course.diagnosis else ()


def _hypothesis(hypothesis: Hypothesis, course: Course) -> dict[str, object]:
    by_id = {finding.id: finding for finding in course.diagnosis.findings if finding.id} if (
        course.diagnosis
    ) else {}  # fmt: skip
    return {
        "cause": in_words(hypothesis.cause),
        "confidence": percent(hypothesis.confidence),
        "ruled_out": hypothesis.confidence < RULED_OUT,
        "says": hypothesis.says,
        "change": hypothesis.change or "",
        "for": _said(hypothesis.evidence, by_id),
        "against": _said(hypothesis.against, by_id),
        "missing": list(hypothesis.missing),
    }


def _said(ids: Iterable[str], by_id: dict[str, Finding]) -> list[dict[str, object]]:
    return [{"id": each, "says": by_id[each].says} for each in ids if each in by_id]
