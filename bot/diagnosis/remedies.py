"""What to do about a cause: the quick win first, with what it should bring back."""

from typing import TYPE_CHECKING

from bot.checks.words import figure
from bot.diagnosis.candidate import Candidate
from bot.incident import Action, Finding

if TYPE_CHECKING:
    from bot.profile import Evidence

ASK = Action(kind="ask", says="ask the experts what else happened about the onset")
WAIT = Action(kind="wait", says="wait, and keep watching")

NAMELESS = {
    "rollback": "the release at the onset", "restore_capacity": "the servers",
    "reweight": "the traffic that came at the onset",
    "rate_limit": "those who came at the onset",
}  # fmt: skip
"""What a first action is about where no finding names it."""


def remedies(
    evidence: "Evidence", candidate: Candidate, segments: tuple[dict[str, str], ...]
) -> tuple[Action, ...]:
    """The first action of the cause in this context, then what makes it last."""
    declared, what = candidate.declared, _culprit(candidate, segments)
    released = candidate.named
    if declared.first.kind == "rollback" and released is not None:
        what = f"{released.subject['change']} ({_what_changed(released)})"
    first = Action(
        kind=declared.first.kind,
        says=declared.first.says.format(what=what) + expected(evidence, candidate),
    )
    then = [Action(kind=one.kind, says=one.says.format(what=what)) for one in declared.then]
    undo = []
    if released is not None and declared.first.kind not in {"rollback", "fix_metric"}:
        name = released.subject["change"]
        says = f"if {name} ({_what_changed(released)}) brought it about, have it undone"
        undo = [Action(kind="rollback", says=says)]
    return (first, *undo, *then)


def expected(evidence: "Evidence", candidate: Candidate) -> str:
    """What the metric should come back to, for the part of the fall that this cause holds."""
    tallies = evidence.tallies
    before, during = tallies.value(evidence.before), tallies.value(evidence.during)
    if before is None or during is None or evidence.windows.change is None:
        return ""
    share = share_of(candidate)
    back = during + (before - during) * (1.0 if share is None else share)
    metric = evidence.settings.metric
    return f"; {metric} should come back to about {figure(metric, back)}"


def share_of(candidate: Candidate) -> float | None:
    """The part of the extra errors in the rows of its leading finding; None where not known."""
    leading = candidate.leading
    for name in ("explained", "harm"):
        if leading is not None and name in leading.figures:
            return min(max(leading.figures[name], 0.0), 1.0)
    return None


def _culprit(candidate: Candidate, segments: tuple[dict[str, str], ...]) -> str:
    if candidate.feature:
        return candidate.feature
    subject = candidate.leading.subject if candidate.leading else {}
    if "version" in subject:
        return f"version {subject['version']}"
    parts = (" and ".join(f"{name} {value}" for name, value in one.items()) for one in segments)
    return " or ".join(parts) or NAMELESS.get(
        candidate.declared.first.kind, "what changed at the onset"
    )


def _what_changed(change: Finding) -> str:
    """The words of a change event, out of its finding's sentence."""
    return change.says.partition(": ")[2].partition(" at ")[0]
