"""What is left to say when the first cause is taken as given: a second one may act beside it.

What the first explains is no evidence for or against another, since every defect moves the answers
and the errors, and a feature that one defect broke looks broken in several ways. A second cause has
something of its own.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.diagnosis.candidate import TOLD, Candidate
from bot.diagnosis.causes import CAUSES
from bot.diagnosis.cited import cite_changes
from bot.diagnosis.remedies import share_of
from bot.diagnosis.weighing import features_of, weighed
from bot.incident import Finding

if TYPE_CHECKING:
    from bot.profile import Evidence

EFFECTS = frozenset({
    "model.score", "drift.concept", "drift.covariate", "data.rows", "data.noise", "model.training",
})  # fmt: skip
"""Checks that find what any defect does to answers, errors and the mix of a feature."""

MOST = 0.5
"""A cause that holds this part of the extra errors is why answers and errors moved."""

ALIKE = 1.0
"""Log-odds that the first cause's own confusable neighbours are raised by."""


def beside(
    evidence: "Evidence", findings: Sequence[Finding], ranked: Sequence[Candidate]
) -> list[Candidate]:
    """The candidates with the first in its place, and the others by what is left for them."""
    first, *others = ranked
    left = _left(findings, first)
    again = [
        max(
            (weighed(evidence, declared, feature, left) for feature in features_of(declared, left)),
            key=lambda rival: rival.odds,
        )
        for declared in CAUSES
        if declared is not first.declared
    ]
    cite_changes(evidence, again, left)
    named = {one.cause: one for one in again}
    alike = {neighbour.cause for neighbour in first.declared.neighbours}
    found = []
    for other in others:
        own = named[other.cause]
        better = own if own.odds > other.odds and own.evidence else other
        found.append(replace(better, odds=better.odds + ALIKE * (other.cause in alike)))
    return [first, *sorted(found, key=lambda one: -one.odds)]


def _left(findings: Sequence[Finding], first: Candidate) -> list[Finding]:
    """The findings that the first cause does not explain."""
    told = {one.finding.id for one in first.contributions if one.weight >= TOLD}
    share = share_of(first)
    effects = EFFECTS if share is None or share >= MOST else frozenset[str]()
    return [
        finding
        for finding in findings
        if finding.check == "changes.recent"
        or (
            finding.id not in told
            and finding.check not in effects
            and not _about(finding, first.feature)
        )
    ]


def _about(finding: Finding, feature: str | None) -> bool:
    return feature is not None and feature in {
        finding.subject.get("feature"), finding.subject.get("column"),
    }  # fmt: skip
