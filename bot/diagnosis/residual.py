"""What is left to say when the first cause is taken as given: a second one may act beside it.

What the first explains is no evidence for or against another, since every defect moves the answers
and the errors, and a feature that one defect broke looks broken in several ways. A second cause has
something of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.diagnosis.candidate import TOLD, Candidate, Contribution
from bot.diagnosis.causes import CAUSES
from bot.diagnosis.cited import cite_changes
from bot.diagnosis.remedies import share_of
from bot.diagnosis.weighing import features_of, weighed
from bot.incident import Finding
from bot.incident.causes import CAUSES as KINDS

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

MOVED = 4.0
"""Spreads of the history's own movements by which labels move that something else moved."""

EVEN = 0.0
"""Log-odds of what moves labels then, no better than that nothing does: a season moves them too."""

TWINS = ("label_corruption", "concept_drift")
"""Which of the two moved labels can hardly be told beside another defect. Where nothing speaks for
either, a feed that breaks a feature and the label at once is likelier than a world that turns."""

BEHIND = 0.3
"""Log-odds by which the other of the two is behind."""

LABELS_TOLD = frozenset({"drift.concept", "model.score", "metric.recompute"})
"""Checks that say how far labels moved at equal features."""

PICKS_ROWS = frozenset({"duplicate_rows", "partial_ingestion"})
"""What says which rows there are moves the labels that are seen."""


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
    return [first, *sorted(_of_labels(evidence, findings, first, found), key=lambda o: -o.odds)]


def _of_labels(
    evidence: "Evidence", findings: Sequence[Finding], first: Candidate,
    others: Sequence[Candidate],
) -> list[Candidate]:  # fmt: skip
    """The others, those raised that change labels, where labels moved and the first leaves them.

    What breaks a feature or the answers does not touch what is true of a row: where labels moved at
    equal values of the other features, beyond what they ever did, something else moved them.
    """
    moved = evidence.true_beside(first.feature) if _leaves_labels(first.cause) else None
    told = next((f for f in findings if f.check in LABELS_TOLD and f.verdict == "suspect"), None)
    if moved is None or told is None or moved.z < MOVED:
        return list(others)
    raised = dict(_movers(others))
    return [_raised(one, raised.get(one.cause, one.odds), told) for one in others]


def _movers(others: Sequence[Candidate]) -> Iterator[tuple[str, float]]:
    """What moves labels, and the least log-odds of each: the likelier of the twins leads."""
    twins = [one for name in TWINS for one in others if one.cause == name]
    twins.sort(key=lambda one: -one.odds)
    for place, one in enumerate(twins):
        yield one.cause, max(EVEN, twins[0].odds) - BEHIND * place
    for one in others:
        if one.cause in {"label_delay", "prior_shift"} and one.evidence:
            yield one.cause, EVEN


def _raised(one: Candidate, odds: float, told: Finding) -> Candidate:
    """A candidate with at least these log-odds, and the finding why."""
    if odds <= one.odds:
        return one
    more = Contribution(
        finding=told, weight=odds - one.odds, most=odds - one.odds,
        why="labels moved at equal values of the features that the first cause leaves",
    )  # fmt: skip
    return replace(one, odds=odds, contributions=[*one.contributions, more])


def _leaves_labels(cause: str) -> bool:
    return KINDS[cause].group in {"data", "serving", "system"} and cause not in PICKS_ROWS


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
