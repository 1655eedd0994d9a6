"""The frequencies of the classes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import percent, portion
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence


@check("drift.prior")
def drift_prior(
    evidence: "Evidence", *, least: float = 0.03, sure: float = 4.0, stable: float = 0.95,
    explains: float = 0.4, steady: float = 2.0,
) -> Iterator[Finding]:  # fmt: skip
    """Did the classes become more or less frequent, with the model as good on each as before?"""
    prior = evidence.prior if evidence.settings.task != "regression" else None
    if prior is None:
        raise CheckError("class frequencies need at least 50 labelled rows before and during")
    moved = prior.moved >= least and prior.z >= sure
    pure = prior.moved >= least and _shifted(evidence, steady=steady)
    led = _led(evidence, moves=prior.mix) if moved or pure else None
    harmful = prior.stable >= stable and ((moved and prior.mix >= explains) or pure) and led is None
    turned, slow = evidence.true_since
    tail = "and that alone" if harmful else "which alone"
    if led is not None:
        tail = f"along with {led}, whose rows are labelled as ever; it"
    same = "; each class has the scores it had, and only its chance at a score moved"
    z = max(prior.z, 4.0) if pure else prior.z
    yield Finding(
        check="drift.prior", verdict="suspect" if harmful else "clear", rows=prior.rows,
        strength=min(z**2 / 2, 20.0) if harmful else 0.0,
        since=turned if harmful else None, slow=slow, subject={"class": prior.name},
        says=f"class {prior.name} is {percent(prior.during)} of labels, {percent(prior.before)}"
        f" before, {tail} explains {portion(prior.mix)} of the extra errors; predictions given the"
        f" class are {percent(prior.stable)} the same{same if pure else ''}",
        figures={
            "before": prior.before, "during": prior.during, "z": prior.z, "mix": prior.mix,
            "stable": prior.stable, "pure": float(pure),
        },
        doubt="labels of one class that come later than those of another",
    )  # fmt: skip


def _led(evidence: "Evidence", *, moves: float) -> str | None:
    """The feature whose values came more often, with their usual classes, and explain more."""
    parts = [(evidence.mixture(column).moved, column.name) for column in evidence.features()]
    most, name = max(parts, default=(0.0, ""))
    if most < moves:
        return None
    lead = evidence.lead(evidence.columns[name])
    return name if lead is not None and lead.by_values else None


def _shifted(evidence: "Evidence", *, steady: float, least: float = 0.08) -> bool:
    """Whether the scores of each class stayed, while the classes at equal score did not."""
    at_score, of_class = evidence.true_at_score, evidence.score_at_true
    if at_score is None or of_class is None:
        return False
    still = of_class.z < steady and of_class.size < 0.75 * at_score.size
    return still and at_score.z >= steady and at_score.size >= least
