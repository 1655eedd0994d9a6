"""The contract's metrics from counts and sums: over any window, and as a series to search."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import FIRST, NULL
from bot.profile.changepoint import Series
from bot.profile.columns import RIGHT, WRONG
from bot.settings import LOWER_IS_BETTER

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]

SUMS = (
    "rows", "score", "score2", "loss", "loss2", "brier", "brier2", "absolute", "squared",
    "squared2", "relative", "relative2", "label", "label2", "latency", "arrival", "label_delay",
)  # fmt: skip
"""The sums that the scan brings along, each by bucket and outcome; losses only of labelled rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallies:
    """What every metric is computed from.

    `confusion` is [bucket, label code, prediction code]; `scores` [bucket, label code, score code]
    (None without a score); `sums` holds each of `SUMS` as [bucket, outcome].
    """

    metric: str
    positive: int | None
    confusion: "Counts"
    scores: "Counts | None"
    outcomes: "Counts"
    sums: dict[str, "Floats"]

    def value(self, mask: "npt.NDArray[np.bool_]", metric: str | None = None) -> float | None:
        """The metric over the buckets of the mask; None where there is nothing to compute."""
        counted = _Window(self, mask)
        if counted.labelled == 0:
            return None
        return METRICS[metric or self.metric](counted)

    def worse(self, before: float, during: float) -> float:
        """By how much the metric got worse, whichever way is down."""
        return during - before if self.metric in LOWER_IS_BETTER else before - during

    def labelled(self, mask: "npt.NDArray[np.bool_]") -> int:
        """Rows with a label in the buckets of the mask."""
        return int(self.outcomes[mask][:, (WRONG, RIGHT)].sum())

    def error(self, mask: "npt.NDArray[np.bool_]") -> float:
        """The share of wrong among the labelled rows; 0 where there are none."""
        wrong, right = self.outcomes[mask][:, (WRONG, RIGHT)].sum(axis=0)
        return float(wrong / (wrong + right)) if wrong + right else 0.0

    def series(self) -> Series:
        """An additive series by bucket whose mean falls when, and only when, the metric worsens."""
        known = self.outcomes[:, (WRONG, RIGHT)].sum(axis=1)
        if self.metric == "r2":
            sums = (self._known(name) for name in ("squared", "label", "label2"))
            return _explained(known.astype(np.float64), *sums)
        if self.metric in _LOSSES:
            loss, square = (self._known(name) for name in _LOSSES[self.metric])
            return Series(n=known.astype(np.float64), total=-loss, square=square)
        if self.positive is not None and self.metric in _SHARES:
            hits, rows = self._share(self.metric)
            return Series.of_counts(hits, rows)
        if self.metric == "auc" and self.scores is not None and self.positive is not None:
            return _placements(self.scores, self.positive)
        return Series.of_counts(self.outcomes[:, RIGHT], known)

    def _known(self, name: str) -> "Floats":
        total: Floats = self.sums[name][:, (WRONG, RIGHT)].sum(axis=1)
        return total

    def _share(self, metric: str) -> "tuple[Counts, Counts]":
        """F1 moves with tp / (tp + fp + fn), which is a share of rows."""
        known = self.confusion[:, NULL + 1 :, :]
        hit = self.confusion[:, self.positive, self.positive]
        predicted, actual = (
            known[:, :, self.positive].sum(1),
            self.confusion[:, self.positive].sum(1),
        )
        rows = {"precision": predicted, "recall": actual, "f1": predicted + actual - hit}
        return hit, rows[metric]


class _Window:
    """Everything of one window, added up."""

    def __init__(self, tallies: Tallies, mask: "npt.NDArray[np.bool_]") -> None:
        self.positive = tallies.positive
        self.confusion = tallies.confusion[mask].sum(axis=0)[NULL + 1 :]
        self.scores = None if tallies.scores is None else tallies.scores[mask].sum(axis=0)
        outcomes = tallies.outcomes[mask].sum(axis=0)
        self.right = int(outcomes[RIGHT])
        self.labelled = int(outcomes[RIGHT] + outcomes[WRONG])
        self.sums = {
            name: float(values[mask][:, (WRONG, RIGHT)].sum())
            for name, values in tallies.sums.items()
        }

    def mean(self, name: str) -> float:
        return self.sums[name] / self.labelled


def _accuracy(w: _Window) -> float | None:
    return w.right / w.labelled


def _classes(w: _Window) -> list[tuple[int, int, int]]:
    """True positives, false positives and false negatives: of the positive class, or of each."""
    codes = [w.positive] if w.positive is not None else range(FIRST, w.confusion.shape[1])
    found = []
    for code in codes:
        row = w.confusion[code - NULL - 1]
        hit = int(row[code])
        found.append((hit, int(w.confusion[:, code].sum()) - hit, int(row.sum()) - hit))
    return [(tp, fp, fn) for tp, fp, fn in found if tp + fp + fn]


def _macro(of: "Callable[[int, int, int], float]") -> "Callable[[_Window], float | None]":
    """A metric of one class, averaged over the classes that occur."""

    def metric(w: _Window) -> float | None:
        parts = [of(*counts) for counts in _classes(w)]
        return sum(parts) / len(parts) if parts else None

    return metric


def _auc(w: _Window) -> float | None:
    """Area under the curve from the score's bins; ties within a bin count half."""
    if w.scores is None or w.positive is None:
        return None
    ones = w.scores[w.positive, FIRST:].astype(np.float64)
    zeros = w.scores[NULL + 1 :, FIRST:].sum(axis=0) - ones
    if not ones.sum() or not zeros.sum():
        return None
    below = np.cumsum(zeros) - zeros / 2
    return float((ones * below).sum() / (ones.sum() * zeros.sum()))


def _r2(w: _Window) -> float | None:
    spread = w.sums["label2"] - w.sums["label"] ** 2 / w.labelled
    return 1 - w.sums["squared"] / spread if spread > 0 else None


METRICS: "dict[str, Callable[[_Window], float | None]]" = {
    "accuracy": _accuracy,
    "precision": _macro(lambda tp, fp, _: tp / (tp + fp) if tp + fp else 0.0),
    "recall": _macro(lambda tp, _, fn: tp / (tp + fn) if tp + fn else 0.0),
    "f1": _macro(lambda tp, fp, fn: 2 * tp / (2 * tp + fp + fn)),
    "auc": _auc,
    "log_loss": lambda w: w.mean("loss"),
    "brier": lambda w: w.mean("brier"),
    "mae": lambda w: w.mean("absolute"),
    "rmse": lambda w: float(np.sqrt(w.mean("squared"))),
    "mape": lambda w: w.mean("relative"),
    "r2": _r2,
}

_SHARES = frozenset({"precision", "recall", "f1"})
_LOSSES = {
    "log_loss": ("loss", "loss2"), "brier": ("brier", "brier2"), "mae": ("absolute", "squared"),
    "rmse": ("squared", "squared2"), "mape": ("relative", "relative2"),
}  # fmt: skip


def _placements(scores: "Counts", positive: int) -> Series:
    """How far each row stands above the other class of all time, or below it; the mean is the area.

    What a row has beyond the area is divided by the share of its class, so that each class moves
    the mean as much as it moves the area, however few rows it has (DeLong et al. 1988).
    """
    ones = scores[:, positive, FIRST:].astype(np.float64)
    zeros = scores[:, NULL + 1 :, FIRST:].sum(axis=1) - ones
    n, positives, negatives = ones.sum(1) + zeros.sum(1), ones.sum(0), zeros.sum(0)
    share = float(positives.sum() / max(n.sum(), 1.0))
    below = (np.cumsum(negatives) - negatives / 2) / max(negatives.sum(), 1.0)
    above = (np.cumsum(positives[::-1])[::-1] - positives / 2) / max(positives.sum(), 1.0)
    area = float(positives @ below / max(positives.sum(), 1.0))
    up = area + (below - area) / max(share, 1e-12)
    down = area + (above - area) / max(1 - share, 1e-12)
    return Series(
        n=n, total=ones @ up + zeros @ down, square=ones @ up**2 + zeros @ down**2
    )  # fmt: skip


def _explained(n: "Floats", squared: "Floats", label: "Floats", label2: "Floats") -> Series:
    """What each row adds to r2, whose mean falls with it, be it by errors or by equal labels.

    The influence of a row on 1 - E / S about the values of all time: E are squared errors, S the
    squares of labels about their mean. Its variance is that of neighbouring buckets' means, for
    rows' own would take moments that nothing else needs.
    """
    rows = max(float(n.sum()), 1.0)
    mean = float(label.sum()) / rows
    about = label2 - 2 * mean * label + n * mean**2
    spread, lost = float(about.sum()) / rows, float(squared.sum()) / rows
    if spread <= 0:
        return Series(n=n, total=-squared, square=squared**2 / np.maximum(n, 1))
    part = lost / spread
    total = n * (1 - part) - (squared - part * about) / spread
    full = n > 0
    means, held = total[full] / n[full], n[full]
    steps = np.diff(means) ** 2 / (1 / held[1:] + 1 / held[:-1])
    one = float(steps.mean()) if len(steps) else 0.0
    return Series(n=n, total=total, square=n * one + total**2 / np.maximum(n, 1))
