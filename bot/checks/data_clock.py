"""Hours of the day against the clock of the log."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import percent, rows, since
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence


@check("data.clock")
def data_clock(
    evidence: "Evidence", *, sure: float = 12.0, least: float = 0.05
) -> Iterator[Finding]:
    """Do hours of the day lie some hours off the clock of the log, where they agreed before?"""
    looked = suspects = 0
    for column in evidence.features():
        lag = evidence.lag(column)
        if lag is None:
            continue
        looked += 1
        shift = evidence.shift_of_share(lag.hits, lag.rows)
        if lag.gain < sure or lag.share < least or shift.change < least:
            continue
        suspects += 1
        yield Finding(
            check="data.clock", verdict="suspect", strength=min(lag.gain, 50.0),
            rows=int(lag.rows[evidence.before | evidence.during].sum()), since=shift.since,
            subject={"feature": column.name, "sign": "shifted"},
            says=f"{column.name} is {abs(lag.hours)} hours {'ahead' if lag.hours > 0 else 'behind'}"
            f" in about {percent(lag.share)} of rows{since(shift.since)}: moved back, its hours go"
            " with the time of day and the labels as they did before",
            figures={
                "hours": float(lag.hours), "share": lag.share, "gain": lag.gain,
                "before": shift.before, "during": shift.during, "low": shift.low,
                "high": shift.high, "z": shift.z,
            },
            doubt="traffic that really moved to other hours, such as a change to summer time",
        )  # fmt: skip
    if not suspects:
        yield Finding(
            check="data.clock", verdict="clear", rows=evidence.rows_during,
            subject={} if looked else {"part": "none"},
            says=f"{looked} features hold hours of the day"
            f"{', and they agree with the clock as before' if looked else ''}"
            f" ({rows(evidence.rows_during)})",
        )  # fmt: skip
