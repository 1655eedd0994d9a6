"""When it began: the metric's own fall, aligned with what the likeliest cause shows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.diagnosis.weighing import plain
from bot.incident import Finding, Hypothesis, Onset

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.changepoint import Change
    from bot.profile.dashboard import Dashboard

SLACK = 8
"""Buckets by which a column may turn outside the interval of the metric's onset."""

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
    leading = named.get(first.evidence[0]) if first.evidence else None
    aligned, sharp = metric, False
    if leading is not None and leading.since not in {None, evidence.start}:
        aligned = _turned(evidence, aligned, leading.since, sure=plain(leading))
        sharp = aligned is not metric
    change = named.get(_cited(first, findings))
    if change is not None and change.since is not None:
        aligned = _changed(evidence, aligned, change.since, early=CLOSE if sharp else EARLY)
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


def _turned(evidence: "Evidence", onset: Onset, since: datetime | None, *, sure: bool) -> Onset:
    """The beginning that a column shows, where the metric's fall allows for it.

    A plain defect (`sure`) is believed about a later beginning whatever the fall says: what holds
    the extra errors, and was never there before, is when they began.
    """
    if since is None:
        return onset
    width = timedelta(seconds=evidence.grid.width)
    slack = max(SLACK * width, 0.5 * (onset.high - onset.low))
    # The share of a slow change is dated by its middle, and says nothing of where it began.
    late = onset.time if onset.shape == "ramp" else onset.high + slack
    if sure and onset.shape == "step":
        late = evidence.grid.time(evidence.windows.end)
    if not onset.low - slack <= since <= late:
        return onset
    return _moved(onset, since, width)


def _changed(evidence: "Evidence", onset: Onset, when: datetime, *, early: int) -> Onset:
    """The time of the change that brought it about, where it lies shortly before."""
    width = timedelta(seconds=evidence.grid.width)
    if not onset.time - early * width <= when <= onset.time + width:
        return onset
    return _moved(onset, when, width)


def _moved(onset: Onset, time: datetime, width: timedelta) -> Onset:
    # A beginning beyond the interval of the fall has one of its own.
    low = time - width if time > onset.high else min(onset.low, time)
    return replace(onset, time=time, low=low, high=max(onset.high, time + width))


def _cited(first: Hypothesis, findings: Sequence[Finding]) -> str:
    """The id of the finding about the change that the hypothesis names."""
    near = (f for f in findings if f.check == "changes.recent" and "change" in f.subject)
    return next((f.id for f in near if f.subject["change"] == first.change), "")
