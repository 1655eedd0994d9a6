"""Answers that are not the model's."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.checks.words import inside, percent, since
from bot.incident import Finding
from bot.profile.bins import FIRST
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.columns import Column


@check("model.fallback")
def model_fallback(
    evidence: "Evidence", *, least: float = 0.01, sure: float = 6.0, several: float = 0.05
) -> Iterator[Finding]:
    """Does the server answer with a default instead of the model more often than before?"""
    flag, score = evidence.one("fallback"), evidence.one("score")
    if flag is None:
        why = evidence.absent.get("fallback", "there is no such column")
        yield Finding(
            check="model.fallback", verdict="unknown", subject={"part": "flag"},
            says=f"whether the server fell back is not logged: {why}",
        )  # fmt: skip
    asked = []
    if flag is not None:
        true = [code for code, name in flag.known() if name.lower() in {"1", "true", "yes"}]
        asked.append((flag, true, "flag", "answers are fallbacks"))
        if not true:
            yield Finding(
                check="model.fallback", verdict="clear", rows=evidence.rows_during,
                subject={"part": "flag"},
                says=f"no answer of {evidence.rows_during:,} is logged as a fallback",
            )  # fmt: skip
    if score is not None:
        code = evidence.top_gain(score)
        name = score.bins.name_of(code)
        asked.append((score, [code], "score", f"answers have exactly the score {name}"))
    for column, codes, part, words in asked:
        if not codes or (part == "score" and codes[0] >= column.bins.under):
            continue
        shift = evidence.shift(column, codes)
        rose = shift.change >= least and shift.strength >= sure
        if rose and part == "score" and evidence.came_beside(column, codes[0]) >= several:
            yield _several(evidence, column, codes[0])
            continue
        share, place = evidence.explained(column, codes), evidence.where(column, codes)
        area = (
            _blunted(evidence, shift.change) if part == "flag"
            else _area_lost(evidence, column, codes[0])
        )  # fmt: skip
        tail = f"; they hold {percent(max(share, 0.0))} of the extra errors" if rose else ""
        yield Finding(
            check="model.fallback", verdict="suspect" if rose else "clear",
            strength=shift.strength if rose else 0.0, rows=shift.rows,
            since=shift.since if rose else None, slow=shift.slow, subject={"part": part},
            says=f"{percent(shift.during)} of {words}{inside(place) if rose else ''}"
            f"{since(shift.since) if rose else ''}, {percent(shift.before)} before{tail}",
            segments=evidence.parts_with(column, place),
            figures={
                "before": shift.before, "during": shift.during, "z": shift.z,
                "explained": max(share, area),
                "accounts": max(evidence.accounts(column, codes), area),
            },
            doubt="a model that really gives one answer so often",
        )  # fmt: skip


def _blunted(evidence: "Evidence", defaults: float) -> float:
    """The part of a fall of the area under the curve that this share of defaults explains.

    The area is the share of pairs of either class in order (Hanley and McNeil, Radiology 1982): a
    default stands above as many as below, so that only pairs without one are ordered as before,
    whether or not more answers are wrong. Nothing of another metric.
    """
    tallies = evidence.tallies
    if tallies.metric != "auc":
        return 0.0
    before, during = tallies.value(evidence.before), tallies.value(evidence.during)
    if before is None or during is None or before <= during:
        return 0.0
    lost = (before - 0.5) * (1 - (1 - defaults) ** 2)
    return min(max(lost / (before - during), 0.0), 1.0)


def _area_lost(evidence: "Evidence", score: "Column", code: int) -> float:
    """The part of a fall of the area under the curve that is gone without the rows of a score."""
    tallies = evidence.tallies
    if tallies.metric != "auc" or tallies.scores is None:
        return 0.0
    before, during = tallies.value(evidence.before), tallies.value(evidence.during)
    left = tallies.scores.copy()
    left[:, :, FIRST + score.bins.ascending().index(code)] = 0
    without = replace(tallies, scores=left).value(evidence.during)
    if before is None or during is None or without is None or before <= during:
        return 0.0
    return min(max((without - during) / (before - during), 0.0), 1.0)


def _several(evidence: "Evidence", score: "Column", code: int) -> Finding:
    """A default is one value: another model has several scores that nobody had before."""
    return Finding(
        check="model.fallback", verdict="clear", rows=evidence.rows_during,
        subject={"part": "score"},
        says=f"the score {score.bins.name_of(code)} came with several others that there hardly were"
        " before: the answers of another model, not one default",
        figures={"beside": evidence.came_beside(score, code)},
    )  # fmt: skip
