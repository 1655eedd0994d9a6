"""Counting features jointly: a few pairs, of the features that say most about the label."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.profile.coded_log import EPOCH, EPOCHS, LABEL, CodedLog
from bot.profile.engine import SPREAD
from bot.profile.joint import Joint, label_tie

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.columns import Column
    from bot.profile.windows import Windows

    Counts = npt.NDArray[np.int64]

MOST_FEATURES, MOST_SEGMENTS = 8, 3
MOST_CELLS = 2_000_000
ENOUGH_ROWS = 200_000
"""Of more rows than this, before or during, only some buckets are counted jointly."""


def count_jointly(
    coded: CodedLog, *, columns: Mapping[str, "Column"], rows: "Counts", windows: "Windows"
) -> Joint:
    """Count the features that say most about the label with each other and in each segment."""
    chosen = _telling(columns)
    if not chosen:
        return Joint()
    labels = next(iter(columns.values())).cells.shape[1]
    segments = [c.name for c in columns.values() if c.is_("segment")][:MOST_SEGMENTS]
    pairs = _fitting(combinations(chosen, 2), columns, groups=EPOCHS)
    within = _fitting(
        ((f, s) for f in chosen for s in segments if f != s), columns, groups=EPOCHS * labels
    )
    epochs = _thinned(windows, rows)
    two = coded.counted(pairs, (EPOCH,), epochs=epochs)
    three = coded.counted(within, (EPOCH, LABEL), epochs=epochs)
    return Joint(
        chosen=chosen, bins={name: columns[name].bins for name in chosen},
        pairs=dict(zip(pairs, two, strict=True)), within=dict(zip(within, three, strict=True)),
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


def _thinned(windows: "Windows", rows: "Counts") -> "Counts":
    """The epoch of each bucket; of a window with more rows than needed, only of some buckets.

    They are spread over all phases of the day and the week.
    """
    epochs = windows.epochs()
    scattered = (np.arange(len(epochs)) * 7919) % 1009
    for mask in (windows.before, windows.during):
        part = ENOUGH_ROWS / max(int(rows[mask].sum()), 1)
        if part < 1:
            epochs[mask & (scattered >= 1009 * part)] = -1
    return epochs
