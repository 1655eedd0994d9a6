"""The label at equal score."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import percent
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence


@check("drift.concept")
def drift_concept(
    evidence: "Evidence", *, sure: float = 4.0, within: float = 0.6, even: float = 0.6
) -> Iterator[Finding]:
    """Are predictions of equal score wrong more often than they used to be, and which ones?"""
    relation = evidence.relation
    if relation is None:
        why = evidence.absent.get("score", "it needs a score, labels and a fall to explain")
        raise CheckError(f"errors at equal score cannot be compared: {why}")
    broke = relation.z >= sure and relation.within >= within
    flat = relation.flat >= even
    words = "the surest scores as much as the others" if flat else "mostly the less sure scores"
    tail = f", {words}" if broke else ""
    yield Finding(
        check="drift.concept", verdict="suspect" if broke else "clear", rows=relation.rows,
        strength=min(relation.z, 12.0) if broke else 0.0, since=evidence.start if broke else None,
        subject={"sign": "flat" if flat else "local"},
        says=f"{percent(relation.within)} of the extra errors are at scores that were right"
        f" before{tail}",
        figures={"within": relation.within, "flat": relation.flat, "z": relation.z},
        doubt="a defect in the features or in the model, which breaks the score as well",
    )  # fmt: skip
