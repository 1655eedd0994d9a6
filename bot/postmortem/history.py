"""The timeline as a reader wants it: one row for what happened together."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from textwrap import shorten

from bot.incident import Entry
from bot.incident.narration import sentence
from bot.incident.timeline import (
    ActionAdded,
    AlertJoined,
    Diagnosed,
    RoomOpened,
    StepMoved,
    Watched,
)
from bot.postmortem.course import Course
from bot.render import clock, day

_CHECKED = frozenset({"suspect", "clear", "unknown"})
_SHOWN, _WIDTH = 3, 120
"""How many suspect checks a shared row quotes, and how much of each; all stand in full below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Entries that follow one another and tell the same kind of thing."""

    kind: str
    entries: tuple[Entry, ...]


def history_of(course: Course) -> list[dict[str, object]]:
    """A row for each thing that happened: when, who, what, and where to look."""
    return [_row(run) for run in _runs(course.entries)]


def _row(run: _Run) -> dict[str, object]:
    entry = run.entries[-1] if run.kind in _LAST else run.entries[0]
    iso = entry.at.isoformat()
    return {
        "at": iso,
        "day": day(iso),
        "time": clock(iso),
        "who": entry.by.name,
        "what": _SAYS[run.kind](run.entries) if len(run.entries) > 1 else sentence(entry),
        "link": next((each.link for each in run.entries if each.link), None),
        "mark": run.kind,
    }


def _runs(entries: tuple[Entry, ...]) -> Iterator[_Run]:
    told = [entry for entry in entries if _is_told(entry)]
    for (kind, _), group in groupby(told, key=lambda entry: (_kind(entry), _alone(entry))):
        yield _Run(kind=kind, entries=tuple(group))


def _is_told(entry: Entry) -> bool:
    """That a step began or was passed over is told by what comes of it."""
    fact = entry.fact
    return not (isinstance(fact, StepMoved) and fact.state in {"running", "waiting", "skipped"})


def _kind(entry: Entry) -> str:
    fact = entry.fact
    if isinstance(fact, StepMoved):
        return "checks" if fact.state in _CHECKED else "step"
    if isinstance(fact, Watched):
        return f"watched {fact.reading.good}"
    if isinstance(fact, AlertJoined | RoomOpened | Diagnosed | ActionAdded):
        return type(fact).__name__
    return "other"


def _alone(entry: Entry) -> int | str:
    """Entries with an equal mark may share a row."""
    kind = _kind(entry)
    if isinstance(entry.fact, Diagnosed):
        best = entry.fact.diagnosis.best
        return best.cause if best else ""
    return "" if kind in _SAYS else entry.seq


def _checks(entries: tuple[Entry, ...]) -> str:
    moved = [entry.fact for entry in entries if isinstance(entry.fact, StepMoved)]
    suspect = [fact for fact in moved if fact.state == "suspect"]
    parts = [f"{len(suspect)} suspect"] if suspect else []
    for state, words in (("clear", "clear"), ("unknown", "not known")):
        count = sum(1 for fact in moved if fact.state == state)
        parts += [f"{count} {words}"] if count else []
    suspect.sort(key=lambda fact: -max((each.strength for each in fact.findings), default=0.0))
    said = [shorten(fact.says or fact.title, width=_WIDTH, placeholder=" …") for fact in suspect]
    shown = "; ".join(said[:_SHOWN]) + (f"; and {len(said) - _SHOWN} more" if said[_SHOWN:] else "")
    return f"Ran {len(moved)} checks: {', '.join(parts)}" + (f". {shown}" if shown else "")


def _fired(entries: tuple[Entry, ...]) -> str:
    return f"The alert fired {len(entries)} more times, last at {entries[-1].at:%H:%M}"


def _ranked(entries: tuple[Entry, ...]) -> str:
    return sentence(entries[-1])


def _watched(entries: tuple[Entry, ...]) -> str:
    return f"{sentence(entries[-1])} ({len(entries)} looks)"


_SAYS: dict[str, Callable[[tuple[Entry, ...]], str]] = {
    "checks": _checks,
    "AlertJoined": _fired,
    "Diagnosed": _ranked,
    "watched True": _watched,
    "watched False": _watched,
    "watched None": _watched,
}
_LAST = frozenset({"Diagnosed", "watched True", "watched False", "watched None"})
"""Rows that stand at the time of their last entry, as their words are the last one's."""
