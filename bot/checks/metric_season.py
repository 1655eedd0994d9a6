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

FALL = 0.005
"""The smallest low that counts lately: that of a fall."""

LATELY = (
    *(("day", 86_400, 5, hours) for hours in (6, 12)),
    *(("week", 7 * 86_400, 2, hours) for hours in (24, 36, 48)),
)
"""Where nothing fell: cycles, and the hours up to now that are held against their earlier ones."""


@check("metric.season")
def metric_season(
    evidence: "Evidence", *, sure: float = 4.0, least: float = 0.02, worse: float = 2.0
) -> Iterator[Finding]:
    """Was the metric as low at the same phase of earlier days or weeks?"""
    asked = (
        evidence.cycle(name, seconds=seconds, least=cycles) for name, seconds, cycles in CYCLES
    )
    found = [cycle for cycle in asked if cycle is not None]
    lately = _lately(evidence, sure=sure, worse=worse)
    if lately is not None and not any(_low(one, sure, least, worse) for one in found):
        yield _finding(evidence, lately, low=True)
        return
    if not found:
        hours = evidence.during.sum() * evidence.grid.width / 3600
        raise CheckError(
            f"{evidence.grid.days:.3g} days of log with an incident of {hours:.3g} h leave too few"
            " earlier days or weeks to compare with the same phase of them"
        )
    for cycle in found:
        yield _finding(evidence, cycle, low=_low(cycle, sure, least, worse))


def _low(cycle: "Cycle", sure: float, least: float, worse: float) -> bool:
    return cycle.z >= sure and cycle.gap >= least and cycle.now_z <= worse


def _lately(
    evidence: "Evidence", *, sure: float, worse: float, seen: float = 3.0
) -> "Cycle | None":
    """The last hours, where nothing fell but they are low as the same of earlier cycles were."""
    if evidence.windows.change is not None or evidence.windows.forced:
        return None
    asked = (
        evidence.cycle(name, seconds=seconds, least=cycles, recent=hours * 3600)
        for name, seconds, cycles, hours in LATELY
    )
    found = [
        one for one in asked
        if one is not None and _low(one, sure, FALL, worse) and one.low_z >= seen
    ]  # fmt: skip
    return max(found, key=lambda one: one.z, default=None)


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
