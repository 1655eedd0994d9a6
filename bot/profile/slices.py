"""In which part of the traffic something sits."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.columns import RIGHT, WRONG
from bot.profile.excess import Excess, Split, Union, densest
from bot.profile.windows import HISTORY, INCIDENT

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.columns import Column
    from bot.profile.traffic import Traffic
    from bot.profile.windows import Windows

    Counts = npt.NDArray[np.int64]


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
    windows: "Windows",
) -> Place | None:  # fmt: skip
    """The slice of one or two columns that holds the extra errors; None where it is everywhere."""
    return _placed(columns, _error_splits(columns, pairs, windows))


def where_values_are(evidence: "Traffic", column: "Column", codes: Sequence[int]) -> Place | None:
    """The slice in which these codes came up; None where that is everywhere, or not known."""
    return _placed(
        evidence.columns,
        (
            Split(names=names, hits=counts[:, list(codes)].sum(axis=1), rows=counts.sum(axis=1))
            for names, counts in split_by(evidence, column)
        ),
    )


def split_by(
    evidence: "Traffic", column: "Column"
) -> "Iterator[tuple[tuple[str, ...], Counts]]":  # fmt: skip
    """The rows of a column's codes in each segment and pair of segments, [epoch, code, ...]."""
    for key, counts in evidence.crossed.items():
        if key[0] == column.name:
            yield key[1:], counts
    for key, counts in evidence.pairs.items():
        # A version is counted by each segment and host already.
        if column.is_("version") and column.name in key:
            place = key.index(column.name)
            yield (key[1 - place],), np.moveaxis(counts.sum(axis=1), 1 + place, 1)


def _error_splits(
    columns: "Mapping[str, Column]", pairs: "Mapping[tuple[str, ...], Counts]",
    windows: "Windows",
) -> "Iterator[Split]":  # fmt: skip
    # A version is no part of the traffic, but what may be wrong with it.
    versions = {column.name for column in columns.values() if column.is_("version")}
    epochs = windows.epochs()
    for column in columns.values():
        if {"segment", "host"} & set(column.bins.roles) and column.name not in versions:
            yield _wrong((column.name,), np.stack(
                [column.over(epochs == epoch) for epoch in range(HISTORY + INCIDENT)]
            ))  # fmt: skip
    for key, counts in pairs.items():
        if not versions & set(key):
            yield _wrong(key, counts)


def _wrong(names: tuple[str, ...], counts: "Counts") -> Split:
    return Split(
        names=names, hits=counts[:, WRONG], rows=counts[:, WRONG] + counts[:, RIGHT]
    )  # fmt: skip


def extra_of(old: "Counts", new: "Counts") -> "tuple[npt.NDArray[np.float64], Counts]":
    """Extra errors and labelled rows of each slice; one without history is held to the average."""
    known = new[WRONG] + new[RIGHT]
    return Excess.of(old[WRONG], old[WRONG] + old[RIGHT], new[WRONG], known).extra, known


def _placed(columns: "Mapping[str, Column]", splits: "Iterable[Split]") -> Place | None:
    union = densest(splits)
    if union is None:
        return None
    codes = tuple(_coded(union, cell) for cell in union.cells)
    segments = tuple(
        {name: columns[name].bins.name_of(code) for name, code in one} for one in codes
    )
    return Place(
        segments=segments, codes=codes, share=min(union.share, 1.0), density=union.inside,
        outside=max(union.outside, 0.0), rows=round(union.rows), size=union.size,
    )  # fmt: skip


def _coded(union: Union, cell: int) -> tuple[tuple[str, int], ...]:
    codes = np.unravel_index(cell, union.split.shape)
    return tuple((name, int(code)) for name, code in zip(union.split.names, codes, strict=True))


def said(segments: Sequence[dict[str, str]]) -> str:
    """Segments to read: `region eu and client web`, alternatives with `or`."""
    return " or ".join(
        " and ".join(f"{name} {value}" for name, value in segment.items()) for segment in segments
    )
