"""What happened in an incident: the facts its timeline is made of, each with its sentence.

The state of an incident is the fold of these facts and nothing else.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.incident.alert import Alert, IncidentKey, Severity
from bot.incident.checklist import State
from bot.incident.finding import Diagnosis, Finding, Reading
from bot.incident.people import Person
from bot.incident.rollback import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The incident began."""

    number: int
    key: IncidentKey
    title: str
    severity: Severity
    playbook: str
    alert: Alert | None = None
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertJoined:
    """An alert that belongs to the open incident."""

    alert: Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCleared:
    """The sender says that an alert no longer fires; that closes nothing by itself."""

    alert: Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelNamed:
    """Somebody said which model it is; its own metric and playbook come with it."""

    model: str
    metric: str
    playbook: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomOpened:
    """The incident's channel exists."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepMoved:
    """A step of the checklist began or ended."""

    step: str
    title: str
    state: State
    says: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRun:
    """Somebody ran a check by hand."""

    check: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosed:
    """The findings were ranked into causes."""

    diagnosis: Diagnosis


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRecorded:
    """A person wrote down what they found."""

    says: str
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveritySet:
    """The severity changed."""

    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTaken:
    """Somebody took a role, such as `lead`."""

    role: str
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionAdded:
    """An action item was written down."""

    number: int
    says: str
    owner: Person | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDone:
    """An action item was finished."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackAsked:
    """Somebody asked for a rollback; another person has to approve it before `until`."""

    id: str
    call: Call
    until: datetime
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackApproved:
    """A second person approved it; it may be carried out before `until`."""

    id: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackEnded:
    """It was carried out, or it will not be; `says` is what came of it."""

    id: str
    state: Literal["done", "declined", "expired", "failed"]
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mitigated:
    """A fix was applied; the metric is watched from here on."""

    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One look at the metric after a mitigation."""

    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """Enough good windows in a row."""

    reading: Reading
    windows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """The incident is over; `cause` is the root cause in a person's words, if they gave it."""

    cause: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """It was not over."""

    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmortemWritten:
    """The post-mortem was rendered to a file."""

    path: str


Fact = (
    Opened
    | AlertJoined
    | AlertCleared
    | ModelNamed
    | RoomOpened
    | StepMoved
    | CheckRun
    | Diagnosed
    | FindingRecorded
    | SeveritySet
    | RoleTaken
    | ActionAdded
    | ActionDone
    | RollbackAsked
    | RollbackApproved
    | RollbackEnded
    | Mitigated
    | Watched
    | Recovered
    | Resolved
    | Reopened
    | PostmortemWritten
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One fact of one incident's timeline: `seq` orders all entries of a store; never changed."""

    seq: int
    incident: str
    at: datetime
    by: Person
    fact: Fact
    link: str | None = None
