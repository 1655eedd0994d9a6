"""System metrics in time: how far each series moved, and when."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from bot.profile.beside import Gauge
from bot.profile.changepoint import Change, Series, locate
from bot.profile.coding import moment, number, seconds, text

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy.typing as npt

    from bot.profile.engine import Engine
    from bot.profile.grid import Grid
    from bot.profile.windows import Windows

    Floats = npt.NDArray[np.float64]

FINEST = 400
"""Into at most so many spans of time is a series cut: enough to date a change, few to fetch."""


def gauges_of(
    engine: "Engine", table: "ir.Table", windows: "Windows", grid: "Grid", at: datetime
) -> list[Gauge]:
    """Each metric of each host (or of all) before and during, with when it changed."""
    host = text(table.host) if "host" in table.columns else ibis.null("string")
    base = table.select(
        metric=text(table.metric), host=host, value=number(table.value),
        clock=seconds(moment(table.time)),
    )  # fmt: skip
    base = base.filter(
        base.clock <= int(at.timestamp()), base.clock >= grid.origin, base.value.notnull()
    )
    start = grid.origin + windows.start * grid.width
    base = base.mutate(late=base.clock >= start, span=(base.clock - grid.origin) // _width(grid))
    rows = engine.rows(
        base.group_by("metric", "host", "span", "late").aggregate(
            n=base.value.count(), total=base.value.sum(), square=(base.value * base.value).sum(),
            peak=base.value.max(),
        ).order_by("metric", "host", "span", "late")
    )  # fmt: skip
    found: dict[tuple[str, str | None], list[tuple[Any, ...]]] = {}
    for metric, where, *sums in rows:
        found.setdefault((str(metric), None if where is None else str(where)), []).append((*sums,))
    made = (_gauge(*key, found[key], grid) for key in sorted(found, key=str))
    return [gauge for gauge in made if gauge is not None]


def _width(grid: "Grid") -> int:
    """Seconds of a span: whole buckets of the grid."""
    return grid.width * -(-grid.size // FINEST)


def _gauge(
    metric: str, host: str | None, rows: "list[tuple[Any, ...]]", grid: "Grid"
) -> Gauge | None:
    """One series from its rows: span, late, count, sum, sum of squares, greatest."""
    old = [row for row in rows if not row[1]]
    new = [row for row in rows if row[1]]
    if not old or not new:
        return None
    n0, n1 = (sum(int(row[2]) for row in part) for part in (old, new))
    before, during = (sum(float(row[3]) for row in part) / n for part, n in ((old, n0), (new, n1)))
    square = sum(float(row[4]) for row in old) / n0
    spread = (max(square - before**2, 0.0) * n0 / max(n0 - 1, 1)) ** 0.5
    change = _change(rows, rising=during > before)
    width = _width(grid)
    since, low, high = (
        (None, None, None) if change is None else (
            datetime.fromtimestamp(grid.origin + span * width, tz=grid.time(0).tzinfo)
            for span in (change.bucket, change.low, change.high)
        )
    )  # fmt: skip
    return Gauge(
        metric=metric, host=host, before=before, spread=spread, samples=n0, during=during,
        peak=max(float(row[5]) for row in new), samples_during=n1, since=since, low=low, high=high,
    )  # fmt: skip


def _change(rows: "list[tuple[Any, ...]]", *, rising: bool) -> Change | None:
    """When the mean of the series moved the most clearly; spans count, not single samples."""
    size = max(int(row[0]) for row in rows) + 1
    n, total = np.zeros(size), np.zeros(size)
    for span, _, count, value, *_rest in rows:
        n[int(span)] += float(count)
        total[int(span)] += float(value)
    there = n > 0
    mean = np.where(there, total / np.maximum(n, 1.0), 0.0)
    series = Series(n=there.astype(np.float64), total=mean, square=mean**2)
    found = locate(series.turned() if rising else series, least_before=5, least_after=2, phi=1.0)
    return found if found is not None and found.strength > 5 else None
