"""Who may claim harm: the one gate through which the findings of every check go."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.incident import Finding
from bot.incident.finding import MOVEMENT

if TYPE_CHECKING:
    from datetime import datetime

    from bot.profile import Evidence


def claimed(evidence: "Evidence", findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, of which none claims a harm that the labels do not show.

    `strength` is evidence for harm, and harm is a metric that fell: of all traffic, of a part that
    is confirmed, or on the dashboard alone. Where none of them did, a check may still say that
    something moved, and how surely: that becomes a figure of its own, and the strength 0. Where
    labels are missing since it moved, nothing is known of harm, and the finding stands as it is.
    """
    for finding in findings:
        says_harm = finding.verdict == "suspect" and finding.strength > 0
        yield _without(evidence, finding) if says_harm and _refuted(evidence, finding) else finding


def _refuted(evidence: "Evidence", finding: Finding) -> bool:
    return _has_labels(evidence, finding.since) and not _shown(evidence)


def _shown(evidence: "Evidence") -> bool:
    dashboard = evidence.dashboard
    return (
        evidence.fell
        or (dashboard is not None and dashboard.alone)
        or evidence.fallen_part is not None
    )


def _has_labels(evidence: "Evidence", since: "datetime | None") -> bool:
    """Whether enough labels are in from before, and from since it moved."""
    from bot.profile.harm import LABELLED  # noqa: PLC0415 - numpy, which a command line must not pay

    tallies, grid = evidence.tallies, evidence.grid
    during = evidence.during.copy()
    if since is not None:
        moved = int((since.timestamp() - grid.origin) // grid.width)
        during[: min(max(moved, 0), grid.size)] = False
    return min(tallies.labelled(evidence.before), tallies.labelled(during)) >= LABELLED


def restored(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The claims as the checks made them, where a faint fall is harm because a defect goes with it.

    No check can know that by itself: it takes all findings together.
    """
    for finding in findings:
        if MOVEMENT not in finding.figures:
            yield finding
            continue
        figures = {name: value for name, value in finding.figures.items() if name != MOVEMENT}
        doubt = finding.doubt.partition(_NO_HARM)[2].removeprefix("; ")
        yield replace(finding, strength=finding.movement, figures=figures, doubt=doubt)


_NO_HARM = "no harm shown"


def _without(evidence: "Evidence", finding: Finding) -> Finding:
    doubt = f"a fall of {evidence.settings.metric}, of all traffic or of a part: {_NO_HARM}"
    return replace(
        finding, strength=0.0, figures={**finding.figures, MOVEMENT: finding.strength},
        doubt=f"{doubt}; {finding.doubt}" if finding.doubt else doubt,
    )  # fmt: skip
