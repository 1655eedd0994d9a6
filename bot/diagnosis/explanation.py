"""Why the first cause is first: what was added up for each, on one screen."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.checks.words import percent, portion
from bot.diagnosis.calibration import calibration
from bot.diagnosis.candidate import BASE, CAP, Candidate, Contribution
from bot.diagnosis.conclude import conclude
from bot.diagnosis.neighbours import questions
from bot.diagnosis.rank import candidates, outside
from bot.diagnosis.writing import headline, measured
from bot.errors import RequestError
from bot.incident import Diagnosis, Finding, Hypothesis
from bot.incident.causes import in_words
from bot.settings import nearest

if TYPE_CHECKING:
    from bot.profile import Evidence

SHOWN = 3
"""Causes that are explained when none is named."""

LINES = 6
"""Findings a cause; what is left out is counted."""

WIDE = 110


def explain(evidence: "Evidence", findings: Sequence[Finding], *, cause: str | None = None) -> str:
    """The verdict, then each cause: its log-odds, finding by finding, and what would settle it.

    Raises:
        RequestError: There is no such cause, or the evidence never speaks for it.
    """
    diagnosis = conclude(evidence, findings)
    ranked = candidates(evidence, diagnosis.findings)
    lines = [headline(diagnosis), *measured(diagnosis)]
    lines += _together(diagnosis) if cause is None else ()
    wanted = _wanted(ranked, cause)
    for place, one in enumerate(wanted, start=ranked.index(wanted[0]) + 1):
        lines += ["", *_cause(evidence, place, one, ranked, diagnosis)]
    if cause is None:
        lines += ["", *_rest(diagnosis, ranked, outside(evidence, diagnosis.findings))]
    return "\n".join(lines) + "\n"


def _together(diagnosis: Diagnosis) -> Iterator[str]:
    """Of two causes that act beside each other, the part of the fall that is known to be theirs."""
    parts = [
        f"{in_words(one.cause)} ({portion(one.share)} of the extra errors lie in its rows)"
        for one in diagnosis.hypotheses
        if one.share is not None
    ]
    if parts:
        yield f"two causes may act together: {' and '.join(parts)}"


def _wanted(ranked: Sequence[Candidate], cause: str | None) -> Sequence[Candidate]:
    if cause is None:
        return ranked[:SHOWN]
    found = [candidate for candidate in ranked if candidate.cause == cause]
    if not found:
        raise RequestError(
            f"{cause!r} is no cause that evidence is weighed for"
            f"{nearest(cause, [candidate.cause for candidate in ranked])}"
        )
    return found


def _cause(
    evidence: "Evidence", place: int, one: Candidate, ranked: Sequence[Candidate],
    diagnosis: Diagnosis,
) -> Iterator[str]:  # fmt: skip
    of = f" of {one.feature}" if one.feature else ""
    yield f"{place}. {in_words(one.cause)}{of}{_believed(one, diagnosis.hypotheses)}"
    yield _line(BASE + one.declared.prior, "beforehand, for a cause of its kind")
    told = one.contributions[:LINES]
    for contribution in told:
        yield _line(contribution.weight if contribution.counted else None, _reason(contribution))
    if len(one.contributions) > len(told):
        yield _line(None, f"… and {len(one.contributions) - len(told)} findings that say less")
    summed = sum(c.weight for c in one.contributions if c.counted)
    capped = f", no pile of evidence counts for more than {CAP:g}" if abs(summed) > CAP else ""
    yield _line(one.odds, f"log-odds{capped}; `unknown` has {calibration().unknown:+.1f}")
    for question in questions(evidence, one, ranked):
        yield f"          would settle it: {question}"


def _believed(one: Candidate, hypotheses: Sequence[Hypothesis]) -> str:
    found = next((h for h in hypotheses if h.cause == one.cause), None)
    return "" if found is None else f": {percent(found.confidence)}"


def _line(weight: float | None, words: str) -> str:
    figure = "" if weight is None else f"{weight:+.1f}"
    return f"  {figure:>6}  {words}"


def _reason(one: Contribution) -> str:
    """The finding, and why it is worth what it is."""
    found = one.finding
    says = found.says if len(found.says) <= WIDE else found.says[: WIDE - 1].rstrip() + "…"
    parts = []
    if one.strong < 1:
        parts.append(f"strength {found.movement:.1f}")
    if one.share < 1:
        parts.append("its rows hold few of the extra errors")
    if one.timing < 1:
        parts.append("it begins at another time" if found.since else "since when is not known")
    if not one.counted:
        parts.append("another finding of the same check says more")
    if one.why and one.weight:
        parts.append(one.why)
    tail = f" ({'; '.join(parts)})" if parts else ""
    return f"{found.id} {found.check}: {says}{tail}"


def _rest(diagnosis: Diagnosis, ranked: Sequence[Candidate], beyond: Candidate) -> Iterator[str]:
    """What is not told in full, and what belief is left for the unknown."""
    left = next((h.confidence for h in diagnosis.hypotheses if h.cause == "unknown"), 0.0)
    others = ", ".join(f"{in_words(one.cause)} {one.odds:+.1f}" for one in ranked[SHOWN:8])
    yield f"unknown: {percent(left)}. Less likely, by log-odds: {others}"
    for contribution in beyond.contributions[:LINES] if beyond.odds else ():
        yield _line(contribution.weight if contribution.counted else None, _reason(contribution))
    scale = calibration()
    yield (
        f"Confidence is the share of exp(log-odds / {scale.temperature:.2g}), fitted on"
        f" {scale.cases} development cases."
    )
