"""Slices inside a slice: whether a third column tells where in a pair the extra errors sit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import FIRST
from bot.profile.columns import RIGHT, WRONG
from bot.profile.slices import Place, extra_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.columns import Column
    from bot.profile.windows import Windows

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]
    Parent = tuple[tuple[str, int], ...]

RUNS = 24
"""Each window is cut into so many runs of buckets: every other one chooses, the rest confirm."""

CHOOSE, CONFIRM = 0, 1
PARTS = 4
"""History that chooses, history that confirms, and the incident likewise."""

SUPPORT = 30
"""A child, and what is left of its parent, has at least so many labelled rows in each part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Child:
    """One value of a third column, in which the extra errors of the parent are said to sit."""

    column: str
    code: int
    z: float


def parts_of_time(windows: "Windows") -> "Counts":
    """The part of each bucket, of `PARTS`; -1 outside of both windows."""
    found = np.full(len(windows.before), -1, dtype=np.int64)
    for first, mask in ((0, windows.before), (2, windows.during)):
        places = np.flatnonzero(mask)
        runs = min(RUNS, len(places))
        found[places] = first + (np.arange(len(places)) * runs // max(len(places), 1)) % 2
    return found


def refined(
    place: Place, within: "Mapping[Parent, Mapping[str, Counts]]",
    *, columns: "Mapping[str, Column]", windows: "Windows",
) -> Place:  # fmt: skip
    """The place with a third predicate on each pair whose child beats it beyond chance.

    Where there is one, share and densities are of the runs that did not choose it.
    """
    # Of the segments that the place unites, each may have a child of its own.
    children = {parent: _best(within.get(parent, {})) for parent in place.codes}
    if not any(children.values()):
        return place
    confirm = parts_of_time(windows) % 2 == CONFIRM
    one = next(iter(columns.values()))
    whole = [one.over(confirm & mask).sum(axis=1) for mask in (windows.before, windows.during)]
    total, every = (float(part.sum()) for part in extra_of(*(w[:, None] for w in whole)))
    held = sick = rows = 0.0
    for parent, child in children.items():
        name = child.column if child else next(iter(within[parent]))
        codes = [child.code] if child else slice(None)
        counts = within[parent][name][:, :, codes].sum(axis=2, keepdims=True)
        extra, known = extra_of(counts[CONFIRM], counts[2 + CONFIRM])
        held, sick = held + float(extra.sum()), sick + float(known.sum())
        rows += float(counts[2:, (WRONG, RIGHT)].sum())
    codes_ = tuple(
        (*parent, (child.column, child.code)) if child else parent
        for parent, child in children.items()
    )
    return replace(
        place, codes=codes_, share=min(held / max(total, 1e-9), 1.0), density=held / max(sick, 1.0),
        outside=max(total - held, 0.0) / max(every - sick, 1.0), rows=round(rows),
        size=sick / max(every, 1.0),
        segments=tuple(
            {name: columns[name].bins.name_of(code) for name, code in conjunction}
            for conjunction in codes_
        ),
    )  # fmt: skip


def _best(thirds: "Mapping[str, Counts]", *, sure: float = 3.5) -> _Child | None:
    """The child that the choosing runs show most clearly, if the confirming ones show it too.

    Of many values one always stands out: it is chosen by half of the time alone, and the other
    half tests this one only. `sure` is in standard errors.
    """
    chosen = max(
        (child for name, counts in thirds.items() for child in _children(name, counts)),
        key=lambda child: child.z,
        default=None,
    )
    if chosen is None or chosen.z < sure:
        return None
    z, _ = _gap(thirds[chosen.column], CONFIRM)
    confirmed = float(z[chosen.code])
    return replace(chosen, z=confirmed) if confirmed >= sure else None


def _children(
    name: str, counts: "Counts", *, enough: float = 0.8, times: float = 3.0
) -> "Iterator[_Child]":
    """Values that hold nearly all of the parent's extra errors, by the runs that choose."""
    z, extra = _gap(counts, CHOOSE)
    known = counts[2 + CHOOSE, WRONG] + counts[2 + CHOOSE, RIGHT]
    total = float(extra.sum())
    for code in range(FIRST, len(z)):
        inside = extra[code] / max(known[code], 1)
        outside = max(total - extra[code], 0.0) / max(known.sum() - known[code], 1)
        if extra[code] >= enough * total > 0 and inside >= times * outside:
            yield _Child(column=name, code=code, z=float(z[code]))


def _gap(counts: "Counts", part: int) -> "tuple[Floats, Floats]":
    """How many standard errors each value is denser than the rest of its parent, and its extra.

    The standard error is that of the difference of two shares, each less that of its history.
    """
    old, new = counts[part].astype(np.float64), counts[2 + part].astype(np.float64)
    extra, _ = extra_of(counts[part], counts[2 + part])
    gap, variance = np.zeros(len(extra)), np.zeros(len(extra))
    full = np.ones(len(extra), dtype=np.bool_)
    for sign, (before, during) in ((1, (old, new)), (-1, (_rest(old), _rest(new)))):
        n0, n1 = before[WRONG] + before[RIGHT], during[WRONG] + during[RIGHT]
        for rows, counted in ((n0, before), (n1, during)):
            share = (counted[WRONG] + 1) / (rows + 2)
            variance += share * (1 - share) / np.maximum(rows, 1)
            gap += (1 if counted is during else -1) * sign * counted[WRONG] / np.maximum(rows, 1)
        full &= (n1 >= SUPPORT) & (n0 >= SUPPORT)
    return np.where(full, gap / np.sqrt(variance), -np.inf), extra


def _rest(counts: "Floats") -> "Floats":
    """The rows of all other values, for each value."""
    found: Floats = counts.sum(axis=1, keepdims=True) - counts
    return found
