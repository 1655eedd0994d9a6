"""How old the timestamps are that a feature holds, against the time of their row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from bot.profile.coding import moment, seconds
from bot.profile.columns import Column
from bot.profile.windows import HISTORY, INCIDENT

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.engine import Engine
    from bot.profile.grid import Grid
    from bot.profile.log import Log
    from bot.profile.traffic import Traffic
    from bot.profile.windows import Windows

    Counts = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

STEP = 900
"""Seconds of a step of age: every zone of the world is a whole number of quarter hours away."""

YOUNGEST, OLDEST = -4 * 16, 4 * 24 * 21
"""Steps that are told apart: from 16 hours in the future to three weeks ago."""

HALF_DAY = 4 * 14
SHARES = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.98)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """Rows by epoch and step of age, and by bucket: all, and those older than hardly any before.

    `oldest` is the age in seconds that 99.5 % of the rows of the history did not exceed.
    """

    steps: "Counts"
    older: "Counts"
    rows: "Counts"
    oldest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """The lag that best explains how ages moved, and the median ages in seconds.

    `hours` is positive where timestamps lie ahead; `fit` is the part of the movement that the lag
    explains, 1 for all of it.
    """

    hours: float
    share: float
    gain: float
    fit: float
    before: float
    during: float
    rows: int


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


def aged_of(evidence: "Traffic", column: Column, *, fewest: int = 40) -> Aged | None:
    """The lag of a column of timestamps; None where it holds none, or there are too few rows."""
    ages = evidence.stamps.get(column.name)
    if ages is None:
        return None
    old, new = ages.steps[:HISTORY].sum(axis=0), ages.steps[HISTORY:].sum(axis=0)
    if old.sum() < 5 * fewest or new.sum() < fewest:
        return None
    usual = _smooth(old)
    best = max(
        (fit for step in range(-HALF_DAY, HALF_DAY + 1) if step for fit in _fits(new, usual, step)),
        key=lambda one: one[0],
    )
    gain, step, share = best
    moved = (1 - share) * usual + share * _moved(usual, step)
    seen = new / new.sum()
    apart = float(np.abs(seen - usual).sum() / 2)
    left = float(np.abs(seen - moved).sum() / 2)
    return Aged(
        # An age that shrinks is a timestamp that lies ahead.
        hours=-step * STEP / 3600, share=share, gain=gain, fit=1 - left / max(apart, 1e-9),
        before=_median(old), during=_median(new), rows=int(old.sum() + new.sum()),
    )  # fmt: skip


def _fits(new: "Counts", usual: "Floats", step: int) -> "list[tuple[float, int, float]]":
    """The log likelihood ratio of a part of the rows being moved by so many steps."""
    ratio = _moved(usual, step) / usual
    places = np.flatnonzero(new)
    return [
        (float((new[places] * np.log(1 + share * (ratio[places] - 1))).sum()), step, share)
        for share in SHARES
    ]


def _smooth(counts: "Counts") -> "Floats":
    """Shares of the steps; neighbours and a thin floor keep an unseen age from being impossible."""
    near = np.convolve(counts.astype(np.float64), (0.05, 0.9, 0.05), mode="same")
    mixed: Floats = near + 0.5 / len(counts)
    return mixed / mixed.sum()


def _moved(usual: "Floats", step: int) -> "Floats":
    """The shares moved by so many steps; what falls off one end does not come in at the other."""
    moved = np.roll(usual, step)
    floor = usual.min()
    if step > 0:
        moved[:step] = floor
    else:
        moved[step:] = floor
    return moved


def _median(counts: "Counts") -> float:
    place = int(np.searchsorted(np.cumsum(counts), counts.sum() / 2))
    return float((place + YOUNGEST) * STEP)
