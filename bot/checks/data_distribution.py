"""Distributions that moved, by effect and against their own history."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import percent, portion, rows
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence


@check("data.distribution")
def data_distribution(
    evidence: "Evidence", *, psi: float = 0.1, excess: float = 4.0
) -> Iterator[Finding]:
    """Which features changed their distribution by more than they usually do?"""
    quiet, largest = 0, 0.0
    for column in evidence.features():
        drift = evidence.drift(column)
        if drift.psi < psi or drift.z < excess:
            quiet += 1
            largest = max(largest, drift.psi)
            continue
        part = evidence.mix_share(column)
        yield Finding(
            check="data.distribution", verdict="suspect", rows=drift.rows,
            # Drift alone is no harm: it counts for as much of the fall as the mix explains.
            strength=min(drift.z / 2, 10.0), since=evidence.moved_since(column),
            subject={"feature": column.name},
            says=f"{column.name} changed its distribution: PSI {drift.psi:.2f}, Jensen-Shannon"
            f" {drift.js:.2f} where {drift.usual:.2f} is usual, {percent(drift.moved)} of rows in"
            f" other bins; that change of mix alone explains {portion(part)} of the extra errors",
            figures={
                "psi": drift.psi, "js": drift.js, "usual": drift.usual, "z": drift.z,
                "moved": drift.moved, "mix": part,
            },
            doubt="drift alone is no harm; see which part of the extra errors it explains",
        )  # fmt: skip
    if quiet:
        yield Finding(
            check="data.distribution", verdict="clear", rows=evidence.rows_during,
            says=f"{quiet} features are distributed as before (largest PSI {largest:.2f},"
            f" {rows(evidence.rows_during)})",
            figures={"features": quiet, "largest": largest},
        )  # fmt: skip
