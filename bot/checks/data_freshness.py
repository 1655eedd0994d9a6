"""How late rows reach the log."""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.checks.words import rows, since, span, when
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence


@check("data.freshness")
def data_freshness(
    evidence: "Evidence", *, slower: float = 2.0, sure: float = 6.0, silence_hours: float = 6.0
) -> Iterator[Finding]:
    """Do rows reach the log as soon as they used to, and how old is the newest of them?"""
    yield _newest(evidence, silence_hours=silence_hours)
    if "arrival_time" in evidence.absent:
        yield Finding(
            check="data.freshness", verdict="unknown", subject={"part": "delay"},
            says=f"how late rows arrive is not known: {evidence.absent['arrival_time']}",
        )  # fmt: skip
        return
    delay = evidence.arrival
    late = delay.during > slower * max(delay.before, 1.0) and delay.strength >= sure
    yield Finding(
        check="data.freshness", verdict="suspect" if late else "clear", rows=delay.rows,
        strength=min(delay.strength, 50.0) if late else 0.0,
        since=delay.since if late else None, subject={"part": "delay"},
        says=f"a row reaches the log {span(delay.during)} after its prediction on average"
        f"{since(delay.since) if late else ''}, {span(delay.before)} before"
        f" ({rows(delay.rows)})",
        figures={
            "before": delay.before, "during": delay.during, "low": delay.low, "high": delay.high,
        },
        doubt="clocks that disagree between the server and the log",
    )  # fmt: skip


def _newest(evidence: "Evidence", *, silence_hours: float) -> Finding:
    """The age of the newest row, and whether gaps as long were ever seen."""
    filled = evidence.rows.nonzero()[0]
    newest = evidence.grid.time(int(filled[-1]) + 1) if len(filled) else evidence.grid.time(0)
    age = max((evidence.at - newest).total_seconds(), 0.0)
    longest = max((int(b - a) - 1 for a, b in pairwise(filled)), default=0)
    usual = longest * evidence.grid.width
    silent = age > max(3600 * silence_hours, 2.0 * usual)
    return Finding(
        check="data.freshness", verdict="suspect" if silent else "clear",
        rows=evidence.rows_during, strength=6.0 if silent else 0.0,
        since=newest if silent else None, subject={"part": "newest"},
        says=f"the newest row is of {when(min(newest, evidence.at))}, {span(age)} old; the longest"
        f" gap between two before was {span(usual)}",
        figures={"age": age, "longest_gap": float(usual)},
        doubt="traffic that really stopped",
    )  # fmt: skip
