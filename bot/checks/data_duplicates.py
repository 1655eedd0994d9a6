"""Rows that are logged more than once."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import percent, since
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence


@check("data.duplicates")
def data_duplicates(
    evidence: "Evidence", *, least: float = 0.005, sure: float = 6.0
) -> Iterator[Finding]:
    """Are predictions logged more than once?"""
    if evidence.ids is None:
        raise CheckError(
            f"repeated rows cannot be counted: {evidence.absent.get('id', 'there is no id column')}"
        )
    shift = evidence.shift_of_share(evidence.rows - evidence.ids, evidence.rows)
    more = shift.change >= least and shift.strength >= sure
    yield Finding(
        check="data.duplicates", verdict="suspect" if more else "clear",
        strength=shift.strength if more else 0.0, rows=shift.rows,
        since=shift.since if more else None, slow=shift.slow,
        says=f"{percent(shift.during)} of rows repeat an id that the same"
        f" bucket of time has already{since(shift.since) if more else ''},"
        f" {percent(shift.before)} before",
        figures={
            "before": shift.before, "during": shift.during, "low": shift.low, "high": shift.high,
            "z": shift.z, "most": _most(evidence, shift.change),
        },
        doubt="an id that is meant to repeat, such as one for a whole session",
    )  # fmt: skip


def _most(evidence: "Evidence", more: float) -> float:
    """The part of the fall that so many repeated rows bring at the most: if all of them are wrong.

    The share of wrong rows rises no more than the share of rows that are repeated.
    """
    rise = evidence.tallies.error(evidence.during) - evidence.error_before
    return min(max(more, 0.0) / rise, 1.0) if rise > 0 else 1.0
