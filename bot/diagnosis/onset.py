"""When it began: the metric's own fall, aligned with what the likeliest cause shows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.diagnosis.dated import Dated, dated
from bot.incident import Finding, Hypothesis, Onset

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.changepoint import Change
    from bot.profile.dashboard import Dashboard

SURE = 0.5
"""Only a cause that is likelier than not has a say in when it began."""

EARLY = 12
"""Buckets by which a fall may be dated after the change that brought it about: one that comes
slowly is seen when it has come halfway."""

CLOSE = 3
"""The same where a column turned sharply: its own beginning is known to a few buckets."""


def faint_fall(evidence: "Evidence") -> "Change | None":
    """The clearest fall of a metric in which none is clear enough by itself; None for none."""
    from bot.profile.changepoint import without_course  # noqa: PLC0415 - numpy
    from bot.profile.windows import clearest_fall  # noqa: PLC0415 - likewise

    if evidence.windows.change is not None or evidence.windows.forced:
        return None
    day = 86_400 // evidence.grid.width
    series = evidence.tallies.series()
    return clearest_fall(without_course(series, day=day), day=day, share=series.share)


def onset_of(
    evidence: "Evidence", first: Hypothesis, findings: Sequence[Finding],
    *, faint: "Change | None" = None,
) -> Onset | None:  # fmt: skip
    """The onset with its interval and shape; None where nothing fell.

    The metric is the blurred image of what brought it down: the share of a column turns more
    sharply, and a logged change has a time to the second. An effect never precedes its cause, so
    that of several beginnings that fit the earliest sharp one is taken.
    """
    metric = _of_metric(evidence, faint)
    if metric is None or first.confidence < SURE:
        return metric
    named = {finding.id: finding for finding in findings}
    began = dated(evidence, named.get(first.evidence[0]) if first.evidence else None)
    width = timedelta(seconds=evidence.grid.width)
    aligned = _moved(metric, began.time, width) if began.own else metric
    if began.slow and began.own:
        aligned = replace(aligned, shape="ramp")
    change = named.get(_cited(first, findings))
    if change is not None and change.since is not None:
        aligned = _changed(aligned, change.since, began, width)
    return aligned


def _of_metric(evidence: "Evidence", faint: "Change | None") -> Onset | None:
    change, dashboard = evidence.windows.change or faint, evidence.dashboard
    if change is None:
        return None if dashboard is None else _reported(dashboard)
    time = evidence.start if faint is None else evidence.grid.time(faint.bucket)
    return Onset(
        time=time, low=min(evidence.grid.time(change.low), time),
        high=max(evidence.grid.time(change.high), time + timedelta(seconds=evidence.grid.width)),
        shape=evidence.windows.shape,
    )  # fmt: skip


def _reported(dashboard: "Dashboard") -> Onset | None:
    """Where only the reported metric fell: when it left the recomputed one."""
    if dashboard.since is None:
        return None
    step = timedelta(seconds=dashboard.step_seconds)
    return Onset(
        time=dashboard.since, low=dashboard.since - step, high=dashboard.since + step, shape="step"
    )


def _changed(onset: Onset, when: datetime, began: Dated, width: timedelta) -> Onset:
    """The time of the change that brought it about, where it lies shortly before."""
    sharp = began.own and not began.slow
    early = min(began.low, onset.time - (CLOSE if sharp else EARLY) * width)
    late = max(began.high, onset.time + width) if sharp else onset.time + width
    return _moved(onset, when, width) if early <= when <= late else onset


def _moved(onset: Onset, time: datetime, width: timedelta) -> Onset:
    # A beginning beyond the interval of the fall has one of its own.
    low = time - width if time > onset.high else min(onset.low, time)
    return replace(onset, time=time, low=low, high=max(onset.high, time + width))


def _cited(first: Hypothesis, findings: Sequence[Finding]) -> str:
    """The id of the finding about the change that the hypothesis names."""
    near = (f for f in findings if f.check == "changes.recent" and "change" in f.subject)
    return next((f.id for f in near if f.subject["change"] == first.change), "")
