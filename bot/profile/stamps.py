"""The ages of the timestamps that features hold, counted."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from bot.profile.coding import moment, seconds
from bot.profile.columns import Column
from bot.profile.sequence import OLDEST, STEP, YOUNGEST, Ages
from bot.profile.windows import HISTORY, INCIDENT

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.engine import Engine
    from bot.profile.grid import Grid
    from bot.profile.log import Log
    from bot.profile.windows import Windows

    Counts = npt.NDArray[np.int64]


def ages_of(
    log: "Log", engine: "Engine", *, windows: "Windows", grid: "Grid", columns: Mapping[str, Column]
) -> dict[str, Ages]:
    """Count the ages of every feature that holds timestamps."""
    names = [c.name for c in columns.values() if c.is_("feature") and _is_stamp(log, c)]
    return {name: _ages(log, engine, windows, grid, name) for name in names}


def _is_stamp(log: "Log", column: Column) -> bool:
    """A timestamp by its type, or numbers that all are seconds or milliseconds of these years."""
    kind = log.table[column.name].type()
    if kind.is_timestamp():
        return True
    if not kind.is_numeric() or not column.bins.edges:
        return False
    low, high = column.bins.edges[0], column.bins.edges[-1]
    years = 3 * 365 * 86_400
    return any(
        unit * (log.first - years) <= low and high <= unit * (log.last + years)
        for unit in (1, 1000)
    )  # fmt: skip


def _ages(log: "Log", engine: "Engine", windows: "Windows", grid: "Grid", name: str) -> Ages:
    bucket = (log.clock - grid.origin) // grid.width
    age = log.clock - seconds(moment(log.table[name]))
    base = log.table.select(bucket=bucket.cast("int32"), age=age)
    base = base.filter(base.age.notnull())
    step = ibis.greatest(ibis.least(base.age // STEP, OLDEST), YOUNGEST).cast("int32")
    epochs = windows.epochs()
    counts = np.zeros((HISTORY + INCIDENT, OLDEST - YOUNGEST + 1), dtype=np.int64)
    edges = [0, *(np.flatnonzero(np.diff(epochs)) + 1).tolist()]
    spans: Any = ibis.literal(int(epochs[0]), "int32")
    for edge in edges[1:]:
        spans = ibis.ifelse(base.bucket >= edge, int(epochs[edge]), spans)
    placed = base.mutate(epoch=spans, step=step)
    placed = placed.filter(placed.epoch >= 0)
    grouped = placed.group_by("epoch", "step").aggregate(n=placed.count())
    for epoch, place, rows in engine.rows(grouped):
        counts[int(epoch), int(place) - YOUNGEST] = int(rows)
    oldest = _oldest(counts[:HISTORY].sum(axis=0))
    older, every = (np.zeros(grid.size, dtype=np.int64) for _ in range(2))
    late = ibis.ifelse(base.age >= int(oldest), 1, 0).sum()
    for place, hits, rows in engine.rows(
        base.group_by("bucket").aggregate(late=late, n=base.count())
    ):
        older[int(place)], every[int(place)] = int(hits), int(rows)
    return Ages(steps=counts, older=older, rows=every, oldest=oldest)


def _oldest(history: "Counts") -> float:
    reached = np.cumsum(history)
    if not reached[-1]:
        return float("inf") if OLDEST < 0 else float(OLDEST * STEP)
    place = int(np.searchsorted(reached, 0.995 * reached[-1]))
    return float((place + YOUNGEST + 1) * STEP)
