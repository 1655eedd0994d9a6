"""The causes, best first."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.incident import Action, Finding, Hypothesis, Overall

if TYPE_CHECKING:
    from bot.profile import Evidence


def rank(
    evidence: "Evidence", findings: Sequence[Finding], *, verdict: Overall
) -> tuple[Hypothesis, ...]:
    """Placeholder ranking until causes are declared."""
    cause = "healthy" if verdict == "healthy" else "unknown"
    return (
        Hypothesis(cause=cause, confidence=0.5, says="first slice: causes are not ranked yet",
                   actions=(Action(kind="ask", says="ask the domain experts"),)),
    )  # fmt: skip
