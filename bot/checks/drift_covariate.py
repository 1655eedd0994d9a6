"""The feature mix inside known traffic."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import number, percent
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.columns import Column
    from bot.profile.given import Moved
    from bot.profile.origin import Origin


@check("drift.covariate")
def drift_covariate(
    evidence: "Evidence", *, explains: float = 0.3, drifted: float = 1.0, steady: float = 4.0,
    within: float = 0.6,
) -> Iterator[Finding]:  # fmt: skip
    """Do harder cases come than before, with the model as good on each kind as it was?"""
    if evidence.extra_errors <= 0:
        raise CheckError("there are no extra errors that another mix could explain")
    parts = [(evidence.mixture(c), c) for c in evidence.features()]
    if not parts:
        raise CheckError("no feature is in the log")
    score = evidence.one("score")
    by_score = None if score is None else evidence.mixture(score)
    moved = [(m, c) for m, c in parts if evidence.drift(c).z >= drifted]
    best, column = max(moved or parts, key=lambda one: (one[0].moved, one[1].name))
    said, origin = evidence.said, evidence.origin(column)
    genuine = origin is not None and origin.genuine
    same = (
        said is None or said.z < steady or genuine
        or _follow(evidence, said) or _held(evidence, column, said)
    )  # fmt: skip
    share = best.moved if by_score is None else max(best.moved, by_score.moved)
    inside = evidence.relation is not None and evidence.relation.within > within
    lead = evidence.lead(column) if best.moved >= explains else None
    along = lead is not None and lead.by_classes
    suspect = bool(moved) and share >= explains and same and not inside and not along
    drift = evidence.drift(column)
    score_says = "" if by_score is None else f", of the score {percent(by_score.moved)}"
    yield Finding(
        check="drift.covariate", verdict="suspect" if suspect else "clear", rows=best.rows,
        strength=min(4 + 2 * max(drift.z, 0.0), 12.0) if suspect else 0.0,
        since=evidence.moved_since(column) if suspect else None,
        subject={"column": column.name},
        says=f"the mix of {column.name} alone explains {percent(max(best.moved, 0.0))} of the fall"
        f"{score_says}; {_own(origin)}predictions at equal features moved"
        f" {number(said.z if said else 0.0)} spreads of the history",
        figures={
            "moved": best.moved, "score": 0.0 if by_score is None else by_score.moved,
            "harm": share, "drift": drift.z, "js": drift.js, "mix": best.mix,
            "within": best.within, "rise": best.rise, "genuine": float(genuine),
        },
        doubt="a defect that makes easy cases look like hard ones",
    )  # fmt: skip


def _own(origin: "Origin | None") -> str:
    if origin is None or not origin.genuine:
        return ""
    return "the rows that came go with their values as such rows always did; "


def _follow(evidence: "Evidence", said: "Moved", *, sure: float = 2.0, least: float = 0.7) -> bool:
    """Whether the labels moved as the predictions did: other rows then, not another model.

    Rows are held equal by one feature at a time. Where a mix of several moves, those of equal value
    in one are of another kind by the rest, and what is said and what is true of them move alike.
    Other frequencies of the classes do the same, but leave the scores of each class as they were:
    `drift.prior` asks for those.
    """
    true, of_class = evidence.true, evidence.score_at_true
    if true is None or true.z < sure or true.size < least * said.size:
        return False
    return evidence.settings.task == "regression" or (of_class is not None and of_class.z >= sure)


def _held(evidence: "Evidence", column: "Column", said: "Moved", *, part: float = 0.4) -> bool:
    """Whether rows of equal value in the feature that moved are answered, and are, as before."""
    at_it, true = evidence.said_at(column), evidence.true_at(column)
    return (
        at_it is not None and at_it.size < part * said.size
        and (true is None or true.size < part * said.size)
    )  # fmt: skip
