"""Whether what stands in one row still belongs together: answers, labels and features.

Where answers, labels or whole rows are mixed up, or drawn at random, in a part of the traffic,
every tie to them loses the same part: the joint distribution is the old one in some rows and the
product of its marginals in the others. Another model, another world or one wrong feature loosens
some ties and not others.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.distance import drift_of, total_variation
from bot.profile.given import local_rise
from bot.profile.joint import STILL, answer_tie, label_tie, pair_ties
from bot.profile.ties import Tie
from bot.profile.windows import HISTORY

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.columns import Column
    from bot.profile.traffic import Traffic

    Floats = npt.NDArray[np.float64]


MAIN = 0.25
"""A part of what all features say; those that hold more of it are what answers hang on."""

SEEN = 2.0
"""Standard errors of a loss that is still seen when the clearest tie is left out."""


SURE = 5.0
"""Standard errors from which a common loss is large enough to say how even it is."""

ALIKE = 1 / 8
"""The part of a loss by which ties may differ beyond chance, and still be called alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What many ties lost: the part that is gone of all of them, and how unlike they are.

    `uneven` is the standard deviation between the ties beyond chance (DerSimonian and Laird,
    Controlled Clinical Trials 1986); `rest` is how sure the loss still is without the one tie that
    says most about it.
    """

    lost: float
    error: float
    uneven: float
    rest: float
    ties: int

    @property
    def z(self) -> float:
        """By how many standard errors something was lost."""
        return self.lost / self.error

    def even(self, *, part: float) -> bool:
        """Whether they differ by less than this part of the loss, which no one tie says alone."""
        return self.rest >= SEEN and self.uneven <= part * self.lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """What predictions and labels lost of their ties to the features, and those of each other.

    `answers_moved` is the share of predictions that became others, beyond what is usual;
    `to_one` is the part of those that became one and the same; `even_rise` says that errors rose
    in no kind of case more than in others.
    """

    answers: Loss | None
    labels: Loss | None
    features: Loss | None
    answers_moved: float
    to_one: float
    even_rise: bool

    @property
    def labels_alike(self) -> bool:
        """Whether labels came loose from every feature alike, as wrong ones do.

        The world changes for some kind of case, and so in some features more than in others.
        """
        labels = self.labels
        return labels is not None and labels.z >= SURE and labels.even(part=ALIKE)

    @property
    def by_labels(self) -> float | None:
        """By how many standard errors labels lost more of their ties than answers did.

        An error is made of an answer and a label, and whichever of them changed came loose from
        the features. None where the ties of either are not known.
        """
        answers, labels = self.answers, self.labels
        if answers is None or labels is None:
            return None
        return (labels.lost - answers.lost) / math.hypot(labels.error, answers.error)


def belonging_of(evidence: "Traffic") -> Belonging:
    """The three losses, and how far the predictions moved by themselves."""
    moved, to_one = _answers_moved(evidence)
    return Belonging(
        answers=_loss(evidence, answer_tie), labels=_loss(evidence, label_tie),
        features=_features(evidence), answers_moved=moved, to_one=to_one,
        even_rise=_even_rise(evidence),
    )  # fmt: skip


def loss_of(ties: Iterable[Tie | None]) -> Loss | None:
    """The common loss of these ties, each weighted by how well it is known; None without any."""
    known = [tie for tie in ties if tie is not None]
    if not known:
        return None
    weights = np.array([tie.error**-2 for tie in known])
    lost = np.array([1 - tie.kept for tie in known])
    whole = float(weights.sum())
    mean = float((weights * lost).sum()) / whole
    spread = float((weights * (lost - mean) ** 2).sum()) - (len(known) - 1)
    scale = whole - float((weights**2).sum()) / whole
    uneven = math.sqrt(max(spread, 0.0) / scale) if scale > 0 else 0.0
    return Loss(
        lost=mean, error=1 / math.sqrt(whole), uneven=uneven, rest=_rest(weights, lost),
        ties=len(known),
    )  # fmt: skip


def _rest(weights: "Floats", lost: "Floats") -> float:
    """The smallest number of standard errors of the loss when one tie is left out."""
    held, said = weights.sum() - weights, (weights * lost).sum() - weights * lost
    return float(np.min(said / np.sqrt(held))) if len(lost) > 1 else 0.0


def _loss(evidence: "Traffic", tied: "Callable[[Column], Tie | None]") -> Loss | None:
    """The common loss of the features that did not change by themselves.

    One that did loses its ties by that, and takes answers with it where they hang on it: then
    nothing can be said of the others.
    """
    ties = [(column, tie) for column in evidence.features() if (tie := tied(column)) is not None]
    drifts = [drift_of(column, evidence.windows) for column, _ in ties]
    moved = [drift.moved - drift.usual for drift in drifts]
    # Where half of its rows changed, all of what it said may be gone.
    gone = sum(
        tie.before * min(2 * part, 1.0)
        for (_, tie), part in zip(ties, moved, strict=True)
        if part > STILL
    )
    if gone > MAIN * sum(tie.before for _, tie in ties):
        return None
    return loss_of(tie for (_, tie), part in zip(ties, moved, strict=True) if part <= STILL)


def _features(evidence: "Traffic") -> Loss | None:
    joint = evidence.joint
    if joint is None:
        return None
    return loss_of(pair_ties(joint).values())


def _even_rise(evidence: "Traffic", *, sure: float = 8.0, apart: float = 0.2) -> bool:
    local = local_rise(evidence)
    return local is None or local.z < sure or local.share < apart


def _answers_moved(evidence: "Traffic") -> tuple[float, float]:
    """The share of predictions in other bins beyond what is usual, and the part of it in one bin.

    Usual is the median over the history's spans.
    """
    counts = evidence.cells.sum(axis=1)
    old, new = counts[:HISTORY].sum(axis=0), counts[HISTORY:].sum(axis=0)
    past = [total_variation(old - part, part) for part in counts[:HISTORY] if part.sum()]
    usual = float(np.median(past)) if past else 0.0
    gained = np.maximum(new / max(new.sum(), 1) - old / max(old.sum(), 1), 0.0)
    whole = float(gained.sum())
    return max(whole - usual, 0.0), float(gained.max()) / whole if whole else 0.0
