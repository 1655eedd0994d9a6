"""The causes, best first: log-odds of what speaks for and against each, turned into shares."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.diagnosis.candidate import BASE, Candidate
from bot.diagnosis.causes import CAUSES
from bot.diagnosis.cited import cite_changes
from bot.diagnosis.declared import Declared, Sign
from bot.diagnosis.hypotheses import harmless, stated
from bot.incident import Finding, Hypothesis, Overall

if TYPE_CHECKING:
    from bot.profile import Evidence

CAP = 9.0
"""No pile of evidence is worth more than this."""

TEMPER = 0.75
"""Checks look at the same rows: what they say together is worth less than its sum."""


def rank(
    evidence: "Evidence", findings: Sequence[Finding], *, verdict: Overall
) -> tuple[Hypothesis, ...]:
    """The hypotheses, best first; their confidences add up to one at most."""
    if verdict == "healthy":
        return harmless(evidence, findings, candidates(evidence, findings))
    return stated(evidence, findings, candidates(evidence, findings), verdict=verdict)


def candidates(evidence: "Evidence", findings: Sequence[Finding]) -> list[Candidate]:
    """Every cause with its log-odds, the likeliest first; ties in the contract's order."""
    found = []
    for declared in CAUSES:
        rivals = [
            _weighed(evidence, declared, feature, findings)
            for feature in _features(declared, findings)
        ]
        found.append(max(rivals, key=lambda rival: rival.odds))
    cite_changes(evidence, found, findings)
    return sorted(found, key=lambda candidate: -candidate.odds)


def _features(declared: Declared, findings: Iterable[Finding]) -> list[str | None]:
    if not declared.by_feature:
        return [None]
    checks = {sign.check for sign in declared.signs if sign.most > 0}
    names = {
        finding.subject["feature"]: None
        for finding in findings
        if finding.check in checks and finding.verdict == "suspect" and "feature" in finding.subject
    }
    return list(names) or [None]


def _weighed(
    evidence: "Evidence", declared: Declared, feature: str | None, findings: Sequence[Finding]
) -> Candidate:
    made = Candidate(declared=declared, feature=feature, odds=BASE + declared.prior)
    added = 0.0
    weights: list[tuple[float, Finding]] = []
    for sign in declared.signs:
        for finding in findings:
            if finding.check != sign.check:
                continue
            weight = _weight(evidence, sign, finding, feature)
            if weight is None:
                continue
            weights.append((weight, finding))
    # One question counts once: the finding of each check that says most.
    for check in dict.fromkeys(sign.check for sign in declared.signs):
        mine = sorted((w for w in weights if w[1].check == check), key=lambda w: -abs(w[0]))
        if mine:
            added += max(w[0] for w in mine) if mine[0][0] > 0 else mine[0][0]
    for weight, finding in sorted(weights, key=lambda w: -abs(w[0])):
        if abs(weight) >= 0.3:
            (made.evidence if weight > 0 else made.against).append(finding)
    made.odds += max(-CAP, min(CAP, added))
    made.odds *= TEMPER
    made.missing = _missing(declared, findings)
    return made


def _weight(
    evidence: "Evidence", sign: Sign, finding: Finding, feature: str | None
) -> float | None:
    """What a finding adds to the log-odds; None where it is about something else."""
    if finding.verdict == "unknown":
        return None
    if finding.verdict == "clear":
        same = all(finding.subject.get(k, v) == v for k, v in sign.subject.items() if k == "part")
        return -sign.clear if sign.clear and feature is None and same else None
    if any(finding.subject.get(key) != value for key, value in sign.subject.items()):
        return None
    if any(finding.subject.get(key) == value for key, value in sign.without.items()):
        return None
    if feature is not None and finding.subject.get("feature", feature) != feature:
        return None
    weight = sign.most * min(finding.strength / 8.0, 1.0)
    if sign.reads in finding.figures and sign.most > 0:
        # A defect that holds none of the extra errors is a defect, but not this one's cause.
        part = finding.figures[sign.reads]
        weight *= min(max(part / 0.5, 0.0), 1.0) ** 0.5
    if sign.timed and sign.most > 0:
        weight *= fits(evidence, finding.since)
    return weight


def fits(evidence: "Evidence", since: datetime | None) -> float:
    """How well a beginning fits the onset: a cause may come a little before it, never after."""
    if since is None:
        return 0.6
    onset = evidence.onset_interval
    span = timedelta(days=evidence.grid.days)
    slack = max(timedelta(seconds=3 * evidence.grid.width), 0.02 * span)
    if onset.low - slack <= since <= onset.high + slack:
        return 1.0
    gap = (onset.low - since) if since < onset.low else (since - onset.high)
    fall = 0.1 * span if since < onset.low else 0.03 * span
    return max(0.15, math.exp(-gap / fall))


def _missing(declared: Declared, findings: Iterable[Finding]) -> list[str]:
    checks = {sign.check for sign in declared.signs}
    return [
        finding.says
        for finding in findings
        if finding.check in checks and finding.verdict == "unknown"
    ]
