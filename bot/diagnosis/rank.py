"""The causes, best first: log-odds of what speaks for and against each, turned into shares."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.diagnosis.candidate import Candidate
from bot.diagnosis.causes import CAUSES, UNKNOWN
from bot.diagnosis.cited import cite_changes
from bot.diagnosis.hypotheses import harmless, stated
from bot.diagnosis.neighbours import level_twins
from bot.diagnosis.residual import beside
from bot.diagnosis.weighing import features_of, weighed
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
    others = beside(evidence, findings, ranked)
    return stated(evidence, findings, ranked, others, outside(evidence, findings))


def candidates(evidence: "Evidence", findings: Sequence[Finding]) -> list[Candidate]:
    """Every cause with its log-odds, the likeliest first; ties in the contract's order."""
    found = []
    for declared in CAUSES:
        rivals = [
            weighed(evidence, declared, feature, findings)
            for feature in features_of(declared, findings)
        ]
        found.append(max(rivals, key=lambda rival: rival.odds))
    cite_changes(evidence, found, findings)
    level_twins(evidence, found)
    return sorted(found, key=lambda candidate: -candidate.odds)


def outside(evidence: "Evidence", findings: Sequence[Finding]) -> Candidate:
    """What speaks for a fault that is none of the causes; its log-odds are never below nothing."""
    found = weighed(evidence, UNKNOWN, None, findings)
    cite_changes(evidence, [found], findings)
    found.odds = max(found.added, 0.0)
    return found
