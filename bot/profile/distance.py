"""How far two distributions over the same bins lie apart, and how far they usually do."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.columns import Column
    from bot.profile.windows import Windows

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]


def psi(one: "Counts", other: "Counts", *, least: float = 0.5) -> float:
    """Population stability index; empty bins count as half a row, so that it stays finite."""
    p, q = _shares(one, least), _shares(other, least)
    return float(((q - p) * np.log(q / p)).sum())


def jensen_shannon(one: "Counts", other: "Counts") -> float:
    """The square root of the divergence in bits: 0 for equal, 1 for disjoint."""
    p, q = _shares(one, 0.0), _shares(other, 0.0)
    middle = (p + q) / 2
    return math.sqrt(max((_entropy(middle) - (_entropy(p) + _entropy(q)) / 2) / math.log(2), 0.0))


def total_variation(one: "Counts", other: "Counts") -> float:
    """The share of rows that would have to change bins: 0 for equal, 1 for disjoint."""
    return float(np.abs(_shares(one, 0.0) - _shares(other, 0.0)).sum() / 2)


def by_chance(
    shares: "Floats", *, per_row: "Floats | float", axis: int | None = None
) -> "Floats | float":
    """The total variation of a sample from shares that it was drawn by.

    Half the sum of the mean absolute errors of the shares, each of nearly normal error. `per_row`
    is one over the rows of the sample; of two samples from the same shares, the sum of both.
    """
    errors = np.clip(shares * (1 - shares), 0.0, None) * per_row
    found: Floats | float = np.sqrt(errors * 2 / np.pi).sum(axis=axis) / 2
    return found


def _shares(counts: "Counts", least: float) -> "Floats":
    raised = np.maximum(counts.astype(np.float64), least)
    shares: Floats = raised / max(raised.sum(), 1e-12)
    return shares


def _entropy(p: "Floats") -> float:
    positive = p[p > 0]
    return float(-(positive * np.log(positive)).sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The distance of a column before and during, and of its earlier spans among themselves.

    `usual` is the median of the history's own distances and `z` how many of their robust spreads
    the distance lies above it.
    """

    psi: float
    js: float
    moved: float
    usual: float
    z: float
    rows: int


def drift_of(column: "Column", windows: "Windows") -> Drift:
    """The drift of a column between the two windows, against spans of the incident's length."""
    every = column.series.sum(axis=1)
    before, during = every[windows.before], every[windows.during]
    p, q = before.sum(axis=0), during.sum(axis=0)
    js = jensen_shannon(p, q)
    past = _history(before, rows=int(q.sum()))
    usual = float(np.median(past)) if len(past) else 0.0
    spread = 1.4826 * float(np.median(np.abs(past - usual))) if len(past) else 0.0
    floor = 0.25 * usual + 0.01
    return Drift(
        psi=psi(p, q), js=js, moved=total_variation(p, q), usual=usual,
        z=(js - usual) / max(spread, floor), rows=int(p.sum() + q.sum()),
    )  # fmt: skip


def _history(before: "Counts", *, rows: int) -> "Floats":
    """The distance of each earlier span, of about as many rows as the incident, from the rest."""
    total = int(before.sum())
    parts = 4 if rows == 0 or total < 3 * rows else min(total // rows, 20)
    reached = np.cumsum(before.sum(axis=1))
    if len(reached) < parts or total == 0:
        return np.zeros(0)
    cuts = np.searchsorted(reached, total * np.arange(1, parts) / parts)
    spans = [span.sum(axis=0) for span in np.split(before, cuts) if span.sum()]
    all_of = before.sum(axis=0)
    return np.array([jensen_shannon(all_of - span, span) for span in spans])
