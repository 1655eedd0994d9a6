"""A cause while it is being weighed, with everything that was added up for it."""

from dataclasses import dataclass, field

from bot.diagnosis.declared import Declared
from bot.incident import Finding

BASE = -3.0
"""Log-odds of a cause for which nothing speaks yet, beside `unknown` at zero."""

CAP = 9.0
"""No pile of evidence is worth more than this."""

TOLD = 0.3
"""A finding that adds or takes less than this is not named as a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What one finding adds to the log-odds of a cause, and why it is not more.

    The weight is `most` times three parts from 0 to 1: how `strong` the finding is, how far the
    extra errors keep to its rows (`share`), and how well its beginning fits the onset (`timing`).
    `counted` is False where another finding of the same check says more.
    """

    finding: Finding
    weight: float
    most: float
    strong: float = 1.0
    share: float = 1.0
    timing: float = 1.0
    why: str = ""
    counted: bool = True


@dataclass(slots=True, kw_only=True)
class Candidate:
    """A cause, of one feature where it is about features, with what was added up for it."""

    declared: Declared
    feature: str | None = None
    contributions: list[Contribution] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    named: Finding | None = None
    """The logged change that fits it best, whether or not it speaks for it."""
    odds: float = 0.0
    """Log-odds beside `unknown` at zero."""

    @property
    def cause(self) -> str:
        """The name of the cause."""
        return self.declared.cause

    @property
    def evidence(self) -> list[Finding]:
        """What speaks for it, what says most first."""
        return [one.finding for one in self.contributions if one.weight >= TOLD]

    @property
    def against(self) -> list[Finding]:
        """What speaks against it, what says most first."""
        return [one.finding for one in self.contributions if one.weight <= -TOLD]

    @property
    def leading(self) -> Finding | None:
        """The finding that counts most for it."""
        return next(iter(self.evidence), None)

    @property
    def change(self) -> Finding | None:
        """The logged change that speaks for it."""
        return next((f for f in self.evidence if f.check == "changes.recent"), None)

    @property
    def added(self) -> float:
        """The sum of what counts, capped."""
        total = sum(one.weight for one in self.contributions if one.counted)
        return max(-CAP, min(CAP, total))
