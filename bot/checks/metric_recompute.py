"""The metric from the rows themselves, beside what the dashboard says."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import figure, percent, rows, since
from bot.errors import CheckError
from bot.incident import Finding
from bot.profile.calibration import calibration_error
from bot.profile.harm import fell as has_fallen
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence


@check("metric.recompute")
def metric_recompute(
    evidence: "Evidence", *, least: float = 0.005, sure: float = 3.0, labelled: int = 50
) -> Iterator[Finding]:
    """Did the metric really fall, recomputed from the rows, and does the dashboard agree?"""
    tallies, metric = evidence.tallies, evidence.settings.metric
    n0, n1 = tallies.labelled(evidence.before), tallies.labelled(evidence.during)
    if min(n0, n1) < labelled:
        raise CheckError(
            f"only {rows(n0)} before and {rows(n1)} during have a label; {labelled} of each are"
            f" needed to compute {metric}"
        )
    before, during = tallies.value(evidence.before), tallies.value(evidence.during)
    if before is None or during is None:
        raise CheckError(f"{metric} cannot be computed: {_why(evidence)}")
    worse = tallies.worse(before, during)
    change = evidence.windows.change
    strength = change.strength if change is not None else 0.0
    fell = has_fallen(evidence, least=least, sure=sure)
    verb = "went from" if fell else "stayed:"
    yield Finding(
        check="metric.recompute",
        verdict="suspect" if fell else "clear",
        strength=strength if fell else 0.0,
        says=f"{metric} recomputed from rows {verb} {figure(metric, before)} ({rows(n0)})"
        f" to {figure(metric, during)} ({rows(n1)}){since(evidence.start)}",
        rows=n0 + n1,
        since=evidence.start if fell else None,
        subject={"metric": metric, "part": "recomputed"},
        figures={"before": before, "during": during, "worse": worse},
        doubt="labels that arrive later for these rows, or a label that is wrong",
    )
    yield from _beside(evidence)
    yield _reported(evidence, fell=fell)


def _reported(evidence: "Evidence", *, fell: bool) -> Finding:
    """What the dashboard says, held against the rows."""
    metric = evidence.settings.metric
    dashboard = evidence.dashboard
    if dashboard is None:
        why = evidence.absent.get("reported", "it has too few values before and during")
        return Finding(
            check="metric.recompute", verdict="unknown", subject={"part": "reported"},
            says=f"whether the dashboard agrees with the rows is not known: {why}",
        )  # fmt: skip
    alone = dashboard.alone
    says = (
        f"the dashboard's {metric} went from {figure(metric, dashboard.before)} to"
        f" {figure(metric, dashboard.during)} ({dashboard.points} points)"
        f"{since(dashboard.since)}; recomputed for the same times it went from"
        f" {figure(metric, dashboard.recomputed_before)} to"
        f" {figure(metric, dashboard.recomputed_during)}"
    )
    return Finding(
        check="metric.recompute", verdict="suspect" if alone else "clear",
        strength=dashboard.strength if alone else 0.0, says=says,
        rows=evidence.rows_before + evidence.rows_during,
        since=dashboard.since if alone else None, subject={"metric": metric, "part": "reported"},
        figures={
            "before": dashboard.before, "during": dashboard.during, "gap": dashboard.gap,
            "fell_too": float(fell),
        },
        doubt="how the dashboard computes the metric: which rows, which labels, which average",
    )  # fmt: skip


def _why(evidence: "Evidence") -> str:
    if evidence.tallies.scores is None:
        return evidence.absent.get("score", "there is no score")
    return "one of the classes does not occur"


def _beside(evidence: "Evidence") -> Iterator[Finding]:
    """Precision, recall, F1 and the other figures that the same counts give."""
    if evidence.settings.task == "regression":
        names: tuple[str, ...] = ("mae", "rmse", "r2")
    else:
        names = ("accuracy", "precision", "recall", "f1", "auc", "brier")
    parts: list[str] = []
    figures: dict[str, float] = {}
    for name in names:
        if name in {"auc", "brier"} and evidence.tallies.scores is None:
            continue
        before = evidence.tallies.value(evidence.before, name)
        during = evidence.tallies.value(evidence.during, name)
        if name == evidence.settings.metric or before is None or during is None:
            continue
        parts.append(f"{name} {figure(name, before)} → {figure(name, during)}")
        figures |= {f"{name}_before": before, f"{name}_during": during}
    errors = [calibration_error(evidence, mask) for mask in (evidence.before, evidence.during)]
    if errors[0] is not None and errors[1] is not None:
        parts.append(f"calibration error {percent(errors[0])} → {percent(errors[1])}")
        figures |= {"calibration_before": errors[0], "calibration_during": errors[1]}
    if parts:
        yield Finding(
            check="metric.recompute", verdict="clear", says="beside it: " + ", ".join(parts),
            rows=evidence.rows_before + evidence.rows_during, subject={"part": "beside"},
            figures=figures,
        )  # fmt: skip
