"""What was changed near the onset."""

import json
import math
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.checks.words import listed, span, when
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.beside import Event

WEIGHTS = {
    "model": 1.0, "code": 0.8, "config": 0.9, "pipeline": 0.9, "schema": 0.8, "dependency": 0.8,
    "infrastructure": 0.7, "label": 0.7, "traffic": 0.6, "other": 0.1,
}  # fmt: skip


@check("changes.recent")
def changes_recent(
    evidence: "Evidence", *, before_hours: float = 24.0, after_hours: float = 1.0, most: int = 8
) -> Iterator[Finding]:
    """What was changed shortly before the onset, by whom?"""
    if evidence.changes is None:
        raise CheckError(f"changes are not known: {evidence.absent.get('changes', 'no source')}")
    onset = evidence.onset_interval
    # An effect never comes before its cause: what came after the onset's interval is no suspect.
    latest = onset.high.timestamp() + 3600 * after_hours
    earliest = onset.low.timestamp() - 3600 * before_hours
    near = [e for e in evidence.changes if earliest <= e.time.timestamp() <= latest]
    moved, still = moved_names(evidence)
    scored = []
    for event in near:
        gap = max(onset.time.timestamp() - event.time.timestamp(), 0.0) / 3600
        path = named_in(event, moved)
        # One that names only what did not move is the less likely for it.
        fits = 2.0 if path else 0.5 if named_in(event, still) else 1.0
        weight = WEIGHTS.get(event.kind, 0.1) * math.exp(-gap / before_hours) * fits
        scored.append((weight, gap, event, path))
    scored.sort(key=lambda one: (-one[0], one[2].time, one[2].id))
    for weight, gap, event, path in scored[:most]:
        yield told(event, gap=gap, weight=weight, names=path)
    if not near:
        yield Finding(
            check="changes.recent", verdict="clear",
            says=f"none of {len(evidence.changes)} logged changes lies within"
            f" {span(3600 * before_hours)} before the onset ({when(onset.time)})",
        )  # fmt: skip
    for line in evidence.unread_changes[:3]:
        yield Finding(
            check="changes.recent", verdict="unknown", subject={"part": "unread"},
            says=f"a change event cannot be read: {line}",
        )  # fmt: skip


def told(
    event: "Event", *, gap: float, weight: float, names: Sequence[str], what: str = "the onset"
) -> Finding:
    """A change `gap` hours before `what`, with the `names` in its words of what moved."""
    who = f" by {event.who}" if event.who else ""
    which = f"; it names {listed(list(names))}, which moved" if names else ""
    return Finding(
        check="changes.recent", verdict="suspect", strength=round(2 * weight, 4),
        since=event.time, subject={"change": event.id, "kind": event.kind},
        says=f"{event.kind} change {event.id}{who}: {event.what} at {when(event.time)},"
        f" {f'{span(gap * 3600)} before' if gap else 'at'} {what}{which}",
        figures={"hours_before": gap, "weight": weight, "named": float(len(names))},
        doubt="a change that does not touch this model",
    )  # fmt: skip


def moved_names(evidence: "Evidence", *, spreads: float = 6.0) -> tuple[list[str], list[str]]:
    """The features, versions and hosts that a change might name: those that moved, and the rest."""
    moved: list[str] = []
    still: list[str] = []
    for column in evidence.features():
        (moved if evidence.drift(column).z >= spreads else still).append(column.name)
    for role in ("version", "host"):
        for column in evidence.having(role):
            for code, name in column.known():
                grew = evidence.shift(column, (code,)).change >= 0.02
                (moved if grew and role == "version" else still).append(name)
    place = evidence.where_wrong
    moved += [value for segment in place.segments for value in segment.values()] if place else []
    return moved, [name for name in still if name not in moved]


def named_in(event: "Event", names: Sequence[str]) -> list[str]:
    """The names that the words of a change hold, as words of their own."""
    words = f"{event.what} {event.ref} {json.dumps(event.details, default=str)}".lower()
    known = [name for name in dict.fromkeys(names) if len(name) > 1]
    return [name for name in known if re.search(_WORD.format(re.escape(name.lower())), words)]


_WORD = r"(?<![a-z0-9_]){}(?![a-z0-9_])"
