"""The moments of an incident: since when, noticed when, until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.incident import Diagnosis, Entry, Incident, Onset, Reading
from bot.incident.timeline import (
    Diagnosed,
    Mitigated,
    PostmortemWritten,
    Recovered,
    Reopened,
    Resolved,
    Watched,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How an incident went, from its timeline.

    `began` is the onset, or where none was found the moment it was noticed. `until` ends the
    harm as far as is known: the mitigation that is proven to have helped, else the end.
    """

    entries: tuple[Entry, ...]
    diagnosis: Diagnosis | None
    noticed: datetime
    began: datetime
    until: datetime
    first_mitigation: datetime | None
    mitigations: tuple[Entry, ...]
    readings: tuple[Reading, ...]
    recovered: Entry | None
    resolved_at: datetime | None
    reopened: tuple[Entry, ...]

    @property
    def onset(self) -> Onset | None:
        """Since when the metric was degraded, if that was found."""
        return self.diagnosis.onset if self.diagnosis else None

    @property
    def harmless(self) -> bool:
        """Whether the metric turned out not to have dropped, and nobody saw cause to mend it."""
        healthy = self.diagnosis is not None and self.diagnosis.verdict == "healthy"
        return healthy and not self.mitigations

    @property
    def degraded(self) -> timedelta:
        """How long it lasted, from the onset, not from the alert."""
        return max(self.until - self.began, timedelta())

    @property
    def to_notice(self) -> timedelta | None:
        """From the onset to the alert; None without an onset, negative where the alert led."""
        return self.noticed - self.onset.time if self.onset else None

    @property
    def to_mitigate(self) -> timedelta | None:
        """From the alert to the first mitigation."""
        return self.first_mitigation - self.noticed if self.first_mitigation else None

    @property
    def to_recover(self) -> timedelta | None:
        """From the last mitigation to the proof that it helped."""
        if self.recovered is None or not self.mitigations:
            return None
        return self.recovered.at - self.mitigations[-1].at

    @property
    def many_days(self) -> bool:
        """Whether its timeline needs dates."""
        return self.entries[0].at.date() != self.entries[-1].at.date()


def course_of(incident: Incident, timeline: Sequence[Entry]) -> Course:
    """The course of an incident; that a post-mortem was written before does not change it."""
    entries = tuple(entry for entry in timeline if not isinstance(entry.fact, PostmortemWritten))
    mitigations = tuple(entry for entry in entries if isinstance(entry.fact, Mitigated))
    diagnosis = _diagnosis(entries, mitigations)
    alert = incident.alert
    noticed = min(alert.starts_at, incident.opened_at) if alert else incident.opened_at
    readings = _readings(entries, mitigations)
    recovered = _last_standing(entries)
    return Course(
        entries=entries,
        diagnosis=diagnosis,
        noticed=noticed,
        began=diagnosis.onset.time if diagnosis and diagnosis.onset else noticed,
        until=_until(incident, entries, mitigations, readings, recovered),
        first_mitigation=mitigations[0].at if mitigations else None,
        mitigations=mitigations,
        readings=readings,
        recovered=recovered,
        resolved_at=incident.resolved_at,
        reopened=tuple(entry for entry in entries if isinstance(entry.fact, Reopened)),
    )


def _diagnosis(entries: tuple[Entry, ...], mitigations: tuple[Entry, ...]) -> Diagnosis | None:
    """The last one made before the last mitigation: a later one may look at a mended metric."""
    last = mitigations[-1].seq if mitigations else None
    found = [
        (entry.seq, entry.fact.diagnosis) for entry in entries if isinstance(entry.fact, Diagnosed)
    ]
    before = [diagnosis for seq, diagnosis in found if last is None or seq < last]
    return before[-1] if before else found[0][1] if found else None


def _readings(entries: tuple[Entry, ...], mitigations: tuple[Entry, ...]) -> tuple[Reading, ...]:
    """The windows after the last mitigation; one that was looked at again counts once."""
    start = mitigations[-1].seq if mitigations else 0
    by_window = {
        entry.fact.reading.at: entry.fact.reading
        for entry in entries
        if isinstance(entry.fact, Watched) and entry.seq > start
    }
    return tuple(by_window[at] for at in sorted(by_window))


def _last_standing(entries: tuple[Entry, ...]) -> Entry | None:
    """The recovery, unless something undid it."""
    standing: Entry | None = None
    for entry in entries:
        if isinstance(entry.fact, Recovered):
            standing = entry
        elif isinstance(entry.fact, Mitigated | Reopened):
            standing = None
    return standing


def _until(
    incident: Incident,
    entries: tuple[Entry, ...],
    mitigations: tuple[Entry, ...],
    readings: tuple[Reading, ...],
    recovered: Entry | None,
) -> datetime:
    if recovered is not None:
        fixed = mitigations[-1].at if mitigations else recovered.at
        bad = [reading.until for reading in readings if reading.good is False]
        return max([fixed, *bad])
    ended = [entry.at for entry in entries if isinstance(entry.fact, Resolved)]
    return ended[-1] if ended and not incident.is_open else entries[-1].at
