"""The rows scored again with one thing put back."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import number, percent, rows
from bot.errors import CheckError, SourceError
from bot.incident import Finding
from bot.profile.counterfactual import Restored, restorations
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence


@check("counterfactual.restore")
def counterfactual_restore(
    evidence: "Evidence", *, features: int = 4, least: float = 0.1, sure: float = 3.0
) -> Iterator[Finding]:
    """Do the rows come out right again when a suspect feature or the former version is put back?"""
    if evidence.scorer is None or evidence.single_rows is None:
        why = evidence.absent.get("scoring", "no scoring hook is configured")
        raise CheckError(f"rows cannot be scored again: {why}")
    if evidence.windows.change is None:
        yield _clear(evidence, "nothing fell, so that there is nothing to put back")
        return
    found = _restorations(evidence, features)
    helped = [one for one in found if one.recovered >= least and one.z >= sure]
    for one in sorted(helped, key=lambda one: (-one.recovered, one.feature or "")):
        yield _told(evidence, one)
    if not helped:
        tried = [one.feature or f"the {one.part} model" for one in found]
        yield _clear(
            evidence,
            f"put back one by one, none of {', '.join(tried)} brings the right answers back"
            if tried else "the rows of the sample that were scored again show no fall",
        )  # fmt: skip


def _restorations(evidence: "Evidence", features: int) -> list[Restored]:
    scoring = evidence.settings.scoring
    if scoring is not None and scoring.returns == "score" and evidence.settings.task != "binary":
        raise CheckError('`returns = "score"` needs a binary task; let the hook return predictions')
    moved = sorted(evidence.features(), key=lambda c: (-evidence.drift(c).z, c.name))
    if evidence.single_rows is None or evidence.scorer is None:
        return []
    try:
        return restorations(
            evidence, rows=evidence.single_rows, scorer=evidence.scorer, former=evidence.former,
            features=[column.name for column in moved[:features]],
            most=scoring.rows if scoring else 400,
        )  # fmt: skip
    except SourceError as error:
        raise CheckError(str(error)) from error


WHAT = {
    "version": "scored again by the configured model",
    "former": "scored by the former version",
}


def _told(evidence: "Evidence", one: Restored) -> Finding:
    regression = evidence.settings.task == "regression"
    shown = number if regression else percent
    noun = "mean error" if regression else "share of wrong answers"
    what = WHAT.get(one.part, f"with {one.feature} put back to its old distribution")
    subject = {"part": one.part} | ({"feature": one.feature} if one.feature else {})
    return Finding(
        check="counterfactual.restore", verdict="suspect", strength=min(one.z**2 / 2, 20.0),
        rows=one.rows, since=evidence.start, subject=subject,
        says=f"{rows(one.rows)} since the onset, {what}: the {noun} goes from {shown(one.lost)} to"
        f" {shown(one.restored)} ({shown(one.usual)} before the onset), so that"
        f" {percent(min(one.recovered, 1.0))} of the drop is recovered"
        f" ({percent(max(one.low, 0.0))} to {percent(min(one.high, 1.0))})",
        figures={
            "recovered": one.recovered, "low": one.low, "high": one.high, "before": one.usual,
            "during": one.lost, "restored": one.restored,
        },
        doubt="values that are drawn from the history are not the ones that were lost",
    )  # fmt: skip


def _clear(evidence: "Evidence", says: str) -> Finding:
    return Finding(
        check="counterfactual.restore", verdict="clear", rows=evidence.rows_during, says=says
    )
