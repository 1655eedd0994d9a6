"""In which part of the traffic a feature is served otherwise than it is recomputed offline."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.profile.bins import FIRST
from bot.profile.excess import Split, densest
from bot.profile.windows import HISTORY, INCIDENT

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.engine import Engine
    from bot.profile.scan import Scan

    Codes = npt.NDArray[np.int64]

ENOUGH = 20
"""Fewer rows that differ may lie in one part, or in all, by chance."""


def splitting(result: "Scan") -> list[str]:
    """The columns of words that split the traffic."""
    return [
        column.name for column in result.columns.values()
        if {"segment", "host"} & set(column.bins.roles)
        and not column.is_("version") and column.bins.kind == "category"
    ]  # fmt: skip


def places_of(
    engine: "Engine",
    compared: Any,
    result: "Scan",
    *,
    names: Sequence[str],
    flags: Mapping[str, str],
) -> dict[str, tuple[dict[str, str], ...]]:
    """By feature the segments that hold the rows that differ, none for all traffic.

    `compared` has the `bucket`, each of `names` by its place as `g0` and on, and for each of
    `flags` (their features by name) a 0 or 1. A feature is left out of which too few rows differ
    to tell.
    """
    import ibis  # noqa: PLC0415 - beside the scan, which has imported it

    windows = result.windows
    if not names or not flags:
        return {}
    late = compared.bucket >= windows.start
    before = compared.bucket * HISTORY // max(windows.start, 1)
    since = (compared.bucket - windows.start) * INCIDENT // (result.grid.size - windows.start)
    keys = [f"g{place}" for place in range(len(names))]
    dated = compared.mutate(epoch=ibis.ifelse(late, HISTORY + since, before))
    found = engine.rows(
        dated.group_by("epoch", *keys).aggregate(
            n=dated.count(), **{flag: dated[flag].sum() for flag in flags}
        )
    )
    rows = sorted(found, key=str)
    epoch = np.array([int(row[0]) for row in rows], dtype=np.int64)
    coded = {name: _coded([row[1 + at] for row in rows]) for at, name in enumerate(names)}
    counts = np.array([row[1 + len(names) :] for row in rows], dtype=np.int64)
    places = {}
    for at, feature in enumerate(flags.values(), start=1):
        if counts[epoch >= HISTORY, at].sum() >= ENOUGH:
            places[feature] = _place(epoch, coded, counts[:, 0], counts[:, at])
    return places


def _coded(values: Sequence[Any]) -> tuple["Codes", list[str]]:
    """Codes of texts, and what they stand for."""
    known = sorted({str(value) for value in values if value is not None})
    code = {value: FIRST + place for place, value in enumerate(known)}
    return np.array([code.get(str(value), 0) for value in values], dtype=np.int64), known


def _place(
    epoch: "Codes", coded: Mapping[str, tuple["Codes", list[str]]], rows: "Codes", differ: "Codes"
) -> tuple[dict[str, str], ...]:
    union = densest(_splits(epoch, coded, rows, differ))
    if union is None:
        return ()
    split = union.split
    cells = [np.unravel_index(cell, split.shape) for cell in union.cells]
    return tuple(
        {name: coded[name][1][code - FIRST] for name, code in zip(split.names, cell, strict=True)}
        for cell in cells
    )


def _splits(
    epoch: "Codes", coded: Mapping[str, tuple["Codes", list[str]]], rows: "Codes", differ: "Codes"
) -> Iterator[Split]:
    """The rows that differ among all, by each column and each two of them."""
    for names in [*combinations(coded, 1), *combinations(coded, 2)]:
        shape = (HISTORY + INCIDENT, *(FIRST + len(coded[name][1]) for name in names))
        hits, every = (np.zeros(shape, dtype=np.int64) for _ in range(2))
        key = (epoch, *(coded[name][0] for name in names))
        np.add.at(hits, key, differ)
        np.add.at(every, key, rows)
        yield Split(names=names, hits=hits, rows=every)
