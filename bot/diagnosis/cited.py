"""Which logged change may have brought a cause about: of its kind, and shortly before."""

import math
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.diagnosis.candidate import Candidate, Contribution
from bot.incident import Finding

if TYPE_CHECKING:
    from bot.profile import Evidence

MOST = 1.6
"""What the best fitting change adds to the log-odds of a cause."""

LEAST = 0.25
"""A change that fits worse than this is not named."""


def cite_changes(
    evidence: "Evidence", found: Sequence[Candidate], findings: Sequence[Finding]
) -> None:
    """Let a fitting change near the onset speak a little for a cause that something speaks for."""
    changes = [f for f in findings if f.check == "changes.recent" and "change" in f.subject]
    for candidate in found:
        if not candidate.evidence:
            continue
        scored = [(_fits(evidence, candidate, change), change) for change in changes]
        worth, best = max(scored, key=lambda one: one[0], default=(0.0, None))
        if best is not None and worth >= LEAST:
            candidate.odds += MOST * worth
            candidate.contributions.append(
                Contribution(
                    finding=best, weight=MOST * worth, most=MOST, timing=worth,
                    why="a change of a kind that brings this about, shortly before",
                )
            )  # fmt: skip


def _fits(evidence: "Evidence", candidate: Candidate, change: Finding) -> float:
    """From 0 to 1: how near before its beginning, and how well its kind fits the cause."""
    kind, kinds = change.subject.get("kind", ""), candidate.declared.kinds
    leading = candidate.leading
    if kind not in kinds or change.since is None or leading is None:
        return 0.0
    onset, bucket = evidence.onset_interval, timedelta(seconds=evidence.grid.width)
    turned = leading.since or onset.time
    # Columns turn more sharply than the metric; a slow fall is dated late, so its change is early.
    if turned > onset.high or turned < onset.low - 24 * bucket:
        turned = onset.time
    if change.since > max(turned, onset.time) + bucket:
        return 0.0
    early = max((min(turned, onset.time) - change.since) / timedelta(hours=1), 0.0)
    # Where the onset is not known to the hour, what lies in its interval is near it.
    width = max((onset.time - onset.low) / timedelta(hours=1), 0.0)
    early = max(early - width, 0.0) + min(early, width) * 4 / (4 + width)
    late = max((change.since - turned) / timedelta(hours=1), 0.0)
    return math.exp(-early / 8 - late / 2) / (1 + 0.25 * kinds.index(kind))
