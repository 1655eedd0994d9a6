"""Repeats of the row before, counted in a few short stretches of the log."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from bot.profile.columns import Column
from bot.profile.sequence import NEW, OLD, Runs

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.engine import Engine
    from bot.profile.log import Log
    from bot.profile.windows import Windows

    Counts = npt.NDArray[np.int64]

STRETCH = 1_500
"""Rows of one stretch; neighbouring rows matter, so a stretch has no gaps."""

MOST_KEYS = 2


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
