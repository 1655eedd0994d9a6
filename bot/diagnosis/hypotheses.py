"""Candidates as hypotheses: shares of belief, the segments, the change, and what to do."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.checks.words import when
from bot.diagnosis.candidate import BASE, Candidate
from bot.diagnosis.segments import segments_of
from bot.incident import Action, Finding, Hypothesis, Overall

if TYPE_CHECKING:
    from bot.profile import Evidence

SHOWN = 5
LEAST = 0.005
SURE = 0.97
"""No ranking is surer than this: something that no check asks about may be the cause."""


def stated(
    evidence: "Evidence", findings: Sequence[Finding], ranked: Sequence[Candidate],
    *, verdict: Overall,
) -> tuple[Hypothesis, ...]:  # fmt: skip
    """The likeliest causes and `unknown`, their shares adding up to one at most."""
    del verdict
    weights = [math.exp(candidate.odds) for candidate in ranked]
    whole = sum(weights) + 1.0
    made = [
        _hypothesis(evidence, candidate, SURE * weight / whole)
        for candidate, weight in zip(ranked[:SHOWN], weights, strict=False)
    ]
    made = [one for place, one in enumerate(made) if one.confidence >= LEAST or place < 2]
    left = Hypothesis(
        cause="unknown", confidence=round(SURE / whole + 1e-9, 4),
        says="nothing that was looked at accounts for the fall" if not _any(ranked)
        else "something that no check asks about",
        against=tuple(f.id for f in ranked[0].evidence[:2]),
        missing=tuple(dict.fromkeys(f.says for f in findings if f.verdict == "unknown"))[:6],
        actions=(Action(kind="ask", says="ask the experts what else happened about the onset"),),
    )  # fmt: skip
    return tuple(sorted([*made, left], key=lambda one: -one.confidence))


def harmless(
    evidence: "Evidence", findings: Sequence[Finding], ranked: Sequence[Candidate]
) -> tuple[Hypothesis, ...]:
    """`healthy`, then what speaks for a defect that does no harm yet."""
    clear = tuple(f.id for f in findings if f.verdict == "clear" and f.check.startswith("metric."))
    doubt = sum(math.exp(min(c.odds, 2.0)) for c in ranked[:3] if c.evidence) / 30
    sure = SURE / (1 + doubt)
    made = [_benign(evidence, findings, sure, clear, ranked)]
    rest = 0.98 - sure
    weights = [math.exp(c.odds) for c in ranked[:2]]
    whole = sum(weights) + 1.0
    made += [
        _hypothesis(evidence, c, rest * w / whole) for c, w in zip(ranked[:2], weights, strict=True)
    ]
    made.append(
        Hypothesis(
            cause="unknown", confidence=round(rest / whole, 4),
            says="a fall that is too small or too young to be seen",
            actions=(Action(kind="ask", says="ask who reported the drop what they saw"),),
        )
    )  # fmt: skip
    return (made[0], *sorted(made[1:], key=lambda one: -one.confidence))


def _benign(
    evidence: "Evidence", findings: Sequence[Finding], sure: float, clear: tuple[str, ...],
    ranked: Sequence[Candidate],
) -> Hypothesis:  # fmt: skip
    season, grid = evidence.windows.season, evidence.grid
    cycles = [f for f in findings if f.check == "metric.season" and f.verdict == "suspect"]
    says = "the metric is where its history says it should be; nothing harmful happened"
    if season is not None:
        says = (
            f"the metric is lower since {when(grid.time(season.bucket))}, and was as low at the"
            f" same phase of earlier weeks in {grid.days:.3g} days of history"
        )
    elif cycles:
        says = cycles[0].says
    return Hypothesis(
        cause="seasonality" if season is not None or cycles else "healthy",
        confidence=round(sure, 4), says=says,
        evidence=(*(f.id for f in cycles), *clear),
        against=tuple(f.id for f in ranked[0].evidence[:2]),
        actions=(Action(kind="wait", says="wait, and keep watching"),),
    )  # fmt: skip


def _any(ranked: Sequence[Candidate]) -> bool:
    return bool(ranked) and ranked[0].odds > BASE + 1


def _hypothesis(evidence: "Evidence", candidate: Candidate, confidence: float) -> Hypothesis:
    declared, leading = candidate.declared, candidate.leading
    segments = segments_of(evidence, candidate)
    change = next((f for f in candidate.evidence if f.check == "changes.recent"), None)
    what = candidate.feature or _what(candidate, segments) or "what changed at the onset"
    if declared.action == "rollback" and change is not None:
        what = f"{change.subject['change']} ({change.says.partition(': ')[2].partition(' at ')[0]})"
    says = leading.says if leading is not None else f"nothing speaks for {declared.cause} yet"
    missing = (
        [*candidate.missing, *declared.twins.values()] if declared.twins else candidate.missing
    )
    return Hypothesis(
        cause=declared.cause, confidence=round(confidence, 4), says=says,
        features=(candidate.feature,) if candidate.feature else (),
        segments=segments, since=leading.since if leading else None,
        change=change.subject["change"] if change else None,
        evidence=tuple(f.id for f in candidate.evidence[:6]),
        against=tuple(f.id for f in candidate.against[:4]),
        missing=tuple(dict.fromkeys(missing))[:4],
        actions=(Action(kind=declared.action, says=declared.advice.format(what=what)),),
    )  # fmt: skip


def _what(candidate: Candidate, segments: tuple[dict[str, str], ...]) -> str:
    subject = candidate.leading.subject if candidate.leading else {}
    if "version" in subject:
        return f"version {subject['version']}"
    return " or ".join(" and ".join(f"{k} {v}" for k, v in s.items()) for s in segments)
