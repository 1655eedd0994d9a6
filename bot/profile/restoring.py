"""A column as it would be if it still followed its old distribution."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

MASS = 0.02
"""A single number that gained so large a share of the rows stands for no value: a default."""


def restore(values: Sequence[object], usual: Sequence[object]) -> list[object]:
    """The values moved to the distribution of the usual ones, keeping what order they have.

    Numbers go to the same quantile of the usual ones. Absent numbers, and a default that took the
    place of numbers, tell nothing of their row: they get values drawn from the usual ones. Of
    categories, what came up goes to what was lost, the largest to the largest.
    """
    there = [value for value in [*values, *usual] if value is not None]
    if there and all(_is_number(value) for value in there):
        return _numbers(values, usual)
    return _categories(values, usual)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers(values: Sequence[object], usual: Sequence[object]) -> list[object]:
    found = np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    wanted = np.array([np.nan if v is None else v for v in usual], dtype=np.float64)
    gone = np.isnan(found) | np.isin(found, _defaults(found, wanted))
    # As many stay absent as always were, in the order of the rows.
    spared = round(float(np.isnan(wanted).mean()) * len(found)) if len(wanted) else 0
    absent = np.flatnonzero(np.isnan(found))[:spared]
    known = np.sort(wanted[~np.isnan(wanted)])
    if not len(known):
        return list(values)
    made = np.empty(len(found))
    made[~gone] = _mapped(found[~gone], known)
    made[gone] = np.random.default_rng(0).choice(known, int(gone.sum()))
    whole = all(value is None or isinstance(value, int) for value in usual)
    kept = set(absent.tolist())
    return [None if i in kept else (round(v) if whole else v) for i, v in enumerate(made.tolist())]


def _defaults(
    found: "npt.NDArray[np.float64]", wanted: "npt.NDArray[np.float64]"
) -> "npt.NDArray[np.float64]":
    """Numbers that hardly were there before and now fill a share of the rows."""
    values, counts = np.unique(found[~np.isnan(found)], return_counts=True)
    before = np.array([np.mean(wanted == value) if len(wanted) else 0.0 for value in values])
    shares = counts / max(len(found), 1)
    return values[(shares >= MASS) & (before < MASS / 10)] if len(values) else values


def _mapped(
    found: "npt.NDArray[np.float64]", known: "npt.NDArray[np.float64]"
) -> "npt.NDArray[np.float64]":
    """Each number at the quantile that it has among the found ones; equal ones stay equal."""
    if not len(found):
        return found
    ordered = np.sort(found)
    middle = (
        np.searchsorted(ordered, found, "left") + np.searchsorted(ordered, found, "right")
    ) / 2  # fmt: skip
    place = np.minimum((middle / len(found) * len(known)).astype(int), len(known) - 1)
    moved: npt.NDArray[np.float64] = known[place]
    return moved


def _categories(values: Sequence[object], usual: Sequence[object]) -> list[object]:
    now, wanted = Counter(values), Counter(usual)
    factor = len(values) / max(len(usual), 1)
    want = {value: round(count * factor) for value, count in wanted.items()}
    moves: dict[object, list[object]] = {}
    for old, new in zip(_more(now, want), _more(want, now), strict=False):
        moves.setdefault(old, []).append(new)
    return _moved(values, moves)


def _more(one: Mapping[object, int], other: Mapping[object, int]) -> Iterator[object]:
    """Each value as often as it is there more often than on the other side, the most first."""
    excess = [(count - other.get(value, 0), str(value), value) for value, count in one.items()]
    for many, _, value in sorted(excess, key=lambda found: (-found[0], found[1])):
        yield from repeat(value, max(many, 0))


def _moved(values: Sequence[object], moves: dict[object, list[object]]) -> list[object]:
    """The rows of each value that is too many, evenly over their order, given another."""
    places: dict[object, list[int]] = {}
    for place, value in enumerate(values):
        places.setdefault(value, []).append(place)
    made = list(values)
    for value, others in moves.items():
        rows = places[value]
        for i, other in enumerate(others):
            made[rows[i * len(rows) // len(others)]] = other
    return made
