"""The machines behind the model."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.checks.words import number, since, span, when
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.beside import Gauge

FAILING = re.compile("time_?-?out|error|fail|latency|p99|p95", re.IGNORECASE)
"""Metrics that rise where servers no longer answer as they should."""

Moved = tuple[float, "Gauge", float]
"""How many standard errors a series moved, the series, and its ratio of during to before."""


@check("system.metrics")
def system_metrics(
    evidence: "Evidence", *, spreads: float = 4.0, ratio: float = 1.5, most: int = 8,
    early_hours: float = 24.0,
) -> Iterator[Finding]:  # fmt: skip
    """Did load, latency, errors or time-outs move with the onset, and on which hosts?"""
    if evidence.system is None:
        raise CheckError(f"the system is not known: {evidence.absent.get('system', 'no source')}")
    if unread := evidence.absent.get("system"):
        says = f"a part of the system is not known: {unread}"
        yield Finding(check="system.metrics", verdict="unknown", says=says)
    moved = list(_moved(evidence.system, spreads=spreads, ratio=ratio))
    moved.sort(key=lambda one: (-one[0], one[1].metric, one[1].host or ""))
    tied = [one for one in moved if _timing(evidence, one[1], early=early_hours) in _TIED]
    for one in [*tied[:most], *(one for one in moved if one not in tied)][:most]:
        yield _told(evidence, one, moved, early=early_hours)
    if not tied:
        samples = sum(gauge.samples_during for gauge in evidence.system)
        yield Finding(
            check="system.metrics", verdict="clear", rows=samples,
            says=f"none of {len(evidence.system)} series of system metrics moved with the onset"
            f" ({samples:,} samples since)",
        )  # fmt: skip


def _moved(system: "Sequence[Gauge]", *, spreads: float, ratio: float) -> Iterator[Moved]:
    for gauge in system:
        if gauge.samples < 5 or gauge.samples_during < 2:
            continue
        # The mean of several samples, held against the spread of single ones: slow load counts.
        error = max(gauge.spread / gauge.samples_during**0.5, 0.02 * abs(gauge.before), 1e-9)
        z = (gauge.during - gauge.before) / error
        factor = (gauge.during + 1e-9) / (gauge.before + 1e-9)
        if abs(z) >= spreads and not 1 / ratio < factor < ratio:
            yield abs(z), gauge, factor


_TIED = frozenset({"before", "at", "open"})
"""Timings that leave a series a possible cause: an effect never comes before its cause."""


def _timing(evidence: "Evidence", gauge: "Gauge", *, early: float) -> str:
    """When it moved against the onset: `early`, `before`, `at`, `after`, or `open`."""
    if gauge.low is None or gauge.high is None or evidence.windows.change is None:
        return "open"
    onset, slack = evidence.onset_interval, timedelta(seconds=evidence.grid.width)
    if gauge.low > onset.high + slack:
        return "after"
    if gauge.high + slack >= onset.low:
        return "at"
    return "before" if onset.low - gauge.high <= timedelta(hours=early) else "early"


def _told(evidence: "Evidence", one: Moved, moved: Sequence[Moved], *, early: float) -> Finding:
    z, gauge, factor = one
    timing = _timing(evidence, gauge, early=early)
    tied = timing in _TIED
    hosts = {other.host for other in evidence.system or () if other.metric == gauge.metric}
    hit = {other.host for _, other, _ in moved if other.metric == gauge.metric}
    subject = {"metric": gauge.metric} | ({"host": gauge.host} if gauge.host else {})
    if factor > 1 and FAILING.search(gauge.metric):
        subject["sign"] = "failing"
    subject["alone"] = "yes" if gauge.host and 2 * len(hit) <= len(hosts) else "no"
    place = f" on {gauge.host}" if gauge.host else ""
    turned = gauge.since or evidence.start
    hours = (turned - evidence.onset_interval.time).total_seconds() / 3600
    return Finding(
        check="system.metrics", verdict="suspect" if tied else "clear",
        strength=min(z / 2, 10.0) if tied else 0.0, rows=gauge.samples + gauge.samples_during,
        since=turned if tied else None, subject=subject | {"timing": timing},
        says=f"{gauge.metric}{place} averages {number(gauge.during)} (at most"
        f" {number(gauge.peak)}){since(evidence.start)}, {number(gauge.before)} before:"
        f" {number(factor)} times as much; {_words(timing, hours)} ({when(turned)})",
        figures={
            "before": gauge.before, "during": gauge.during, "z": z, "ratio": factor,
            "hours": hours,
        },
        doubt="load that moved for another reason",
    )  # fmt: skip


def _words(timing: str, hours: float) -> str:
    """When it moved, and what follows from that."""
    gap = span(abs(hours) * 3600)
    return {
        "open": "when it moved is not sharp",
        "at": "it moved with the onset",
        "before": f"it moved {gap} before the onset",
        "early": f"it had moved {gap} before the onset, too long to be tied to it",
        "after": f"it moved {gap} after the onset, so it is no cause of it",
    }[timing]
