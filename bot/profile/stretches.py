"""Repeats of the row before, counted in a few short stretches of the log."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from bot.profile.alike import repeats_in_memory
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

MOST_KEYS = 1
"""Each one costs a window for every feature."""


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
    edges = [_seconds(span, rows, start=start, width=width) for span in spans]
    base = _base(log, edges, features=features, keys=keys[1:])
    counts = _counted(engine, base, len(spans), (len(keys), len(features)))
    return {
        feature: tuple(
            Runs(key=key, pairs=counts[:, i, j, 0], alike=counts[:, i, j, 1])
            for i, key in enumerate(keys)
            if key != feature
        )
        for j, feature in enumerate(features)
    }


def _counted(engine: "Engine", base: Any, stretches: int, sizes: tuple[int, int]) -> "Counts":
    """Pairs of neighbours and those alike: [stretch, key, feature, 2]."""
    keys, features = sizes
    if engine.fast:
        return repeats_in_memory(
            engine, base, keys=keys, features=features, rows=stretches * STRETCH,
            stretches=stretches,
        )  # fmt: skip
    counts = np.zeros((stretches, *sizes, 2), dtype=np.int64)
    for stretch, *sums in _through_ibis(engine, base, keys=keys, features=features):
        counts[int(stretch)] = np.array([int(total or 0) for total in sums]).reshape(*sizes, 2)
    return counts


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


def _seconds(
    span: tuple[int, int], rows: "Counts", *, start: int, width: int
) -> tuple[int, int]:  # fmt: skip
    """A stretch in seconds; of a bucket with far more rows than needed, only its beginning."""
    first, end = span
    held, long = int(rows[first:end].sum()), (end - first) * width
    if held > 2 * STRETCH:
        long = max(long * STRETCH // held, 1)
    return start + first * width, start + first * width + long


def _keys(columns: Mapping[str, Column]) -> list[str]:
    """The segment with the most values, the nearest thing to an entity; else the host."""
    split = [c for c in columns.values() if c.is_("segment") or c.is_("host")]
    split.sort(key=lambda c: (not c.is_("segment"), -c.bins.size, c.name))
    return [c.name for c in split[:MOST_KEYS]]


def _base(
    log: "Log", edges: Sequence[tuple[int, int]], *, features: Sequence[str],
    keys: Sequence[str | None],
) -> Any:  # fmt: skip
    """The rows of the stretches: what orders them, what splits them, and the features."""
    clock, columns = log.clock, log.settings.predictions.columns
    inside = [((clock >= first) & (clock < end), i) for i, (first, end) in enumerate(edges)]
    table = log.around(edges).mutate(stretch=ibis.cases(*inside, else_=-1))
    table = table.filter(table.stretch >= 0)
    id_ = columns.id if columns.id in table.columns else None
    return table.select(
        "stretch", t=table[columns.time],
        n=ibis.null("string") if id_ is None else table[id_].cast("string"),
        **{f"k{i}": table[key] for i, key in enumerate(keys, start=1) if key is not None},
        **{f"f{j}": table[feature] for j, feature in enumerate(features)},
    )  # fmt: skip


def _through_ibis(
    engine: "Engine", base: Any, *, keys: int, features: int
) -> list[tuple[Any, ...]]:
    """The same for every other engine."""
    marks = {}
    for i in range(keys):
        group = ["stretch", f"k{i}"] if i else ["stretch"]
        window = ibis.window(group_by=group, order_by=[base.t, base.n])
        other = base.n.isnull() | (base.n != base.n.lag().over(window))
        for j in range(features):
            value, earlier = base[f"f{j}"], base[f"f{j}"].lag().over(window)
            there = value.notnull() & earlier.notnull() & other
            marks[f"p{i}_{j}"] = ibis.ifelse(there, 1, 0).cast("int64")
            marks[f"a{i}_{j}"] = ibis.ifelse(there & (value == earlier), 1, 0).cast("int64")
    marked = base.mutate(**marks)
    asked = {f"s{place}": marked[name].sum() for place, name in enumerate(marks)}
    return engine.rows(marked.group_by("stretch").aggregate(**asked))
