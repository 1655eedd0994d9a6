"""Features as served against the same features recomputed offline."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.checks.words import percent, rows, since
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.beside import Skew

RELEASES = frozenset({"code", "pipeline"})


@check("model.skew")
def model_skew(
    evidence: "Evidence", *, least: float = 0.01, sure: float = 8.0, most: int = 4,
    release_hours: float = 6.0,
) -> Iterator[Finding]:  # fmt: skip
    """Are the features that the model was served those that an offline recomputation gives?"""
    if evidence.skew is None:
        raise CheckError(f"served features cannot be checked: {evidence.absent.get('offline')}")
    compared = max((skew.rows_during for skew in evidence.skew), default=0)
    if not compared:
        raise CheckError("no prediction of the incident is in the offline recomputation")
    found = []
    for skew in evidence.skew:
        before = skew.differ / skew.rows if skew.rows else 0.0
        during = skew.differ_during / skew.rows_during if skew.rows_during else 0.0
        if during - before >= least and skew.surplus >= sure:
            found.append((during - before, before, during, skew))
    found.sort(key=lambda one: (-one[0], one[3].feature))
    for gap, before, during, skew in found[:most]:
        yield Finding(
            check="model.skew", verdict="suspect", strength=min(skew.surplus, 30.0),
            rows=skew.rows + skew.rows_during, since=skew.since or evidence.start,
            subject={"feature": skew.feature, "release": _release(evidence, skew, release_hours)},
            says=f"{skew.feature} as served differs from its offline recomputation in"
            f" {percent(during)} of {rows(skew.rows_during)}{since(skew.since or evidence.start)},"
            f" {percent(before)} of {rows(skew.rows)} before",
            figures={"before": before, "during": during, "gap": gap},
            segments=(evidence.differing or {}).get(skew.feature),
            doubt="an offline recomputation that is itself late or wrong",
        )  # fmt: skip
    if not found:
        yield Finding(
            check="model.skew", verdict="clear", rows=compared,
            says=f"{len(evidence.skew)} features were served as recomputed offline"
            f" ({rows(compared)} of the incident compared): what is wrong with them, if anything,"
            " is wrong at the source",
        )  # fmt: skip


def _release(evidence: "Evidence", skew: "Skew", hours: float) -> str:
    """Whether code or pipeline was released at the onset, or as the feature began to differ.

    A fall that comes slowly is seen long after its cause: the feature itself tells it sooner.
    """
    if evidence.changes is None:
        return "unknown"
    onset, slack = evidence.onset_interval, timedelta(hours=hours)
    early = min(onset.low, skew.since or onset.low)
    near = [
        event for event in evidence.changes
        if event.kind in RELEASES and early - slack <= event.time <= onset.high
    ]  # fmt: skip
    return "yes" if near else "no"
