"""Which logged change may have brought a cause about: by its kind, its words, and its time."""

import math
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.diagnosis.candidate import Candidate, Contribution
from bot.diagnosis.dated import Dated, dated
from bot.incident import Finding

if TYPE_CHECKING:
    from bot.profile import Evidence

MOST = 1.6
"""What the best fitting change adds to the log-odds of a cause."""

LEAST = 0.2
"""A change that fits worse than this is not named."""

SELDOM = 0.5
"""The fit of a kind that may bring a cause about, though others do so more often."""

AFTER_HOURS = 8.0
"""Hours after which a change has worked: deployments and caches take some, not days."""


def cite_changes(
    evidence: "Evidence", found: Sequence[Candidate], findings: Sequence[Finding]
) -> None:
    """Name the change that fits a cause best, for each that something speaks for.

    One of a kind that brings it about speaks a little for it. One that only may is named where it
    comes just before, and says nothing for it.
    """
    changes = [f for f in findings if f.check == "changes.recent" and "change" in f.subject]
    for candidate in found if changes else ():
        if not candidate.evidence:
            continue
        began = dated(evidence, candidate.leading)
        scored = [(fit_of(candidate, change, began), change) for change in changes]
        worth, best = max(scored, key=lambda one: one[0])
        if worth >= LEAST:
            candidate.named = best
        told = [one for one in scored if one[1].subject.get("kind") in candidate.declared.kinds]
        worth, best = max(told, key=lambda one: one[0], default=(0.0, best))
        if worth >= LEAST:
            candidate.odds += MOST * worth
            candidate.contributions.append(
                Contribution(
                    finding=best, weight=MOST * worth, most=MOST, timing=worth,
                    why="a change of a kind that brings this about, shortly before",
                )
            )  # fmt: skip


def fit_of(candidate: Candidate, change: Finding, began: Dated) -> float:
    """From 0 to 1: how near before its beginning, how well its kind fits, and what it names."""
    kind = _of_kind(candidate, change.subject.get("kind", ""))
    if not kind or change.since is None:
        return 0.0
    return min(kind * _in_time(change, began) * _named(change), 1.0)


def _of_kind(candidate: Candidate, kind: str) -> float:
    kinds = candidate.declared.kinds
    if kind in kinds:
        return 1 / (1 + 0.25 * kinds.index(kind))
    return SELDOM if kind in candidate.declared.also else 0.0


def _in_time(change: Finding, began: Dated) -> float:
    """An effect never comes before its cause, and seldom long after it."""
    when = change.since or began.time
    hour = timedelta(hours=1)
    early, late = (max(gap / hour, 0.0) for gap in (began.low - when, when - began.high))
    # Within the interval what is nearer is likelier; a wide one holds many changes by chance.
    half = max(began.time - began.low, began.high - began.time) / hour
    inside = abs((min(max(when, began.low), began.high) - began.time) / hour)
    near = math.exp(-0.5 * inside / max(half, 1e-9)) if half else 1.0
    wide = 1 / (1 + (began.high - began.low) / hour / 48)
    return near * wide * math.exp(-early / AFTER_HOURS - 2 * late)


def _named(change: Finding) -> float:
    """Words that name what moved tie a change to it."""
    return 1.5 if change.figures.get("named", 0.0) else 1.0
