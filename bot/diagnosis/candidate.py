"""A cause while it is being weighed."""

from dataclasses import dataclass, field

from bot.diagnosis.declared import Declared
from bot.incident import Finding

BASE = -3.0
"""Log-odds of a cause for which nothing speaks yet, beside `unknown` at zero."""


@dataclass(slots=True, kw_only=True)
class Candidate:
    """A cause, of one feature where it is about features, with what was added up for it."""

    declared: Declared
    feature: str | None = None
    odds: float = 0.0
    evidence: list[Finding] = field(default_factory=list)
    against: list[Finding] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def leading(self) -> Finding | None:
        """The finding that counts most for it."""
        return self.evidence[0] if self.evidence else None
