"""Candidates as hypotheses: shares of belief, the segments, the change, and what to do."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.checks.words import when
from bot.diagnosis.calibration import calibration
from bot.diagnosis.candidate import BASE, Candidate
from bot.diagnosis.neighbours import questions
from bot.diagnosis.remedies import ASK, WAIT, remedies, share_of
from bot.diagnosis.segments import segments_of
from bot.incident import Action, Finding, Hypothesis

if TYPE_CHECKING:
    from bot.profile import Evidence

SHOWN = 5
LEAST = 0.005
DOUBT = 30.0
"""A defect without harm takes this little of the belief in `healthy`: one part of it."""
EITHER = 0.02
"""The part of the belief in no harm that the other of `healthy` and `seasonality` gets."""
SAME = 1.3
"""Two causes that hold more than this many times the extra errors hold the same ones."""
WHOLE = 0.9
"""Where the first cause holds this part of the extra errors, hardly any is left to explain."""
HARMLESS = 2.0
"""Where the metric did not fall, no defect is weighed higher than this."""


def stated(
    evidence: "Evidence", findings: Sequence[Finding], ranked: Sequence[Candidate],
    beside: Sequence[Candidate], outside: Candidate,
) -> tuple[Hypothesis, ...]:  # fmt: skip
    """The likeliest causes and `unknown`, their shares adding up to one at most.

    The belief in the first is that among all; what is left of it goes to the others by what they
    have beside it.
    """
    odds = [candidate.odds for candidate in ranked]
    shares, left = calibration().shares(odds, outside=outside.odds)
    first, rest = shares[0], sum(shares[1:])
    others, _ = calibration().shares([candidate.odds for candidate in beside[1:]])
    scale = min(rest / max(sum(others), 1e-12), first / max(*others, 1e-12))
    made = [
        _hypothesis(evidence, candidate, share, ranked)
        for candidate, share in zip(
            beside[:SHOWN], [first, *(scale * other for other in others)], strict=False
        )
    ]
    if act_together(beside):
        made[:2] = [
            replace(one, share=share_of(candidate))
            for one, candidate in zip(made[:2], beside[:2], strict=True)
        ]
    made = [one for place, one in enumerate(made) if one.confidence >= LEAST or place < 2]
    unknown = _outside(evidence, findings, ranked, outside, left)
    return tuple(sorted([*made, unknown], key=lambda one: -one.confidence))


def act_together(beside: Sequence[Candidate]) -> bool:
    """Whether a second cause has more for it, beside the first, than that there is none.

    Two that hold the same errors are one that is seen twice, and one that holds nearly all of them
    leaves none to another, of which nobody knows how many it holds.
    """
    if len(beside) < 2 or not beside[1].evidence or beside[1].odds <= 0:
        return False
    first, second = (share_of(one) for one in beside[:2])
    if second is None:
        return first is None or first < WHOLE
    return (first or 0.0) + second <= SAME


def _outside(
    evidence: "Evidence", findings: Sequence[Finding], ranked: Sequence[Candidate],
    outside: Candidate, left: float,
) -> Hypothesis:  # fmt: skip
    """`unknown`, with what speaks for a fault that has no name, where something does.

    Where the extra errors sit is known, though not why.
    """
    place = evidence.where_wrong
    says, leading = "something that no check asks about", outside.leading
    if outside.odds and leading is not None:
        says = f"none of the known causes: {leading.says}"
    elif not _any(ranked):
        says = "nothing that was looked at accounts for the fall"
    return Hypothesis(
        cause="unknown", confidence=round(left, 4), says=says,
        features=tuple(
            leading.subject[key] for key in ("feature", "other") if key in leading.subject
        ) if outside.odds and leading is not None else (),
        segments=place.segments if place is not None else (),
        since=leading.since if outside.odds and leading is not None else None,
        change=outside.named.subject["change"] if outside.odds and outside.named else None,
        evidence=tuple(f.id for f in outside.evidence[:6]) if outside.odds else (),
        against=tuple(f.id for f in ranked[0].evidence[:2]),
        missing=tuple(dict.fromkeys(f.says for f in findings if f.verdict == "unknown"))[:6],
        actions=(ASK,),
    )  # fmt: skip


def harmless(
    evidence: "Evidence", findings: Sequence[Finding], ranked: Sequence[Candidate]
) -> tuple[Hypothesis, ...]:
    """`healthy`, then what speaks for a defect that does no harm yet."""
    scale = calibration()
    clear = tuple(f.id for f in findings if f.verdict == "clear" and f.check.startswith("metric."))
    odds = [candidate.odds for candidate in ranked]
    doubt = sum(
        math.exp(min(candidate.odds / scale.temperature, HARMLESS))
        for candidate in ranked[:3] if candidate.evidence
    )  # fmt: skip
    sure = scale.surest / (1 + doubt / DOUBT)
    shares, left = scale.shares(odds[:2])
    rest = (0.98 - sure) / scale.surest
    made = [
        _hypothesis(evidence, candidate, rest * share, ranked)
        for candidate, share in zip(ranked, shares, strict=False)
    ]
    made.append(
        Hypothesis(
            cause="unknown", confidence=round(rest * left, 4),
            says="a fall that is too small or too young to be seen",
            actions=(Action(kind="ask", says="ask who reported the drop what they saw"),),
        )
    )  # fmt: skip
    first, other = _benign(evidence, findings, sure, clear, ranked)
    return (first, *sorted([*made, other], key=lambda one: -one.confidence))


def _benign(
    evidence: "Evidence", findings: Sequence[Finding], sure: float, clear: tuple[str, ...],
    ranked: Sequence[Candidate],
) -> tuple[Hypothesis, Hypothesis]:  # fmt: skip
    """`healthy` or `seasonality`, and the other of the two: neither asks for more than to wait."""
    season, grid = evidence.windows.season, evidence.grid
    cycles = [f for f in findings if f.check == "metric.season" and f.verdict == "suspect"]
    says = "the metric is where its history says it should be; nothing harmful happened"
    if season is not None:
        says = (
            f"the metric is lower since {when(grid.time(season.bucket))}, and was as low at the"
            f" same phase of earlier days or weeks in {grid.days:.3g} days of history"
        )
    elif cycles:
        says = cycles[0].says
    seasonal = season is not None or bool(cycles)
    other = Hypothesis(
        cause="healthy" if seasonal else "seasonality", confidence=round(sure * EITHER, 4),
        says="a low that is no more than chance" if seasonal
        else "a course of days or weeks too faint to be seen",
        actions=(WAIT,),
    )  # fmt: skip
    first = Hypothesis(
        cause="seasonality" if seasonal else "healthy", confidence=round(sure * (1 - EITHER), 4),
        says=says, evidence=(*(f.id for f in cycles), *clear),
        against=tuple(f.id for f in ranked[0].evidence[:2]), actions=(WAIT,),
    )  # fmt: skip
    return first, other


def _any(ranked: Sequence[Candidate]) -> bool:
    return bool(ranked) and ranked[0].odds > BASE + 1


def _hypothesis(
    evidence: "Evidence", candidate: Candidate, confidence: float, ranked: Sequence[Candidate]
) -> Hypothesis:
    declared, leading, change = candidate.declared, candidate.leading, candidate.named
    segments = segments_of(evidence, candidate)
    says = leading.says if leading is not None else f"nothing speaks for {declared.cause} yet"
    missing = [*questions(evidence, candidate, ranked), *candidate.missing]
    return Hypothesis(
        cause=declared.cause, confidence=round(confidence, 4), says=says,
        features=(candidate.feature,) if candidate.feature else (),
        segments=segments, since=leading.since if leading else None,
        change=change.subject["change"] if change else None,
        evidence=tuple(f.id for f in candidate.evidence[:6]),
        against=tuple(f.id for f in candidate.against[:4]),
        missing=tuple(dict.fromkeys(missing))[:4],
        actions=remedies(evidence, candidate, segments),
    )  # fmt: skip
