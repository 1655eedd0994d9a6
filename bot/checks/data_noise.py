"""Numbers that arrive with an error of their own in each row."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import number, percent, since
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.scatter import Scatter


@check("data.noise")
def data_noise(
    evidence: "Evidence", *, sure: float = 3.0, loose: float = 3.0, least: float = 0.08
) -> Iterator[Finding]:
    """Do numbers scatter more to both sides than they did, and say less of the rest of the row?"""
    numeric = [column for column in evidence.features() if column.bins.kind == "numeric"]
    if not numeric:
        raise CheckError("no feature is a number")
    suspects = 0
    for column in numeric:
        found = evidence.scatter(column)
        # Other traffic may lie wider as well, but goes with the rest of its row as ever.
        if found is None or min(found.z - sure, found.lost_z - loose, found.lost - least) < 0:
            continue
        suspects += 1
        yield _finding(column.name, found)
    if not suspects:
        yield Finding(
            check="data.noise", verdict="clear", rows=evidence.rows_during,
            says=f"none of {len(numeric)} numeric features scatters more to both sides",
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
