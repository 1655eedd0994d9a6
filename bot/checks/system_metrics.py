"""The machines behind the model."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import number, since
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence


@check("system.metrics")
def system_metrics(
    evidence: "Evidence", *, spreads: float = 4.0, ratio: float = 1.5, most: int = 8
) -> Iterator[Finding]:
    """Did load, latency, errors or time-outs move with the onset, and on which hosts?"""
    if evidence.system is None:
        raise CheckError(f"the system is not known: {evidence.absent.get('system', 'no source')}")
    moved = []
    for gauge in evidence.system:
        if gauge.samples < 5 or gauge.samples_during < 2:
            continue
        # The mean of several samples, held against the spread of single ones: slow load counts.
        error = max(gauge.spread / gauge.samples_during**0.5, 0.02 * abs(gauge.before), 1e-9)
        z = (gauge.during - gauge.before) / error
        factor = (gauge.during + 1e-9) / (gauge.before + 1e-9)
        if abs(z) >= spreads and not 1 / ratio < factor < ratio:
            moved.append((abs(z), gauge, factor))
    moved.sort(key=lambda one: (-one[0], one[1].metric, one[1].host or ""))
    for z, gauge, factor in moved[:most]:
        place = f" on {gauge.host}" if gauge.host else ""
        subject = {"metric": gauge.metric} | ({"host": gauge.host} if gauge.host else {})
        hosts = {other.host for other in evidence.system if other.metric == gauge.metric}
        hit = {other.host for _, other, _ in moved if other.metric == gauge.metric}
        subject["alone"] = "yes" if gauge.host and 2 * len(hit) <= len(hosts) else "no"
        yield Finding(
            check="system.metrics", verdict="suspect", strength=min(z / 2, 10.0),
            rows=gauge.samples + gauge.samples_during, since=evidence.start, subject=subject,
            says=f"{gauge.metric}{place} averages {number(gauge.during)} (at most"
            f" {number(gauge.peak)}){since(evidence.start)}, {number(gauge.before)} before:"
            f" {number(factor)} times as much",
            figures={"before": gauge.before, "during": gauge.during, "z": z, "ratio": factor},
            doubt="load that moved for another reason",
        )  # fmt: skip
    if not moved:
        samples = sum(gauge.samples_during for gauge in evidence.system)
        yield Finding(
            check="system.metrics", verdict="clear", rows=samples,
            says=f"none of {len(evidence.system)} series of system metrics moved with the onset"
            f" ({samples:,} samples since)",
        )  # fmt: skip
