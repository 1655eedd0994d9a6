"""The same phase of earlier days and weeks."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import figure
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.cycles import Cycle

CYCLES = (("week", 7 * 86_400, 2), ("day", 86_400, 5))


@check("metric.season")
def metric_season(
    evidence: "Evidence", *, sure: float = 4.0, least: float = 0.02, worse: float = 2.0
) -> Iterator[Finding]:
    """Was the metric as low at the same phase of earlier days or weeks?"""
    asked = (
        evidence.cycle(name, seconds=seconds, least=cycles) for name, seconds, cycles in CYCLES
    )
    found = [cycle for cycle in asked if cycle is not None]
    if not found:
        hours = evidence.during.sum() * evidence.grid.width / 3600
        raise CheckError(
            f"{evidence.grid.days:.3g} days of log with an incident of {hours:.3g} h leave too few"
            " earlier days or weeks to compare with the same phase of them"
        )
    for cycle in found:
        low = cycle.z >= sure and cycle.gap >= least and cycle.now_z <= worse
        yield _finding(evidence, cycle, low=low)


def _finding(evidence: "Evidence", cycle: "Cycle", *, low: bool) -> Finding:
    metric = evidence.settings.metric
    usual = sum(cycle.earlier) / len(cycle.earlier)
    words = "as bad as now" if low else "no explanation of now"
    return Finding(
        check="metric.season", verdict="suspect" if low else "clear", rows=cycle.rows,
        strength=min(cycle.z, 12.0) if low else 0.0, since=evidence.start if low else None,
        subject={"cycle": cycle.name},
        says=f"{metric} was {figure(metric, usual)} at the same phase of {len(cycle.earlier)}"
        f" earlier {cycle.name}s and {figure(metric, cycle.otherwise)} otherwise, {words}"
        f" ({figure(metric, cycle.during)})",
        figures={
            "during": cycle.during, "earlier": usual, "otherwise": cycle.otherwise,
            "gap": cycle.gap, "z": cycle.z, "now": cycle.now, "now_z": cycle.now_z,
            "cycles": float(len(cycle.earlier)),
        },
        doubt="a fault that came at the hour at which the metric is low anyway",
    )  # fmt: skip
