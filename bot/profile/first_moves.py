"""Which column moved the most, from two small samples of rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import Bins, distinct_edges
from bot.profile.distance import jensen_shannon

if TYPE_CHECKING:
    from typing import Any

    import numpy.typing as npt

    Values = npt.NDArray[Any]
    Mask = npt.NDArray[np.bool_]

LEAST = 0.05
"""A Jensen-Shannon distance that lies less than this above the usual one is no movement."""
LEAST_PART = 0.1
"""A piece with a smaller part of the rows tells nothing of what is usual."""
_EDGES = tuple(i / 10 for i in range(1, 10))
_MOST_VALUES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """The column that moved the most, and its value or interval that gained the most rows."""

    column: str
    distance: float
    value: str
    before: float
    now: float
    """The shares of that value among the rows, before and now."""


def largest_movement(
    columns: "Mapping[str, Values]", *, piece: "Values", now: "Mask"
) -> Movement | None:
    """The column whose distribution differs the most between the rows of before and of `now`.

    Pieces of the history differ among themselves as well: only what lies above the largest of
    those differences counts. Numbers come as floats, NaN where missing; text empty where missing.
    """
    if now.all() or not now.any():
        return None
    found = [_movement(name, values, piece=piece, now=now) for name, values in columns.items()]
    moved = [(excess, movement) for excess, movement in found if excess >= LEAST]
    return max(moved, key=lambda one: (one[0], one[1].column))[1] if moved else None


def _movement(
    name: str, values: "Values", *, piece: "Values", now: "Mask"
) -> tuple[float, Movement]:
    bins = _bins(name, values, now)
    codes = _codes(values, bins)
    old, new = (np.bincount(codes[mask], minlength=bins.size) for mask in (~now, now))
    distance = jensen_shannon(old, new)
    usual = 0.0
    for one in np.unique(piece[~now]):
        part = np.bincount(codes[(piece == one) & ~now], minlength=bins.size)
        if LEAST_PART * old.sum() < part.sum() < old.sum():
            usual = max(usual, jensen_shannon(part, old - part))
    before, after = old / max(old.sum(), 1), new / max(new.sum(), 1)
    top = int(np.argmax(after - before))
    return distance - usual, Movement(
        column=name, distance=distance, value=bins.name_of(top), before=float(before[top]),
        now=float(after[top]),
    )  # fmt: skip


def _bins(name: str, values: "Values", now: "Mask") -> Bins:
    if values.dtype.kind == "f":
        known = np.sort(values[~now & np.isfinite(values)])
        edges = [float(known[int(q * len(known))]) for q in _EDGES] if len(known) else []
        ends = [float(known[0]), float(np.nextafter(known[-1], np.inf))] if len(known) else []
        return Bins(
            name=name, kind="numeric", roles=("feature",), type="float64",
            edges=distinct_edges([*edges, *ends]),
        )  # fmt: skip
    names, rows = np.unique(values[values != ""], return_counts=True)
    top = names[np.argsort(-rows, kind="stable")][:_MOST_VALUES]
    return Bins(
        name=name, kind="category", roles=("feature",), type="string",
        values=tuple(str(value) for value in top),
    )  # fmt: skip


def _codes(values: "Values", bins: Bins) -> "npt.NDArray[np.int64]":
    """NULL for what is missing, else the value's own code."""
    if bins.kind == "numeric":
        codes = bins.under + np.searchsorted(np.array(bins.edges), values, side="right")
        return np.where(np.isnan(values), 0, codes).astype(np.int64)
    known = {value: code for code, value in enumerate(bins.values, start=3)} | {"": 0}
    unique, place = np.unique(values, return_inverse=True)
    codes = np.array([known.get(str(value), 2) for value in unique], dtype=np.int64)
    return codes[place.ravel()]
