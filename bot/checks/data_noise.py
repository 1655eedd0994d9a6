"""Numbers that arrive with an error of their own in each row: noise, or digits that were lost."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import listed, number, percent, portion, since
from bot.errors import CheckError
from bot.incident import Finding
from bot.profile.grained import grained_of
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.columns import Column
    from bot.profile.scatter import Scatter


@check("data.noise")
def data_noise(
    evidence: "Evidence", *, sure: float = 3.0, loosened: float = 3.0, least: float = 0.08
) -> Iterator[Finding]:
    """Do numbers scatter more to both sides than they did, and say less of the rest of the row?"""
    numeric = [column for column in evidence.features() if column.bins.kind == "numeric"]
    if not numeric:
        raise CheckError("no feature is a number")
    suspects = 0
    for column in numeric:
        lost = _digits(evidence, column)
        if lost is not None:
            suspects += 1
            yield lost
            continue
        found = evidence.scatter(column)
        # Other traffic may lie wider as well, but goes with the rest of its row as ever.
        if found is None or min(found.z - sure, found.lost_z - loosened, found.lost - least) < 0:
            other = _bent(evidence, column)
            if other is not None:
                suspects += 1
                yield other
            continue
        loose = evidence.loosened(column)
        if evidence.lag(column) is not None or (loose is not None and loose.came):
            continue  # hours that moved; values of the whole log in a part that had its own
        suspects += 1
        yield _finding(column.name, found)
    if not suspects:
        yield Finding(
            check="data.noise", verdict="clear", rows=evidence.rows_during,
            says=f"none of {len(numeric)} numeric features scatters more to both sides",
        )  # fmt: skip


def _digits(
    evidence: "Evidence", column: "Column", *, explains: float = 0.8, sure: float = 8.0,
    finer: float = 2.0,
) -> Finding | None:  # fmt: skip
    """Numbers that are only a few marks of a coarse scale where they were many values."""
    found = grained_of(evidence, column)
    if found is None or found.explained < explains:
        return None
    shift = evidence.shift(column, found.codes)
    if shift.strength < sure or evidence.variety(column) < finer * len(found.marks):
        return None
    return Finding(
        check="data.noise", verdict="suspect", strength=shift.strength, rows=shift.rows,
        since=shift.since, subject={"feature": column.name, "sign": "coarse"},
        says=f"{column.name} lost its digits in about {percent(found.share)} of rows"
        f"{since(shift.since)}: there it is one of {len(found.marks)} marks,"
        f" {listed([number(mark) for mark in found.marks])}, each as often as the values between it"
        f" and the next were; that is {portion(found.explained)} of how its distribution moved",
        figures={
            "before": shift.before, "during": shift.during, "share": found.share,
            "explained_shape": found.explained, "marks": float(len(found.marks)),
            "explained": evidence.explained(column, found.codes),
            "accounts": evidence.accounts(column, found.codes),
        },
        doubt="a source that always counts in such steps, and hardly ever answered before",
    )  # fmt: skip


def _bent(
    evidence: "Evidence", column: "Column", *, moved: float = 0.4, sure: float = 6.0,
    lost: float = 0.3, holds: float = 0.25,
) -> Finding | None:  # fmt: skip
    """Numbers that became others in a way of their own: what it is, other checks may know."""
    found = evidence.bent(column)
    if found is None or found.moved < moved or found.lost < lost:
        return None
    if min(found.z, found.lost_z) < sure or found.accounts < holds:
        return None
    if evidence.lag(column) is not None:
        return None
    return Finding(
        check="data.noise", verdict="suspect", strength=min(found.lost_z**2 / 2, 30.0),
        rows=found.rows, since=found.since, subject={"feature": column.name, "sign": "bent"},
        says=f"{column.name} is distributed otherwise{since(found.since)}: {percent(found.moved)}"
        f" of its rows lie elsewhere than usual ({number(found.z)} spreads of the history), and"
        f" {percent(min(found.lost, 1.0))} of what it went with is gone",
        figures={
            "moved": found.moved, "z": found.z, "lost": found.lost, "lost_z": found.lost_z,
            "accounts": found.accounts,
        },
        doubt="a change that another check knows by name: a unit, a default, a value that stood",
    )  # fmt: skip


def _finding(feature: str, found: "Scatter") -> Finding:
    return Finding(
        check="data.noise", verdict="suspect", strength=min(found.z**2 / 2, 30.0), rows=found.rows,
        since=found.since, subject={"feature": feature},
        says=f"{feature} scatters more{since(found.since)}: {percent(found.low)} more of its rows"
        f" lie at the low end, {percent(found.high)} at the high end ({number(found.z)} spreads of"
        f" the history), and {percent(min(found.lost, 1.0))} of what it went with is gone",
        figures={
            "low_end": found.low, "high_end": found.high, "z": found.z, "lost": found.lost,
            "lost_z": found.lost_z,
        },
        doubt="a unit change of numbers about zero; other traffic with wider values",
    )  # fmt: skip
