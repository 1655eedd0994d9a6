"""Causes that the inputs at hand cannot tell apart: equal belief, and what would settle it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.diagnosis.candidate import Candidate
from bot.diagnosis.declared import Neighbour

if TYPE_CHECKING:
    from bot.profile import Evidence

NEAR = 1.0
"""Twins whose log-odds lie further apart than this have been told apart by something else."""

LIKE = 4.0
"""A neighbour this far below is no question any more."""


def untold(evidence: "Evidence", neighbour: Neighbour) -> bool:
    """Whether the input that would tell it apart is not there."""
    return not neighbour.needs or any(name in evidence.absent for name in neighbour.needs)


def level_twins(evidence: "Evidence", found: Sequence[Candidate]) -> None:
    """Give twins that nothing told apart the same log-odds."""
    named = {candidate.cause: candidate for candidate in found}
    for one in found:
        for neighbour in one.declared.neighbours:
            other = named.get(neighbour.cause)
            if other is None or not neighbour.twins or not untold(evidence, neighbour):
                continue
            if one.change is None and other.change is None and abs(one.odds - other.odds) <= NEAR:
                one.odds = other.odds = (one.odds + other.odds) / 2


def questions(
    evidence: "Evidence", candidate: Candidate, found: Sequence[Candidate]
) -> Iterator[str]:
    """What would settle it between a candidate and those neighbours that are likely as well."""
    odds = {other.cause: other.odds for other in found}
    for neighbour in candidate.declared.neighbours:
        near = odds.get(neighbour.cause, candidate.odds) >= candidate.odds - LIKE
        if near and untold(evidence, neighbour):
            asks = f" ({neighbour.asks})" if neighbour.asks else ""
            name = neighbour.cause.replace("_", " ")
            yield f"{neighbour.by}, to tell it from {name}{asks}"
