"""When the fall began, and how."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import number, span, when
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence

SHAPES = {
    "step": "at once",
    "ramp": "gradually",
    "intermittent": "in spells, with good times between them",
}


@check("metric.onset")
def metric_onset(
    evidence: "Evidence", *, sure: float = 3.0, labelled: int = 50
) -> Iterator[Finding]:
    """Since when has the metric been lower, how sure is that, and did it fall at once?"""
    windows, grid = evidence.windows, evidence.grid
    known = evidence.tallies.labelled(evidence.before | evidence.during)
    if known < 2 * labelled:
        raise CheckError(f"only {known} rows have a label; {2 * labelled} are needed for an onset")
    change = windows.change
    if change is None or (change.strength < sure and not windows.forced):
        yield Finding(
            check="metric.onset", verdict="clear", rows=known,
            says=f"no fall of {evidence.settings.metric} stands out in {grid.days:.3g} days of"
            f" history in buckets of {span(grid.width)}",
            doubt="a longer history, or more labels for the last days",
        )  # fmt: skip
        return
    low, high = (
        grid.time(min(change.low, windows.start)),
        grid.time(max(change.high, windows.start)),
    )
    forced = " (given, not searched)" if windows.forced else ""
    yield Finding(
        check="metric.onset", verdict="suspect", strength=change.strength, rows=known,
        since=evidence.start, subject={"shape": windows.shape},
        says=f"the fall began {when(evidence.start)}{forced}, between {when(low)} and {when(high)}"
        f" with 95 % confidence, {SHAPES[windows.shape]}; log likelihood ratio"
        f" {number(change.strength)} after dividing by an over-dispersion of"
        f" {number(change.dispersion)}",
        figures={
            "low": low.timestamp(), "high": high.timestamp(), "bucket_seconds": grid.width,
            "dispersion": change.dispersion, "before": change.before, "after": change.after,
        },
        doubt="a season that looks the same in earlier cycles",
    )  # fmt: skip
