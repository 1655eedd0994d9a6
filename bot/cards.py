"""What the bot says, as values; the chat's edge turns them into its own blocks.

Every text here is plain text from wherever it came: the edge escapes it.
"""

from dataclasses import dataclass

from bot.incident import ActionItem, Finding, Incident, Playbook, Rollback, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A place to look."""

    says: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """The pinned card: how deep, since when, who leads, why, and what to do next."""

    incident: Incident
    next_step: str
    links: tuple[Link, ...] = ()
    first_look: str = ""
    """What a sample says, until there is a diagnosis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistCard:
    """Every step with its state."""

    incident: Incident
    playbook: Playbook


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What one check found, for a thread or for whoever asked."""

    title: str
    question: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What the checks of one section of the checklist found, for the checklist's thread."""

    section: str
    parts: tuple[Findings, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The probable causes with what speaks for and against each."""

    incident: Incident
    rollback: bool = False
    """Whether a rollback is what to do first, and one can be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An `ask` step: buttons for its options, or a modal for free text; `answer` once given."""

    incident: str
    step: Step
    asked: str
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A `do` step: taken by somebody, then done."""

    incident: str
    step: Step
    taken_by: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A rollback that somebody asked for: what will be called, and what became of it."""

    incident: str
    rollback: Rollback
    approvers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """The line in the announcement channel, edited as the incident goes."""

    incident: Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentList:
    """The open incidents, for whoever asked."""

    incidents: tuple[Incident, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionList:
    """The action items of an incident."""

    incident: str
    actions: tuple[ActionItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A plain message: a headline, lines below it, a link."""

    says: str
    lines: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    mood: str = "info"
    """`info`, `good`, `bad` or `wrong` (a person's input that could not be used)."""


Card = (
    Situation
    | ChecklistCard
    | Findings
    | Details
    | Ranking
    | Question
    | Task
    | Approval
    | Announcement
    | IncidentList
    | ActionList
    | Notice
)
