"""Hours of the day, and timestamps, against the clock of the log."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import number, percent, rows, since, span
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.columns import Column
    from bot.profile.hours import Lag


@check("data.clock")
def data_clock(
    evidence: "Evidence", *, sure: float = 12.0, least: float = 0.05, fits: float = 0.6
) -> Iterator[Finding]:
    """Do hours and timestamps lie off the clock of the log, or grow stale, where they agreed?"""
    looked = suspects = 0
    for column in evidence.features():
        lag = evidence.lag(column)
        if lag is not None:
            found = _hours(evidence, column, lag, sure=sure, least=least)
        elif column.name in evidence.stamps:
            found = _stamps(evidence, column, sure=sure, least=least, fits=fits)
        else:
            continue
        looked += 1
        if found is not None:
            suspects += 1
            yield found
    if not suspects:
        yield Finding(
            check="data.clock", verdict="clear", rows=evidence.rows_during,
            subject={} if looked else {"part": "none"},
            says=f"{looked} features hold hours of the day or timestamps"
            f"{', and they agree with the clock as before' if looked else ''}"
            f" ({rows(evidence.rows_during)})",
        )  # fmt: skip


def _hours(
    evidence: "Evidence", column: "Column", lag: "Lag", *, sure: float, least: float
) -> Finding | None:
    shift = evidence.shift_of_share(lag.hits, lag.rows)
    if lag.gain < sure or lag.share < least or shift.change < least:
        return None
    return Finding(
        check="data.clock", verdict="suspect", strength=min(lag.gain, 50.0),
        rows=int(lag.rows[evidence.before | evidence.during].sum()), since=shift.since,
        slow=shift.slow,
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


def _stamps(
    evidence: "Evidence", column: "Column", *, sure: float, least: float, fits: float
) -> Finding | None:
    """Timestamps against the time of their row: all a lag away, or older than they ever were."""
    aged, older = evidence.aged(column), evidence.older(column)
    if aged is None or older is None:
        return None
    figures = {
        "median_before": aged.before, "median_during": aged.during, "share": aged.share,
        "gain": aged.gain, "fit": aged.fit,
    }  # fmt: skip
    if aged.gain >= sure and aged.share >= least and aged.fit >= fits:
        return Finding(
            check="data.clock", verdict="suspect", strength=min(aged.gain, 50.0), rows=aged.rows,
            since=evidence.start, subject={"feature": column.name, "sign": "shifted"},
            says=f"{column.name} is {number(abs(aged.hours))} hours"
            f" {'ahead' if aged.hours > 0 else 'behind'} in about {percent(aged.share)} of rows"
            f"{since(evidence.start)}: its age against the row's own time is otherwise as before",
            figures=figures | {"hours": aged.hours},
            doubt="a source that really answers so much later or earlier",
        )  # fmt: skip
    if older.change < least or older.strength < sure:
        return None
    oldest = evidence.stamps[column.name].oldest
    return Finding(
        check="data.clock", verdict="suspect", strength=older.strength, rows=older.rows,
        since=older.since, subject={"feature": column.name, "sign": "stale"},
        says=f"{column.name} is more than {span(oldest)} old in {percent(older.during)} of rows"
        f"{since(older.since)}, {percent(older.before)} before; its median age is"
        f" {span(aged.during)}, {span(aged.before)} before",
        figures=figures | {"before": older.before, "during": older.during, "z": older.z},
        doubt="traffic about older things",
    )  # fmt: skip
