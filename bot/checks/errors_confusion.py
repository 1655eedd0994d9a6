"""What is taken for what."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import percent, portion, since
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence


@check("errors.confusion")
def errors_confusion(
    evidence: "Evidence", *, least: float = 0.01, sure: float = 4.0, most: int = 4,
    labelled: int = 50,
) -> Iterator[Finding]:  # fmt: skip
    """Which classes are taken for which others more often than before?"""
    n0, n1 = (evidence.tallies.labelled(m) for m in (evidence.before, evidence.during))
    if min(n0, n1) < labelled:
        raise CheckError(f"only {n0:,} and {n1:,} rows have a label; {labelled} of each are needed")
    found = evidence.confusions
    grown = [c for c in found if c.during - c.before >= least and c.z >= sure]
    for one in grown[:most]:
        yield Finding(
            check="errors.confusion", verdict="suspect", strength=min(one.z, 12.0), rows=n0 + n1,
            since=evidence.start, subject={"label": one.label, "prediction": one.prediction},
            says=f"{one.label} is taken for {one.prediction} in {percent(one.during)} of rows"
            f"{since(evidence.start)}, in {percent(one.before)} before; that is"
            f" {portion(one.share)} of the extra errors",
            figures={
                "before": one.before, "during": one.during, "low": one.low, "high": one.high,
                "z": one.z, "share": one.share,
            },
            doubt="a class that became more frequent, so that its usual errors did too",
        )  # fmt: skip
    if not grown:
        yield Finding(
            check="errors.confusion", verdict="clear", rows=n0 + n1,
            says=f"none of {len(found)} confusions of classes grew by {percent(least)} of rows",
        )  # fmt: skip
