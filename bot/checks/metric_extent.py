"""How much of the traffic is hit, and how many predictions that is."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import inside, percent, rows, since
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence


@check("metric.extent")
def metric_extent(evidence: "Evidence", *, least: float = 0.005) -> Iterator[Finding]:
    """How many predictions are hit: all traffic or a part, and how many extra errors?"""
    labelled = evidence.tallies.labelled(evidence.during)
    if not labelled:
        raise CheckError("no row of the incident window has a label yet")
    extra, served = evidence.extra_errors, evidence.rows_during
    rate = extra / labelled
    if rate < least:
        yield Finding(
            check="metric.extent", verdict="clear", rows=served,
            says=f"of {rows(labelled)} with a label no more were wrong than before"
            f" ({percent(evidence.error_before)})",
            figures={"extra_errors": extra, "rate": rate},
        )  # fmt: skip
        return
    place = evidence.where_wrong
    part = f"almost all of it{inside(place)}" if place else "spread over all traffic"
    yield Finding(
        check="metric.extent", verdict="suspect", strength=min(extra / 10, 20.0), rows=served,
        since=evidence.start,
        subject={"part": "slice"} if place else {"part": "all"},
        says=f"{served:,} predictions were served{since(evidence.start)}; of {rows(labelled)} with"
        f" a label about {extra:,.0f} more were wrong than usual ({percent(rate)}), {part}",
        figures={
            "extra_errors": extra, "rate": rate, "served": served,
            "expected_wrong": served * (rate + evidence.error_before),
        },
        doubt="labels that arrive later for the newest rows",
    )  # fmt: skip
