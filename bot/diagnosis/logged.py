"""Changes that were logged shortly before something turned, though not shortly before the fall."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.checks.changes_recent import moved_names, named_in, told
from bot.checks.words import when
from bot.diagnosis.weighing import STRONG
from bot.incident import Finding

if TYPE_CHECKING:
    from bot.profile import Evidence

DAY = timedelta(days=1)


def changes_before_turns(
    evidence: "Evidence", findings: Sequence[Finding], *, most: int = 8
) -> Iterator[Finding]:
    """The changes within a day before what a suspect finding says turned, the nearest first.

    The fall is often dated worse than what brought it about, so that a check that looks about the
    onset alone misses the change.
    """
    known = {f.subject.get("change") for f in findings if f.check == "changes.recent"}
    others = [event for event in evidence.changes or () if event.id not in known]
    turns = {f.since for f in findings if f.since is not None and _turned(f)}
    if not others or not turns:
        return
    width = timedelta(seconds=evidence.grid.width)
    near = [
        (min(gaps), event) for event in others
        if (gaps := [turn - event.time for turn in turns if -width <= turn - event.time <= DAY])
    ]  # fmt: skip
    near.sort(key=lambda one: (one[0], one[1].id))
    moved, _ = moved_names(evidence)
    for gap, event in near[:most]:
        turned = f"the time when something turned, {when(event.time + gap)}"
        yield told(
            event, gap=max(gap, timedelta(0)) / timedelta(hours=1), weight=0.0,
            names=named_in(event, moved), what=turned,
        )  # fmt: skip


def _turned(finding: Finding) -> bool:
    plain = finding.verdict == "suspect" and finding.check != "changes.recent"
    return plain and finding.movement >= STRONG
