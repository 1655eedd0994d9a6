"""The causes, best first: log-odds of what speaks for and against each, turned into shares."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bot.diagnosis.candidate import Candidate
from bot.diagnosis.causes import CAUSES, UNKNOWN
from bot.diagnosis.cited import cite_changes
from bot.diagnosis.declared import Declared
from bot.diagnosis.hypotheses import harmless, stated
from bot.diagnosis.neighbours import level_twins
from bot.diagnosis.weighing import weighed
from bot.incident import Finding, Hypothesis, Overall

if TYPE_CHECKING:
    from bot.profile import Evidence


def rank(
    evidence: "Evidence", findings: Sequence[Finding], *, verdict: Overall
) -> tuple[Hypothesis, ...]:
    """The hypotheses, best first; their confidences add up to one at most."""
    if verdict == "healthy":
        return harmless(evidence, findings, candidates(evidence, findings))
    ranked = candidates(evidence, findings)
    return stated(evidence, findings, ranked, outside(evidence, findings))


def candidates(evidence: "Evidence", findings: Sequence[Finding]) -> list[Candidate]:
    """Every cause with its log-odds, the likeliest first; ties in the contract's order."""
    found = []
    for declared in CAUSES:
        rivals = [
            weighed(evidence, declared, feature, findings)
            for feature in _features(declared, findings)
        ]
        found.append(max(rivals, key=lambda rival: rival.odds))
    cite_changes(evidence, found, findings)
    level_twins(evidence, found)
    return sorted(found, key=lambda candidate: -candidate.odds)


def outside(evidence: "Evidence", findings: Sequence[Finding]) -> Candidate:
    """What speaks for a fault that is none of the causes; its log-odds are never below nothing."""
    found = weighed(evidence, UNKNOWN, None, findings)
    found.odds = max(found.added, 0.0)
    return found


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
