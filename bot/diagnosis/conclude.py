"""From findings to a verdict and a ranking."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.diagnosis.onset import onset_of
from bot.diagnosis.rank import rank
from bot.incident import Diagnosis, Finding, Measure, Overall

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from bot.profile import Evidence

LABELLED = 50
"""Fewer labelled rows than this, before or during, say nothing about a metric."""


def conclude(evidence: "Evidence", findings: Sequence[Finding]) -> Diagnosis:
    """The verdict, the onset, and the causes ranked by what the findings say; deterministic."""
    numbered = tuple(
        replace(finding, id=f"f{number}") for number, finding in enumerate(findings, start=1)
    )
    verdict = _verdict(evidence, numbered)
    hypotheses = rank(evidence, numbered, verdict=verdict)
    return Diagnosis(
        model=evidence.model,
        metric=evidence.settings.metric,
        at=evidence.at,
        verdict=verdict,
        baseline=_measure(evidence, evidence.before),
        current=_measure(evidence, evidence.during),
        onset=onset_of(evidence, hypotheses[0], numbered) if verdict == "degraded" else None,
        hypotheses=hypotheses,
        findings=numbered,
    )


def _verdict(evidence: "Evidence", findings: Sequence[Finding]) -> Overall:
    tallies = evidence.tallies
    if min(tallies.labelled(evidence.before), tallies.labelled(evidence.during)) < LABELLED:
        return "no_labels"
    fell = any(
        finding.verdict == "suspect" and finding.subject.get("part") in {"recomputed", "reported"}
        for finding in findings
        if finding.check == "metric.recompute"
    )
    return "degraded" if fell else "healthy"


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
