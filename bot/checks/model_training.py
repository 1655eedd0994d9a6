"""What the model was trained on, against what it was served while all was well."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks.registry import trained_as_registered
from bot.checks.words import listed, percent
from bot.errors import CheckError
from bot.incident import Finding
from bot.sockets import check

if TYPE_CHECKING:
    from bot.profile import Evidence
    from bot.profile.training import Training


@check("model.training")
def model_training(
    evidence: "Evidence", *, apart: float = 0.3, labels: float = 0.15
) -> Iterator[Finding]:
    """Was the model trained on features, values and classes like those that it is served?"""
    yield from trained_as_registered(evidence)
    if evidence.training is not None:
        yield from _as_reference(evidence.training, apart=apart, labels=labels)
    elif evidence.registered is None:
        raise CheckError(f"the training data is not known: {evidence.absent.get('reference')}")


def _as_reference(training: "Training", *, apart: float, labels: float) -> Iterator[Finding]:
    """Features, values and classes against those of the training snapshot."""
    odd = [*training.unknown, *training.unserved]
    if odd:
        yield Finding(
            check="model.training", verdict="suspect", strength=4.0, rows=training.rows,
            subject={"part": "features", "feature": odd[0]},
            says=f"{len(odd)} features are on one side only: served but not trained on:"
            f" {listed(list(training.unknown)) or 'none'}; configured but not served:"
            f" {listed(list(training.unserved)) or 'none'}",
            doubt="a snapshot of the training data that is older than the model",
        )  # fmt: skip
    if training.retyped:
        name, trained, served = training.retyped[0]
        listed_ = listed([f"{n} ({old}, served as {new})" for n, old, new in training.retyped])
        yield Finding(
            check="model.training", verdict="suspect", strength=3.0, rows=training.rows,
            subject={"part": "signature", "feature": name, "trained": trained, "served": served},
            says=f"{len(training.retyped)} features are of another kind than in training:"
            f" {listed_}",
            doubt="a log that writes another type than the model is given",
        )  # fmt: skip
    far = [one for one in training.apart if one[1] >= apart]
    moved = 0.0
    if training.trained is not None and training.served is not None:
        moved = training.served - training.trained
    rates = (
        "" if training.trained is None or training.served is None
        else f"; {percent(training.trained)} of its labels were {training.name},"
        f" {percent(training.served)} of those served"
    )  # fmt: skip
    name, most = training.apart[0] if training.apart else ("none", 0.0)
    suspect = bool(far) or abs(moved) >= labels
    yield Finding(
        check="model.training", verdict="suspect" if suspect else "clear", rows=training.rows,
        strength=2.0 if suspect else 0.0, subject={"part": "values"},
        says=f"before the onset {len(far)} of {len(training.apart)} features lay far from their"
        f" training data (farthest {name}, Jensen-Shannon {most:.2f}){rates}",
        figures={"farthest": most, "far": len(far), "labels": moved},
        doubt="the metric was good on this traffic: it is a difference, not yet a harm",
    )  # fmt: skip
