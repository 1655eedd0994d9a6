"""Values that repeat the one before: of the whole log, or of the same segment or host."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from bot.profile.bins import FIRST
from bot.profile.columns import Column

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.engine import Engine
    from bot.profile.log import Log
    from bot.profile.traffic import Traffic
    from bot.profile.windows import Windows

    Counts = npt.NDArray[np.int64]

OLD, NEW = 6, 3
"""How many stretches of time are looked at before the onset and since."""

STRETCH = 1_500
"""Rows of one stretch; neighbouring rows matter, so a stretch has no gaps."""

MOST_KEYS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Of each stretch, the older ones first: neighbouring pairs of rows, and those alike.

    Neighbours are rows of the same value of `key`, or all rows where that is None.
    """

    key: str | None
    pairs: "Counts"
    alike: "Counts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The share of rows that repeat the value before, and the excess of the incident in spreads."""

    key: str | None
    before: float
    during: float
    rise: float
    z: float
    rows: int


def runs_of(
    log: "Log", engine: "Engine", *, windows: "Windows", rows: "Counts",
    start: int, width: int, columns: Mapping[str, Column],
) -> dict[str, tuple[Runs, ...]]:  # fmt: skip
    """Count repeats in a few short stretches of the log, for each feature.

    `rows` are rows by bucket, of `width` seconds from `start` on. Rows that repeat an id are left
    out: a row that is logged twice repeats every feature.
    """
    features = [name for name, column in columns.items() if column.is_("feature")]
    spans = stretches(windows, rows)
    if not features or not spans:
        return {}
    keys = [None, *_keys(columns)]
    base = _base(log, spans, start=start, width=width)
    marked = base.mutate(**{
        f"{kind}_{i}_{j}": mark
        for i, key in enumerate(keys)
        for j, feature in enumerate(features)
        for kind, mark in _marks(log, base, feature, key).items()
    })  # fmt: skip
    names = [name for name in marked.columns if name.startswith(("pair_", "alike_"))]
    found = engine.rows(
        marked.group_by("stretch").aggregate(**{f"t{n}": marked[name].sum() for n, name in
                                               enumerate(names)}).order_by("stretch")
    )  # fmt: skip
    counts = {name: np.zeros(len(spans), dtype=np.int64) for name in names}
    for stretch, *sums in found:
        for name, total in zip(names, sums, strict=True):
            counts[name][int(stretch)] = int(total or 0)
    return {
        feature: tuple(
            Runs(key=key, pairs=counts[f"pair_{i}_{j}"], alike=counts[f"alike_{i}_{j}"])
            for i, key in enumerate(keys)
            if key != feature
        )
        for j, feature in enumerate(features)
    }


def stretches(windows: "Windows", rows: "Counts") -> list[tuple[int, int]]:
    """Buckets [first, end) of each stretch: `OLD` before the onset, then `NEW` since."""
    found: list[tuple[int, int]] = []
    for mask, parts in ((windows.before, OLD), (windows.during, NEW)):
        places = np.flatnonzero(mask)
        for part in np.array_split(places, parts):
            if len(part):
                reached = np.cumsum(rows[part])
                end = int(np.searchsorted(reached, STRETCH)) + 1
                found.append((int(part[0]), int(part[min(end, len(part)) - 1]) + 1))
            else:
                found.append((0, 0))
    return found if windows.before.any() and windows.during.any() else []


def _keys(columns: Mapping[str, Column]) -> list[str]:
    """The segments and the host, those with the most values first: they tell entities apart."""
    split = [c for c in columns.values() if c.is_("segment") or c.is_("host")]
    return [c.name for c in sorted(split, key=lambda c: (-c.bins.size, c.name))][:MOST_KEYS]


def _base(log: "Log", spans: Sequence[tuple[int, int]], *, start: int, width: int) -> Any:
    clock = log.clock
    edges = [(start + first * width, start + end * width) for first, end in spans]
    inside = [((clock >= first) & (clock < end), i) for i, (first, end) in enumerate(edges)]
    base = log.table.mutate(stretch=ibis.cases(*inside, else_=-1))
    return base.filter(base.stretch >= 0)


def _marks(log: "Log", base: Any, feature: str, key: str | None) -> dict[str, Any]:
    """Whether a row has a neighbour before it, and whether the two are alike."""
    columns = log.settings.predictions.columns
    name = columns.id if columns.id in base.columns else None
    order = [base[columns.time], *([] if name is None else [base[name]])]
    group = ["stretch"] if key is None else ["stretch", key]
    window = ibis.window(group_by=group, order_by=order)
    earlier = base[feature].lag().over(window)
    there = base[feature].notnull() & earlier.notnull()
    if name is not None:
        there &= base[name] != base[name].lag().over(window)
    return {
        "pair": ibis.ifelse(there, 1, 0).cast("int64"),
        "alike": ibis.ifelse(there & (base[feature] == earlier), 1, 0).cast("int64"),
    }


def copies_of(evidence: "Traffic", column: Column) -> Copies | None:
    """The clearest rise of repeats that the values' own frequencies do not explain."""
    runs = evidence.repeats.get(column.name, ())
    found = [one for each in runs if (one := _copies(evidence, column, each)) is not None]
    return max(found, key=lambda one: one.z, default=None)


def _copies(evidence: "Traffic", column: Column, runs: Runs, *, fewest: int = 60) -> Copies | None:
    n0, n1 = int(runs.pairs[:OLD].sum()), int(runs.pairs[OLD:].sum())
    if n0 < 2 * fewest or n1 < fewest:
        return None
    p0, p1 = float(runs.alike[:OLD].sum() / n0), float(runs.alike[OLD:].sum() / n1)
    by_chance = _chance(column, evidence.during) - _chance(column, evidence.before)
    rise = p1 - p0 - max(by_chance, 0.0)
    q0, q1 = (p0 * n0 + 1) / (n0 + 2), (p1 * n1 + 1) / (n1 + 2)
    error = math.sqrt(q0 * (1 - q0) / n0 + q1 * (1 - q1) / n1 + _swing(runs) ** 2)
    return Copies(key=runs.key, before=p0, during=p1, rise=rise, z=rise / error, rows=n0 + n1)


def _chance(column: Column, mask: "npt.NDArray[np.bool_]") -> float:
    """How often two rows are alike by chance: the values that are common, squared."""
    counts = column.over(mask).sum(axis=0).astype(np.float64)
    counts[0] = 0.0
    values = counts[FIRST : column.bins.under]
    return float((values**2).sum() / max(counts.sum(), 1.0) ** 2)


def _swing(runs: Runs) -> float:
    """How far the share swings between stretches of the history, beyond chance."""
    pairs, alike = (part[:OLD].astype(np.float64) for part in (runs.pairs, runs.alike))
    kept = pairs >= 20
    if kept.sum() < 3:
        return 0.0
    share = alike[kept] / pairs[kept]
    p = alike[kept].sum() / pairs[kept].sum()
    chance = float(np.mean(p * (1 - p) / pairs[kept]))
    return math.sqrt(max(float(np.var(share, ddof=1)) - chance, 0.0))
