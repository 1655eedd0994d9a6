"""From findings to a verdict and a ranking."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.diagnosis.rank import rank
from bot.incident import Diagnosis, Finding, Measure, Onset, Overall

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from bot.profile import Evidence
    from bot.profile.dashboard import Dashboard

LABELLED = 50
"""Fewer labelled rows than this, before or during, say nothing about a metric."""


def conclude(evidence: "Evidence", findings: Sequence[Finding]) -> Diagnosis:
    """The verdict, the onset, and the causes ranked by what the findings say; deterministic."""
    numbered = tuple(
        replace(finding, id=f"f{number}") for number, finding in enumerate(findings, start=1)
    )
    verdict = _verdict(evidence, numbered)
    return Diagnosis(
        model=evidence.model,
        metric=evidence.settings.metric,
        at=evidence.at,
        verdict=verdict,
        baseline=_measure(evidence, evidence.before),
        current=_measure(evidence, evidence.during),
        onset=_onset(evidence) if verdict == "degraded" else None,
        hypotheses=rank(evidence, numbered, verdict=verdict),
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


def _onset(evidence: "Evidence") -> Onset | None:
    change, dashboard = evidence.windows.change, evidence.dashboard
    if change is None:
        return None if dashboard is None else _reported_onset(dashboard)
    time = evidence.start
    return Onset(
        time=time,
        low=min(evidence.grid.time(change.low), time),
        high=max(evidence.grid.time(change.high), time + timedelta(seconds=evidence.grid.width)),
        shape=evidence.windows.shape,
    )


def _reported_onset(dashboard: "Dashboard") -> Onset | None:
    """Where only the reported metric fell: when it left the recomputed one."""
    if dashboard.since is None:
        return None
    step = timedelta(seconds=dashboard.step_seconds)
    return Onset(
        time=dashboard.since, low=dashboard.since - step, high=dashboard.since + step, shape="step"
    )
