"""The tables beside the log, read small: changes, system metrics, reported values, offline copy."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.errors import SourceError
from bot.profile.beside import Event, Reported, Skew
from bot.profile.coding import literal, moment, number, seconds, text
from bot.profile.engine import Engine
from bot.profile.lines import Line, fit_line
from bot.profile.plan import QUANTILES
from bot.profile.registered import Registered
from bot.profile.values import quantiles
from bot.settings import ModelSettings
from bot.sources import Sources

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from bot.profile.scan import Scan


def changes(
    sources: Sources, found: ModelSettings, at: datetime, absent: dict[str, str]
) -> tuple[Sequence[Event] | None, Sequence[str]]:
    """The change events up to `at`; None where no source of them can be read."""
    if not found.evidence.changes:
        absent["changes"] = "no source of change events is configured"
        return None, ()
    try:
        events, unread = sources.changes(found.evidence.changes, at=at)
    except SourceError as error:
        absent["changes"] = str(error)
        return None, ()
    return [Event(**event) for event in events if event["time"] <= at], unread


def registered(
    sources: Sources, found: ModelSettings, at: datetime, absent: dict[str, str]
) -> Registered | None:
    """What the registry says of the model as it stood at `at`."""
    if found.evidence.registry is None:
        absent["registry"] = "no model registry is configured"
        return None
    try:
        return sources.histories.registered(found.evidence.registry, at=at)
    except SourceError as error:
        absent["registry"] = str(error)
        return None


def reported(
    sources: Sources, found: ModelSettings, at: datetime, absent: dict[str, str]
) -> Reported | None:
    """The metric as the dashboard showed it, up to `at`."""
    if found.reported is None:
        absent["reported"] = "no table of reported values is configured"
        return None
    try:
        table = sources.table(found.reported)
    except SourceError as error:
        absent["reported"] = str(error)
        return None
    missing = {"time", "value"} - set(table.columns)
    if missing:
        absent["reported"] = f"the reported table has no column {', '.join(sorted(missing))}"
        return None
    time = moment(table.time)
    kept = table.filter(time <= literal(at), table.value.notnull())
    rows = Engine(sources.engine(found.reported.source)).rows(
        kept.select(at=seconds(moment(kept.time)), value=number(kept.value)).order_by("at")
    )
    return Reported(
        times=tuple(datetime.fromtimestamp(int(when), UTC) for when, _ in rows),
        values=tuple(float(value) for _, value in rows),
    )


def skew(
    sources: Sources, found: ModelSettings, result: "Scan", absent: dict[str, str]
) -> "tuple[Sequence[Skew], dict[str, tuple[dict[str, str], ...]]] | None":
    """Each feature as served against its offline recomputation, and where it differs.

    None without one.
    """
    name = found.predictions.columns.id
    if found.offline is None or name is None or name not in result.log.table.columns:
        absent.setdefault("offline", "no offline recomputation with an id is configured")
        return None
    if found.offline.source != found.predictions.source:
        absent["offline"] = "the offline recomputation is in another source than the log"
        return None
    try:
        offline = sources.table(found.offline)
    except SourceError as error:
        absent["offline"] = str(error)
        return None
    features = [c.name for c in result.columns.values() if c.is_("feature")]
    shared = [feature for feature in features if feature in offline.columns]
    if name not in offline.columns or not shared:
        absent["offline"] = f"the offline table has no {name!r}, or none of the features"
        return None
    return _compared(sources.engine(found.predictions.source), result, offline, name, shared)


def _compared(
    connection: Any, result: "Scan", offline: Any, name: str, shared: list[str]
) -> tuple[list[Skew], dict[str, tuple[dict[str, str], ...]]]:
    import ibis  # noqa: PLC0415 - beside the scan, which has imported it
    import numpy as np  # noqa: PLC0415 - likewise

    from bot.diagnosis.differing import places_of, splitting  # noqa: PLC0415 - likewise

    log, grid, parts = result.log, result.grid, splitting(result)
    served = log.table.select(
        key=text(log.table[name]), bucket=(log.clock - grid.origin) // grid.width,
        **{f"s{i}": log.table[feature] for i, feature in enumerate(shared)},
        **{f"g{i}": text(log.table[name]) for i, name in enumerate(parts)},
    )  # fmt: skip
    again = offline.select(
        key=text(offline[name]), **{f"o{i}": offline[feature] for i, feature in enumerate(shared)}
    )
    both = served.join(again, "key")
    differ = {
        f"d{i}": ibis.ifelse(_differs(both[f"s{i}"], both[f"o{i}"]), 1, 0)
        for i in range(len(shared))
    }
    base = both.select("bucket", *(f"g{i}" for i in range(len(parts))), **differ)
    counted = base.group_by("bucket").aggregate(
        n=base.count(), **{flag: base[flag].sum() for flag in differ}
    )
    engine = Engine(connection)
    found = np.zeros((grid.size, len(shared) + 1), dtype=np.int64)
    for bucket, n, *counts in engine.rows(counted):
        found[int(bucket)] = (int(n), *(int(count or 0) for count in counts))
    rows = found[:, 0]
    skews = [_skew(feature, rows, found[:, i], result) for i, feature in enumerate(shared, start=1)]
    grew = {f"d{i}": one.feature for i, one in enumerate(skews) if one.grew}
    return skews, places_of(engine, base, result, names=parts, flags=grew)


def _skew(
    feature: str, rows: "npt.NDArray[np.int64]", differ: "npt.NDArray[np.int64]", result: "Scan"
) -> Skew:
    from bot.profile.shift import shift  # noqa: PLC0415 - numpy, as above

    before, late = result.windows.before, slice(result.windows.start, None)
    moved = shift(differ, rows, result.windows, result.grid)
    return Skew(
        feature=feature, rows=int(rows[before].sum()), differ=int(differ[before].sum()),
        rows_during=int(rows[late].sum()), differ_during=int(differ[late].sum()),
        since=moved.since if moved.change > 0 else None,
    )  # fmt: skip


def _differs(served: Any, again: Any) -> Any:
    """Whether two values differ; numbers by more than rounding, and null only from not null."""
    if served.type().is_numeric() or again.type().is_numeric():
        one, other = number(served), number(again)
        apart = (one - other).abs() > 1e-6 * (1 + other.abs())
    else:
        one, other = text(served), text(again)
        apart = one != other
    return (one.isnull() != other.isnull()) | apart


def lines(sources: Sources, found: ModelSettings, result: "Scan") -> dict[str, Line]:
    """For numbers that left their range: the line from their usual quantiles to those outside."""
    start = result.grid.origin + result.windows.start * result.grid.width
    late = result.log.around([(start, result.log.last + 1)])
    late = late.filter(result.log.clock >= start)
    engine = Engine(sources.engine(found.predictions.source))
    fitted = {}
    for column in result.columns.values():
        if not column.is_("feature") or not column.outside():
            continue
        low, high = column.bins.edges[0], column.bins.edges[-1]
        old = column.over(result.windows.before)[:, column.outside()].sum()
        new = column.over(result.windows.during)[:, column.outside()].sum()
        if new < 10 or new < 2 * old * result.windows.during.sum() / result.windows.before.sum():
            continue
        value = number(late[column.name])
        away = late.filter((value < low) | (value >= high))
        (*outside, _, _) = quantiles(
            engine, away, {column.name: number(away[column.name])}, {column.name: QUANTILES}
        )[column.name]
        usual = result.survey.quantiles.get(column.name, [])
        line = fit_line(usual, outside) if len(usual) == len(outside) else None
        if line is not None:
            fitted[column.name] = line
    return fitted
