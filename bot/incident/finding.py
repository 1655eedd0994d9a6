"""What a diagnosis is made of; the words are those of the diagnosis contract, version 1."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Verdict = Literal["suspect", "clear", "unknown"]
Overall = Literal["degraded", "healthy", "no_labels"]
Shape = Literal["step", "ramp", "intermittent"]

MOVEMENT = "movement"
"""The figure that holds how surely something moved, where that did no harm that labels show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A span of event time, `start` included, `end` not; both UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The answer of one check, or of one person, to one question.

    `strength` is the evidence for harm in natural-log units (0 for none); `rows` how many
    predictions it rests on; `subject` names the feature, segment, version or change it speaks of;
    `figures` holds effect sizes and interval ends by name; `doubt` is what would change its mind.
    `slow` says that what it speaks of moved gradually from `since` on, rather than at once.
    `segments` is the part of the traffic in which it sits, each a conjunction: empty for all of it,
    None where that is not known.
    """

    check: str
    verdict: Verdict
    says: str
    id: str = ""
    strength: float = 0.0
    rows: int = 0
    since: datetime | None = None
    subject: dict[str, str] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    doubt: str = ""
    segments: tuple[dict[str, str], ...] | None = None
    slow: bool = False

    @property
    def movement(self) -> float:
        """The evidence that something moved at all, harmful or not, in natural-log units."""
        return max(self.strength, self.figures.get(MOVEMENT, 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """The metric over a window, with the labelled rows it rests on; `value` None without labels."""

    value: float | None
    rows: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Onset:
    """Since when, with an interval, and how it began."""

    time: datetime
    low: datetime
    high: datetime
    shape: Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What to do about a cause; `kind` is one of the contract's actions."""

    kind: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """A probable cause; `evidence` and `against` are ids of findings.

    `share` is the part of the extra errors that lie in its rows, where another cause acts beside it
    and that is known.
    """

    cause: str
    confidence: float
    says: str
    features: tuple[str, ...] = ()
    segments: tuple[dict[str, str], ...] = ()
    since: datetime | None = None
    change: str | None = None
    evidence: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """How deep, since when, and why; the hypotheses best first."""

    model: str
    metric: str
    at: datetime
    verdict: Overall
    baseline: Measure
    current: Measure
    onset: Onset | None
    hypotheses: tuple[Hypothesis, ...]
    findings: tuple[Finding, ...]

    @property
    def best(self) -> Hypothesis | None:
        """The most probable cause."""
        return self.hypotheses[0] if self.hypotheses else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One window of the metric after a mitigation, from `at` to `until`.

    `good` is None while there are too few labelled rows to say anything; `floor` is the value it
    has to reach.
    """

    at: datetime
    until: datetime
    value: float | None
    rows: int
    floor: float | None
    good: bool | None
