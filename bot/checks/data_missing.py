"""Features without a value."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import inside, percent, portion, rows, since
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence

NULL, NAN = 0, 1


@check("data.missing")
def data_missing(
    evidence: "Evidence", *, least: float = 0.01, sure: float = 6.0
) -> Iterator[Finding]:
    """Which features arrive empty more often than they used to?"""
    worst, quiet = 0.0, 0
    for column in evidence.features():
        shift = evidence.shift(column, (NULL, NAN))
        if shift.change < least or shift.strength < sure:
            quiet += 1
            worst = max(worst, shift.change)
            continue
        part = evidence.explained(column, (NULL, NAN))
        place = evidence.where(column, (NULL, NAN))
        yield Finding(
            check="data.missing", verdict="suspect", strength=shift.strength, rows=shift.rows,
            since=shift.since, slow=shift.slow, subject={"feature": column.name}
            | ({"kind": "host"} if evidence.only_hosts(place) else {}),
            says=f"{column.name} is missing in {percent(shift.during)} of rows"
            f"{inside(place)}{since(shift.since)}, {percent(shift.before)} before; rows without it"
            f" hold {portion(part)} of the extra errors",
            segments=evidence.parts_with(column, place),
            figures={
                "before": shift.before, "during": shift.during, "low": shift.low,
                "high": shift.high, "z": shift.z, "explained": part,
                "accounts": evidence.accounts(column, (NULL, NAN)),
            },
            doubt=f"errors that are no more frequent where {column.name} is missing",
        )  # fmt: skip
    if quiet:
        yield Finding(
            check="data.missing", verdict="clear", rows=evidence.rows_before + evidence.rows_during,
            says=f"{quiet} features are missing no more often than before (largest rise"
            f" {percent(worst)} of {rows(evidence.rows_during)})",
            figures={"features": quiet, "largest": worst},
        )  # fmt: skip
