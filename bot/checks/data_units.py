"""Numbers in another unit."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import inside, number, percent, rows, since
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.columns import Column

COSTS = 0.3
"""The least part of the ties of its rows that a conversion costs: it keeps the order of values."""


@check("data.units")
def data_units(
    evidence: "Evidence", *, sure: float = 15.0, least: float = 0.02, explains: float = 0.75
) -> Iterator[Finding]:
    """Are the values of a number its old ones times a conversion factor, such as 60 or 2.54?"""
    numbers = [column for column in evidence.features() if column.bins.kind == "numeric"]
    suspects = 0
    for column in numbers:
        found = _scaled(evidence, column, sure=sure, least=least, explains=explains)
        suspects += found is not None
        if found is not None:
            yield found
    if not suspects:
        yield Finding(
            check="data.units", verdict="clear", rows=evidence.rows_during,
            says=f"no known conversion turns the old values of {len(numbers)} numeric features into"
            f" the new ones ({rows(evidence.rows_during)})",
        )  # fmt: skip


def _scaled(
    evidence: "Evidence", column: "Column", *, sure: float, least: float, explains: float
) -> Finding | None:
    scale = evidence.scale(column)
    if scale is None or not scale.codes:
        return None
    if scale.gain < sure or scale.explained < explains or scale.share < least:
        return None
    shift = evidence.shift(column, scale.codes)
    if shift.change < least / 2 or shift.strength < sure / 2:
        return None
    if evidence.own(column, COSTS * scale.share):
        return None  # larger things that go with what such values always did: the world, no unit
    part, place = evidence.explained(column, scale.codes), evidence.where(column, scale.codes)
    name, factor = scale.name, scale.factor
    several = " or another conversion that bins do not tell apart" if scale.rivals else ""
    return Finding(
        check="data.units", verdict="suspect", rows=shift.rows, since=shift.since, slow=shift.slow,
        strength=min(scale.gain / 4, 50.0),
        subject={"feature": column.name, "sign": "scaled"},
        says=f"{column.name} fits {name} ({_rule(factor, scale.added)}){several} in about"
        f" {percent(scale.share)} of rows{inside(place)}{since(shift.since)}: that accounts for"
        f" {percent(min(scale.explained, 1.0))} of how its distribution moved; the line through"
        f" the quantiles has slope {number(scale.slope)}, offset {number(scale.offset)}",
        segments=evidence.parts_with(column, place),
        figures={
            "factor": factor, "rivals": float(scale.rivals), "added": scale.added,
            "share": scale.share,
            "gain": scale.gain, "explained_shape": scale.explained, "slope": scale.slope,
            "offset": scale.offset, "fit": scale.fit, "before": shift.before,
            "during": shift.during, "low": shift.low, "high": shift.high, "z": shift.z,
            "explained": part, "accounts": evidence.accounts(column, scale.codes),
        },
        doubt=f"traffic in which {column.name} really is so much larger or smaller",
    )  # fmt: skip


def _rule(factor: float, added: float) -> str:
    sign = "+" if added > 0 else "-"
    return f"times {number(factor)}" + (f" {sign} {number(abs(added))}" if added else "")
