"""From findings to a verdict and a ranking."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.diagnosis.candidate import BASE
from bot.diagnosis.causes.world import WORLD
from bot.diagnosis.harm import restored
from bot.diagnosis.logged import changes_before_turns
from bot.diagnosis.onset import faint_fall, onset_of
from bot.diagnosis.rank import candidates, outside, rank
from bot.incident import Diagnosis, Finding, Measure, Overall

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from bot.profile import Evidence
    from bot.profile.changepoint import Change

LABELLED = 50
"""Fewer labelled rows than this, before or during, say nothing about a metric."""

FAINT = 3.0
"""A fall with a log likelihood ratio below this is none, whatever else there is."""

TOGETHER = 8.0
"""The log likelihood ratio of a faint fall and the log-odds of a defect that make a harm of both:
what a fall has to have by itself, and half as much as the best of many defects has by chance."""


def conclude(evidence: "Evidence", findings: Sequence[Finding]) -> Diagnosis:
    """The verdict, the onset, and the causes ranked by what the findings say; deterministic."""
    known = (*findings, *changes_before_turns(evidence, findings))
    numbered = tuple(
        replace(finding, id=f"f{number}") for number, finding in enumerate(known, start=1)
    )
    verdict, faint = _verdict(evidence, numbered), None
    if verdict == "healthy":
        faint = _harmful(evidence, numbered)
        if faint is not None:
            verdict, numbered = "degraded", tuple(restored(numbered))
    hypotheses = rank(evidence, numbered, verdict=verdict)
    return Diagnosis(
        model=evidence.model,
        metric=evidence.settings.metric,
        at=evidence.at,
        verdict=verdict,
        baseline=_measure(evidence, evidence.before),
        current=_measure(evidence, evidence.during),
        onset=onset_of(evidence, hypotheses[0], numbered, faint=faint)
        if verdict == "degraded"
        else None,
        hypotheses=hypotheses,
        findings=numbered,
    )


def _harmful(evidence: "Evidence", findings: Sequence[Finding]) -> "Change | None":
    """A fall that is not clear by itself, but together with a defect that goes with it.

    The world moves all the time, and what it costs is told by the fall alone: it is no defect.
    """
    fall = faint_fall(evidence)
    if fall is None or fall.strength < FAINT or evidence.windows.season is not None:
        return None
    world = {declared.cause for declared in WORLD}
    broken = (one.odds for one in candidates(evidence, findings) if one.cause not in world)
    best = max(*broken, BASE + outside(evidence, findings).odds)
    return fall if fall.strength + best >= TOGETHER else None


def _verdict(evidence: "Evidence", findings: Sequence[Finding]) -> Overall:
    tallies = evidence.tallies
    if min(tallies.labelled(evidence.before), tallies.labelled(evidence.during)) < LABELLED:
        return "no_labels"
    fell = any(
        finding.verdict == "suspect" and finding.subject.get("part") in {"recomputed", "reported"}
        for finding in findings
        if finding.check == "metric.recompute"
    )
    if not fell and any(_stopped(evidence, finding) for finding in findings):
        return "no_labels"
    return "degraded" if fell else "healthy"


def _stopped(evidence: "Evidence", finding: Finding) -> bool:
    """Whether a finding says that labels stay away, and hardly any came since.

    The window then reaches back to where there were some, and what they say is of that time.
    """
    if finding.verdict != "suspect" or finding.subject.get("part") != "coverage":
        return False
    if finding.check != "metric.labels" or finding.since is None:
        return False
    began = evidence.grid.bucket(finding.since)
    since = evidence.during.copy()
    since[:began] = False
    return evidence.tallies.labelled(since) < LABELLED


def _measure(evidence: "Evidence", mask: "npt.NDArray[np.bool_]") -> Measure:
    places = [int(place) for place in mask.nonzero()[0]]
    first, last = (places[0], places[-1]) if places else (0, 0)
    end = evidence.grid.time(last + 1) if places else evidence.grid.time(0)
    return Measure(
        value=evidence.tallies.value(mask),
        rows=evidence.tallies.labelled(mask),
        start=evidence.grid.time(first),
        end=min(end, evidence.at) if last == evidence.grid.size - 1 else end,
    )
