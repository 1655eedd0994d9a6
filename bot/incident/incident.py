"""An incident, as the fold of its timeline."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from bot.incident import timeline as t
from bot.incident.alert import Alert, IncidentKey, Severity
from bot.incident.checklist import Progress
from bot.incident.finding import Diagnosis, Finding, Reading
from bot.incident.people import Person
from bot.incident.rollback import Rollback

Status = Literal["investigating", "mitigated", "resolved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItem:
    """Something that somebody will do."""

    number: int
    says: str
    owner: Person | None = None
    due: date | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a person found, in their words."""

    at: datetime
    by: Person
    says: str
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Everything that is known of one incident now."""

    id: str
    number: int
    key: IncidentKey
    title: str
    severity: Severity
    playbook: str
    opened_at: datetime
    opened_by: Person
    updated_at: datetime
    status: Status = "investigating"
    alert: Alert | None = None
    firing: int = 0
    cleared: int = 0
    room: str | None = None
    room_name: str | None = None
    roles: dict[str, Person] = field(default_factory=dict)
    progress: dict[str, Progress] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    notes: tuple[Note, ...] = ()
    diagnosis: Diagnosis | None = None
    actions: tuple[ActionItem, ...] = ()
    rollback: Rollback | None = None
    mitigation: str = ""
    mitigated_at: datetime | None = None
    reading: Reading | None = None
    good_windows: int = 0
    recovered_at: datetime | None = None
    resolved_at: datetime | None = None
    cause: str = ""
    resolution: str = ""
    postmortem: str | None = None

    @property
    def model(self) -> str | None:
        """The model it is about, once known."""
        return self.key.model

    @property
    def lead(self) -> Person | None:
        """Who leads the response."""
        return self.roles.get("lead")

    @property
    def is_open(self) -> bool:
        """Whether a repeat of the alert joins it."""
        return self.status != "resolved"


def fold(entries: Iterable[t.Entry]) -> Incident:
    """The state that these entries, in order, add up to; the first has to be `Opened`."""
    incident: Incident | None = None
    for entry in entries:
        incident = advance(incident, entry)
    if incident is None:
        raise ValueError("an incident begins with an entry; there is none")
    return incident


def advance(incident: Incident | None, entry: t.Entry) -> Incident:
    """The state after one more entry."""
    if incident is None:
        if not isinstance(entry.fact, t.Opened):
            raise ValueError(f"entry {entry.seq} of {entry.incident} comes before its opening")
        return _opened(entry, entry.fact)
    return replace(_changed(incident, entry), updated_at=entry.at)


def _opened(entry: t.Entry, fact: t.Opened) -> Incident:
    return Incident(
        id=entry.incident,
        number=fact.number,
        key=fact.key,
        title=fact.title,
        severity=fact.severity,
        playbook=fact.playbook,
        opened_at=entry.at,
        opened_by=entry.by,
        updated_at=entry.at,
        alert=fact.alert,
        firing=1 if fact.alert else 0,
    )


def _changed(incident: Incident, entry: t.Entry) -> Incident:  # noqa: C901, PLR0911, PLR0912 - one line a fact
    match entry.fact:
        case t.Opened():
            raise ValueError(f"incident {incident.id} is open already (entry {entry.seq})")
        case t.AlertJoined(alert=alert):
            return replace(incident, firing=incident.firing + 1, alert=incident.alert or alert)
        case t.AlertCleared():
            return replace(incident, cleared=incident.cleared + 1)
        case t.ModelNamed(model=model, metric=metric, playbook=playbook):
            return replace(incident, key=_named(incident, model, metric), playbook=playbook)
        case t.RoomOpened(id=room, name=name):
            return replace(incident, room=room, room_name=name)
        case t.StepMoved() as moved:
            return _stepped(incident, moved, by=entry.by)
        case t.CheckRun(findings=findings):
            return replace(incident, findings=_merged(incident.findings, findings))
        case t.Diagnosed(diagnosis=diagnosis):
            return replace(incident, diagnosis=diagnosis)
        case t.FindingRecorded(says=says, link=link):
            note = Note(at=entry.at, by=entry.by, says=says, link=link)
            return replace(incident, notes=(*incident.notes, note))
        case t.SeveritySet(severity=severity):
            return replace(incident, severity=severity)
        case t.RoleTaken(role=role, person=person):
            return replace(incident, roles=incident.roles | {role: person})
        case t.ActionAdded(number=number, says=says, owner=owner, due=due):
            item = ActionItem(number=number, says=says, owner=owner, due=due)
            return replace(incident, actions=(*incident.actions, item))
        case t.ActionDone(number=number):
            return replace(incident, actions=_done(incident.actions, number, at=entry.at))
        case t.RollbackAsked() | t.RollbackApproved() | t.RollbackEnded() as fact:
            return replace(incident, rollback=_rolled(incident.rollback, fact, entry))
        case t.Mitigated(says=says):
            return replace(
                incident, status="mitigated", mitigation=says, mitigated_at=entry.at,
                reading=None, good_windows=0, recovered_at=None,
            )  # fmt: skip
        case t.Watched(reading=reading):
            return replace(incident, reading=reading, good_windows=_streak(incident, reading))
        case t.Recovered():
            return replace(incident, recovered_at=entry.at)
        case t.Resolved(cause=cause, says=says):
            return replace(
                incident, status="resolved", resolved_at=entry.at,
                cause=cause or incident.cause, resolution=says,
            )  # fmt: skip
        case t.Reopened():
            return replace(incident, status="investigating", resolved_at=None, recovered_at=None)
        case t.PostmortemWritten(path=path):
            return replace(incident, postmortem=path)


def _named(incident: Incident, model: str, metric: str) -> IncidentKey:
    """The key with its model; the title, which kept it apart while nobody knew it, falls away."""
    apart = {("alert", incident.title), ("title", incident.title)}
    return IncidentKey(
        model=model,
        metric=incident.key.metric or metric,
        segment=tuple(pair for pair in incident.key.segment if pair not in apart),
    )


def _stepped(incident: Incident, moved: t.StepMoved, *, by: Person) -> Incident:
    progress = Progress(state=moved.state, says=moved.says, by=by.name)
    return replace(
        incident,
        progress=incident.progress | {moved.step: progress},
        findings=_merged(incident.findings, moved.findings),
    )


def _merged(old: tuple[Finding, ...], new: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """A check that is run again replaces what it said before."""
    again = {finding.check for finding in new}
    return (*(finding for finding in old if finding.check not in again), *new)


def _done(items: tuple[ActionItem, ...], number: int, *, at: datetime) -> tuple[ActionItem, ...]:
    return tuple(
        replace(item, done_at=at) if item.number == number and not item.done_at else item
        for item in items
    )


def _rolled(
    rollback: Rollback | None,
    fact: t.RollbackAsked | t.RollbackApproved | t.RollbackEnded,
    entry: t.Entry,
) -> Rollback | None:
    """The newest rollback after one more fact; of one that is over nothing changes."""
    if isinstance(fact, t.RollbackAsked):
        return Rollback(
            id=fact.id, asked_by=entry.by, asked_at=entry.at, call=fact.call, until=fact.until,
            why=fact.why,
        )  # fmt: skip
    if rollback is None or rollback.id != fact.id or rollback.state not in {"asked", "approved"}:
        return rollback
    if isinstance(fact, t.RollbackApproved):
        return replace(rollback, state="approved", until=fact.until, decided_by=entry.by)
    decided_by = entry.by if fact.state == "declined" else rollback.decided_by
    return replace(rollback, state=fact.state, outcome=fact.says, decided_by=decided_by)


def _streak(incident: Incident, reading: Reading) -> int:
    """Good windows in a row; a window with too few labels neither counts nor breaks the row."""
    if reading.good is None:
        return incident.good_windows
    return incident.good_windows + 1 if reading.good else 0
