"""The label at equal score."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.words import APART, UNEVEN, percent, portion
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.belonging import Belonging

LEFT = 5.0
"""The strength of what is left when nothing else moved."""

CLEARED = -3.0
"""Standard errors of the loss of ties, labels' less answers', from which labels are not to blame:
chance says so of labels that changed in one of seven hundred."""


@check("drift.concept")
def drift_concept(
    evidence: "Evidence", *, sure: float = 4.0, within: float = 0.6, even: float = 0.6,
    uneven: float = UNEVEN, apart: float = APART,
) -> Iterator[Finding]:  # fmt: skip
    """Are predictions of equal score wrong more often than they used to be, and which ones?"""
    relation = evidence.relation
    rather = evidence.belonging.by_labels
    if rather is not None and rather <= CLEARED:
        yield _cleared(evidence.belonging, rows=evidence.rows_during)
        return
    if relation is None and evidence.one("score") is None and evidence.extra_errors > 0:
        yield _by_features(evidence, sure=sure, uneven=uneven, apart=apart)
        return
    if relation is None:
        why = evidence.absent.get("score", "it needs a score, labels and a fall to explain")
        raise CheckError(f"errors at equal score cannot be compared: {why}")
    broke = relation.z >= sure and relation.within >= within
    # Wrong labels come anywhere; the world changes for some kind of case.
    local = None if evidence.belonging.labels_alike else evidence.local
    kind = local is not None and local.z >= uneven and local.share >= apart
    flips = evidence.flips
    flat = not kind and (relation.flat >= even if flips is None else flips.fits)
    words = "the surest scores as much as the others" if flat else "mostly the less sure scores"
    if kind and local is not None:
        words = f"most of all where {local.feature} is {local.bin}"
    tail = f", {words}" if broke else ""
    yield Finding(
        check="drift.concept", verdict="suspect" if broke else "clear", rows=relation.rows,
        strength=min(relation.z, 12.0) if broke else 0.0, since=evidence.start if broke else None,
        subject={"sign": "flat" if flat else "local"},
        says=f"{portion(relation.within)} of the extra errors are at scores that were right"
        f" before{tail}",
        figures={
            "within": relation.within, "flat": relation.flat, "z": relation.z,
            "uneven": 0.0 if local is None else local.z,
            "apart": 0.0 if local is None else local.share,
        },
        doubt="a defect in the features or in the model, which breaks the score as well",
    )  # fmt: skip


def _cleared(found: "Belonging", *, rows: int) -> Finding:
    """Answers came loose from the features, and labels did not: they are what they were."""
    answers, labels = found.answers, found.labels
    gone = 0.0 if answers is None else answers.lost
    kept = 1.0 if labels is None else 1 - labels.lost
    return Finding(
        check="drift.concept", verdict="clear", rows=rows,
        says=f"answers lost {percent(gone)} of their ties to the features, while labels keep"
        f" {percent(min(kept, 1.0))} of theirs: it is not the labels that changed",
        figures={"by_labels": found.by_labels or 0.0},
    )  # fmt: skip


def _by_features(
    evidence: "Evidence", *, sure: float, uneven: float, apart: float, least: float = 0.05
) -> Finding:
    """Without a score: did the labels move at equal features while the predictions did not?

    Errors are made of features, predictions and labels: where the metric fell and neither of the
    first two moved, the labels did, though too little to be seen in any one feature.
    """
    true, said = evidence.true, evidence.said
    local = None if evidence.belonging.labels_alike else evidence.local
    if true is None:
        raise CheckError("labels at equal features cannot be compared: too few have come")
    still = said is None or said.z < sure or said.size < 0.5 * true.size
    broke = true.z >= sure and true.size >= least and still
    left = evidence.fell and (said is None or said.z < 0.5 * sure) and not _moved(evidence)
    strength = min(true.z, 12.0) if broke else LEFT
    kind = local is not None and local.z >= uneven and local.share >= apart
    words = f", most of all where {local.feature} is {local.bin}" if kind and local else ""
    return Finding(
        check="drift.concept", verdict="suspect" if broke or left else "clear", rows=true.rows,
        strength=strength if broke or left else 0.0,
        since=evidence.start if broke or left else None,
        subject={"sign": "local" if kind else "flat"},
        says=f"at equal features labels moved by {percent(true.size)} ({true.z:.2g} spreads of the"
        f" history), predictions by {percent(0.0 if said is None else said.size)}"
        f"{words if broke or left else ''}"
        f"{'; features and predictions are as before, so that the labels are not' * left}",
        figures={
            "true": true.size, "true_z": true.z, "said": 0.0 if said is None else said.size,
            "uneven": 0.0 if local is None else local.z,
            "apart": 0.0 if local is None else local.share,
        },
        doubt="a feature that is wrong in the same proportions as it was right",
    )  # fmt: skip


def _moved(evidence: "Evidence", *, drifted: float = 4.0, part: float = 0.1) -> bool:
    """Whether a feature that the predictions go with changed its distribution."""
    drifts = (evidence.drift(column) for column in evidence.features())
    return any(one.z >= drifted and one.moved - one.usual >= part for one in drifts)
