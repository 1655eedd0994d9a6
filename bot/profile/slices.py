"""In which part of the traffic something sits."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import FIRST
from bot.profile.columns import RIGHT, WRONG
from bot.profile.windows import HISTORY

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.columns import Column
    from bot.profile.traffic import Traffic
    from bot.profile.windows import Windows

    Counts = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Split = tuple[tuple[str, ...], Floats, Floats]


MOST = 4
"""A union has no more parts than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A union of conjunctions, the part of the whole that sits there, and how dense it is.

    `density` is the excess per row there and `outside` elsewhere.
    """

    segments: tuple[dict[str, str], ...]
    share: float
    density: float
    outside: float
    rows: int
    size: float
    """Its part of all rows."""
    codes: tuple[tuple[tuple[str, int], ...], ...] = ()
    """The segments as the columns' codes."""


def worst_place(
    columns: "Mapping[str, Column]", pairs: "Mapping[tuple[str, ...], Counts]",
    windows: "Windows", *, base: float,
) -> Place | None:  # fmt: skip
    """The slice of one or two columns that holds the extra errors; None where it is everywhere.

    `base` is the share of wrong rows in the history.
    """
    return _densest(columns, list(_error_splits(columns, pairs, windows)), base=base)


def where_values_are(evidence: "Traffic", column: "Column", codes: Sequence[int]) -> Place | None:
    """The slice in which these codes came up; None where that is everywhere, or not known."""
    splits: list[Split] = []
    for key, counts in evidence.crossed.items():
        if key[0] == column.name:
            old, new = counts[:HISTORY].sum(axis=0), counts[HISTORY:].sum(axis=0)
            n0, n1 = old.sum(axis=0), new.sum(axis=0)
            k0, k1 = old[list(codes)].sum(axis=0), new[list(codes)].sum(axis=0)
            splits.append((key[1:], k1 - n1 * (k0 + 0.0) / np.maximum(n0, 1), n1.astype(float)))
    return _densest(evidence.columns, splits)


def _error_splits(
    columns: "Mapping[str, Column]", pairs: "Mapping[tuple[str, ...], Counts]",
    windows: "Windows",
) -> "Iterator[Split]":  # fmt: skip
    # A version is no part of the traffic, but what may be wrong with it.
    versions = {column.name for column in columns.values() if column.is_("version")}
    places = [c for c in columns.values() if {"segment", "host"} & set(c.bins.roles)]
    for column in places:
        old, new = column.over(windows.before), column.over(windows.during)
        yield (column.name,), *extra_of(old, new)
    for key, counts in pairs.items():
        if versions & set(key):
            continue
        yield key, *extra_of(counts[:HISTORY].sum(axis=0), counts[HISTORY:].sum(axis=0))


def extra_of(old: "Counts", new: "Counts") -> "tuple[Floats, Floats]":
    """Extra errors and labelled rows of each slice; one without history is held to the average."""
    n0, n1 = old[WRONG] + old[RIGHT], new[WRONG] + new[RIGHT]
    average = old[WRONG].sum() / max(n0.sum(), 1)
    # Few rows of history are pulled towards the average, as if twenty rows of it were there.
    rate = (old[WRONG] + 20 * average) / (n0 + 20)
    return new[WRONG] - n1 * rate, n1.astype(np.float64)


def _densest(
    columns: "Mapping[str, Column]", splits: "Iterable[Split]", *, base: float = 0.0
) -> Place | None:
    """The best of all splits; `base` is the share of rows that had it before."""
    best: tuple[float, Place] | None = None
    for names, extra, rows in splits:
        found = _union(columns, names, extra, rows, base=base)
        if found is None:
            continue
        # A longer conjunction has to be clearly denser than a shorter one.
        worth = found.share * (found.density - found.outside) / max(found.density, 1e-9)
        worth -= 0.06 * (len(names) - 1) + 0.04 * (len(found.segments) - 1) + 0.5 * found.size
        if best is None or worth > best[0] + 1e-12:
            best = worth, found
    return best[1] if best else None


def _union(
    columns: "Mapping[str, Column]", names: tuple[str, ...], extra: "Floats", rows: "Floats",
    *, base: float, enough: float = 0.8, widest: float = 0.7, sure: float = 4.0,
) -> Place | None:  # fmt: skip
    """The few values that hold nearly all of the excess, if they are much denser than the rest."""
    total, every = float(extra.sum()), float(rows.sum())
    if total <= 0 or every <= 0:
        return None
    density = np.where(rows >= 8, extra / np.maximum(rows, 1), -1.0)
    flat = [
        place for place in np.argsort(-density, axis=None, kind="stable")
        if all(code >= FIRST for code in np.unravel_index(place, extra.shape))
    ]  # fmt: skip
    taken: list[int] = []
    held = held_rows = 0.0
    for place in flat[:MOST]:
        if taken and density.flat[place] < 0.45 * density.flat[taken[0]]:
            break
        taken.append(int(place))
        held, held_rows = held + float(extra.flat[place]), held_rows + float(rows.flat[place])
        if held >= 0.92 * total:
            break
    inside = held / max(held_rows, 1.0)
    outside = max(total - held, 0.0) / max(every - held_rows, 1.0)
    if not taken or held < enough * total or inside < 3 * outside or held_rows > widest * every:
        return None
    # The densest of many parts is always dense: it has to be so beyond that choice.
    rate = min(max(base + total / every, 0.01), 0.99)
    error = (rate * (1 - rate) * (1 / max(held_rows, 1.0) + 1 / max(every - held_rows, 1.0))) ** 0.5
    if inside - outside < sure * error:
        return None
    codes = tuple(_coded(names, place, extra.shape) for place in sorted(taken))
    return Place(
        segments=tuple(
            {name: columns[name].bins.name_of(code) for name, code in one} for one in codes
        ),
        codes=codes,
        share=min(held / total, 1.0), density=inside, outside=outside, rows=round(held_rows),
        size=held_rows / every,
    )  # fmt: skip


def _coded(
    names: tuple[str, ...], place: int, shape: tuple[int, ...]
) -> tuple[tuple[str, int], ...]:
    codes = np.unravel_index(place, shape)
    return tuple((name, int(code)) for name, code in zip(names, codes, strict=True))


def said(segments: Sequence[dict[str, str]]) -> str:
    """Segments to read: `region eu and client web`, alternatives with `or`."""
    return " or ".join(
        " and ".join(f"{name} {value}" for name, value in segment.items()) for segment in segments
    )
