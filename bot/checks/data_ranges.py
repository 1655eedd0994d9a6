"""Numbers outside the range that is known of them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import inside, number, percent, portion, rows, since
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.columns import Column


@check("data.ranges")
def data_ranges(
    evidence: "Evidence", *, least: float = 0.005, sure: float = 6.0
) -> Iterator[Finding]:
    """Do numbers leave the range they had in training and in the history?"""
    numeric = [column for column in evidence.features() if column.bins.kind == "numeric"]
    suspects = 0
    for column in numeric:
        found = _outside(evidence, column, least=least, sure=sure)
        suspects += found is not None
        if found is not None:
            yield found
    if not suspects:
        yield Finding(
            check="data.ranges", verdict="clear", rows=evidence.rows_during,
            says=f"{len(numeric)} numeric features stay in their range"
            f" ({rows(evidence.rows_during)})",
        )  # fmt: skip


def _outside(
    evidence: "Evidence", column: "Column", *, least: float, sure: float
) -> Finding | None:
    codes = column.outside()
    if not codes or evidence.lag(column) is not None:
        return None  # an hour of the day has no unit: `data.clock` asks about hours
    shift = evidence.shift(column, codes)
    if shift.change < least or shift.strength < sure:
        return None
    part, place = evidence.explained(column, codes), evidence.where(column, codes)
    # What was moved lands inside the range as well: all values that gained rows are suspect.
    gained = [code for code in range(column.bins.size) if evidence.gain(column, code) > 0]
    line = evidence.lines.get(column.name)
    scaled = line is not None and line.fits
    rule = f"; there {line.says}" if line is not None and scaled else ""
    sign = "scaled" if scaled else "outside"
    if not scaled and _both_ways(evidence, column, codes, sure=sure):
        sign, rule = "scattered", "; to both sides, as no conversion moves them"
    low, high = column.bins.edges[0], column.bins.edges[-1]
    return Finding(
        check="data.ranges", verdict="suspect", strength=shift.strength, rows=shift.rows,
        since=shift.since, slow=shift.slow,
        subject={"feature": column.name, "sign": sign},
        says=f"{column.name} is outside its range of {number(low)} to {number(high)} in"
        f" {percent(shift.during)} of rows{inside(place)}{since(shift.since)},"
        f" {percent(shift.before)} before"
        f"; these rows hold {portion(part)} of the extra"
        f" errors{rule}",
        segments=evidence.parts_with(column, place),
        figures={
            "before": shift.before, "during": shift.during, "low": shift.low, "high": shift.high,
            "z": shift.z, "explained": part,
            "accounts": max(evidence.accounts(column, part_of) for part_of in (codes, gained)),
            "factor": line.slope if line else 1.0,
        },
        doubt="new kinds of entities that really have such values",
    )  # fmt: skip


def _both_ways(
    evidence: "Evidence", column: "Column", codes: list[int], *, sure: float, least: float = 0.1
) -> bool:
    """Whether numbers left their range to both sides, though few lay on the other side of zero.

    A conversion stretches numbers away from zero, or moves them all one way; noise does neither.
    """
    low = column.bins.edges[0]
    below = [code for code in codes if code == column.bins.under or (
        code < column.bins.under and float(column.bins.name_of(code)) < low
    )]  # fmt: skip
    above = [code for code in codes if code not in below]
    fell, rose = (evidence.shift(column, part) for part in (below, above))
    if min(fell.strength, rose.strength) < sure or min(fell.change, rose.change) <= 0:
        return False
    lesser = min(fell.change, rose.change) / (fell.change + rose.change)
    before = column.over(evidence.before).sum(axis=0)
    order = [code for code in column.bins.ascending() if before[code]]
    negative = sum(before[code] for code in order if _place(column, code) < 0)
    other_side = float(negative / before[order].sum())
    return lesser >= least + min(other_side, 1 - other_side)


def _place(column: "Column", code: int) -> float:
    """About where the values of a code lie; in an open end, at its edge."""
    bins = column.bins
    if code < bins.under:
        return float(bins.name_of(code))
    place = code - bins.under
    return bins.edges[max(place - 1, 0)]
