"""Features without a value."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from bot.checks.words import inside, percent, portion, rows, since
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.columns import Column
    from bot.profile.shift import Shift
    from bot.profile.slices import Place

NULL, NAN = 0, 1

SEVERAL = 3
"""So many features that are lost in one part of the traffic have no source in common but it."""


class _Lost(NamedTuple):
    """A feature that is missing more often, and where."""

    column: "Column"
    shift: "Shift"
    place: "Place | None"


@check("data.missing")
def data_missing(
    evidence: "Evidence", *, least: float = 0.01, sure: float = 6.0
) -> Iterator[Finding]:
    """Which features arrive empty more often than they used to?"""
    worst, quiet = 0.0, 0
    lost: list[_Lost] = []
    for column in evidence.features():
        shift = evidence.shift(column, (NULL, NAN))
        if shift.change < least or shift.strength < sure:
            quiet += 1
            worst = max(worst, shift.change)
            continue
        lost.append(_Lost(column, shift, evidence.where(column, (NULL, NAN))))
    together = _together(lost)
    for column, shift, place in lost:
        part = evidence.explained(column, (NULL, NAN))
        yield Finding(
            check="data.missing", verdict="suspect", strength=shift.strength, rows=shift.rows,
            since=shift.since, slow=shift.slow, subject={"feature": column.name}
            | ({"kind": "host"} if evidence.only_hosts(place) else {})
            | ({"lost": "together"} if column.name in together else {}),
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


def _together(lost: list[_Lost], *, alike: float = 0.2) -> set[str]:
    """The features that were lost together with `SEVERAL` in one and the same part of traffic.

    One whose part is not seen is among them where as many of its rows are missing.
    """
    for _, first, place in lost:
        if place is None:
            continue
        here = [one for one in lost if one.place and one.place.segments == place.segments]
        if len(here) >= SEVERAL:
            return {
                one.column.name for one in lost
                if one in here or abs(one.shift.change - first.change) <= alike * first.change
            }  # fmt: skip
    return set()
