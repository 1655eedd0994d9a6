"""Counting features jointly: a few pairs, of the features that say most about the label."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.profile.engine import SPREAD, Engine, Product
from bot.profile.joint import Joint, label_tie
from bot.profile.windows import HISTORY, INCIDENT

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy.typing as npt

    from bot.profile.columns import Column
    from bot.profile.windows import Windows

    Counts = npt.NDArray[np.int64]

EPOCHS = HISTORY + INCIDENT
MOST_FEATURES, MOST_SEGMENTS = 8, 3
MOST_CELLS = 2_000_000
ENOUGH_ROWS = 200_000
"""Of more rows than this, before or during, only some buckets are counted jointly."""


def count_jointly(
    base: "ir.Table", engine: Engine, *, epoch: Any, columns: Mapping[str, "Column"],
    labels: int, predictions: int, rows: "Counts", windows: "Windows",
) -> Joint:  # fmt: skip
    """Count the features that say most about the label; `base` holds the codes of each row."""
    place = {name: i for i, name in enumerate(columns)}
    chosen = _telling(columns)
    segments = [c.name for c in columns.values() if c.is_("segment")][:MOST_SEGMENTS]
    pairs = _fitting(combinations(chosen, 2), columns, groups=EPOCHS)
    within = _fitting(
        ((f, s) for f in chosen for s in segments if f != s), columns, groups=EPOCHS * labels
    )
    if not chosen:
        return Joint()
    base = base.mutate(epoch=epoch)
    base = base.filter(base.epoch >= 0)
    base = _thinned(base, rows, windows)

    def counted(keys: Sequence[tuple[str, str]], group: Any, groups: int) -> "list[Counts]":
        products = [
            Product(tuple((f"c{place[n]}", place[n], columns[n].bins.size) for n in key))
            for key in keys
        ]
        counts = engine.products(base, group, products)
        return [
            counts.dense(i, groups=groups, codes=_cells(key, columns)).reshape(
                groups, *(columns[n].bins.size for n in key)
            )
            for i, key in enumerate(keys)
        ]

    two = counted(pairs, base.epoch, EPOCHS)
    three = counted(
        within, base.epoch * labels + (base.cell // predictions).cast("int32"), EPOCHS * labels
    )
    return Joint(
        chosen=chosen, bins={name: columns[name].bins for name in chosen},
        pairs=dict(zip(pairs, two, strict=True)),
        within={
            key: table.reshape(EPOCHS, labels, *table.shape[1:])
            for key, table in zip(within, three, strict=True)
        },
    )  # fmt: skip


def _telling(columns: Mapping[str, "Column"]) -> tuple[str, ...]:
    """The features that say most about the label, the most telling first."""
    found = []
    for column in columns.values():
        tie = label_tie(column) if column.is_("feature") else None
        if tie is not None:
            found.append((-tie.before, column.name))
    return tuple(name for _, name in sorted(found)[:MOST_FEATURES])


def _cells(key: Sequence[str], columns: Mapping[str, "Column"]) -> int:
    return int(np.prod([columns[name].bins.size for name in key]))


def _fitting(keys: Any, columns: Mapping[str, "Column"], *, groups: int) -> list[tuple[str, str]]:
    """Those whose joint codes are few enough to count."""
    return [
        key for key in keys
        if _cells(key, columns) < SPREAD and _cells(key, columns) * groups < MOST_CELLS
    ]  # fmt: skip


def _thinned(base: "ir.Table", rows: "Counts", windows: "Windows") -> "ir.Table":
    """Some buckets of a window that has more rows than are needed, spread over all phases."""
    keep = []
    for mask, old in ((windows.before, True), (windows.during, False)):
        part = ENOUGH_ROWS / max(int(rows[mask].sum()), 1)
        in_window = base.epoch < HISTORY if old else base.epoch >= HISTORY
        if part < 1:
            in_window = in_window & ((base.bucket.cast("int64") * 7919) % 1009 < 1009 * part)
        keep.append(in_window)
    if all(int(rows[mask].sum()) <= ENOUGH_ROWS for mask in (windows.before, windows.during)):
        return base
    return base.filter(keep[0] | keep[1])
