"""The tables beside the log, read small: changes, system metrics, reported values, offline copy."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.errors import SourceError
from bot.profile.beside import Event, Gauge, Reported, Skew
from bot.profile.coding import literal, moment, number, seconds, text
from bot.profile.engine import Engine
from bot.settings import ModelSettings
from bot.sources import Sources

if TYPE_CHECKING:
    from bot.profile.grid import Grid
    from bot.profile.scan import Scan
    from bot.profile.windows import Windows


def changes(
    sources: Sources, found: ModelSettings, at: datetime, absent: dict[str, str]
) -> tuple[Sequence[Event] | None, Sequence[str]]:
    """The change events up to `at`; None where no source of them can be read."""
    if not found.evidence.changes:
        absent["changes"] = "no source of change events is configured"
        return None, ()
    try:
        events, unread = sources.changes(found.evidence.changes)
    except SourceError as error:
        absent["changes"] = str(error)
        return None, ()
    return [Event(**event) for event in events if event["time"] <= at], unread


def reported(
    sources: Sources, found: ModelSettings, at: datetime, absent: dict[str, str]
) -> Reported | None:
    """The metric as the dashboard showed it, up to `at`."""
    if found.reported is None:
        absent["reported"] = "no table of reported values is configured"
        return None
    try:
        table = sources.table(found.reported)
        missing = {"time", "value"} - set(table.columns)
        if missing:
            raise SourceError(f"the reported table has no column {', '.join(sorted(missing))}")
    except SourceError as error:
        absent["reported"] = str(error)
        return None
    time = moment(table.time)
    kept = table.filter(time <= literal(at, time), table.value.notnull())
    rows = Engine(sources.engine(found.reported.source)).rows(
        kept.select(at=seconds(moment(kept.time)), value=number(kept.value)).order_by("at")
    )
    return Reported(
        times=tuple(datetime.fromtimestamp(int(when), UTC) for when, _ in rows),
        values=tuple(float(value) for _, value in rows),
    )


def system(
    sources: Sources, found: ModelSettings, windows: "Windows", grid: "Grid", at: datetime,
    absent: dict[str, str],
) -> Sequence[Gauge] | None:  # fmt: skip
    """Each system metric of each host before and during; None where there is no source."""
    if not found.evidence.system:
        absent["system"] = "no source of system metrics is configured"
        return None
    gauges: list[Gauge] = []
    try:
        for name, table in zip(
            found.evidence.system, sources.system(found.evidence.system), strict=True
        ):
            engine = Engine(sources.engine(name, kind="metrics"))
            gauges += _gauges(engine, table, windows, grid, at)
    except SourceError as error:
        absent["system"] = str(error)
        return None
    return gauges


def _gauges(
    engine: Engine, table: Any, windows: "Windows", grid: "Grid", at: datetime
) -> list[Gauge]:
    import ibis  # noqa: PLC0415 - beside the scan, which has imported it

    host = text(table.host) if "host" in table.columns else ibis.null("string")
    clock = seconds(moment(table.time))
    base = table.select(
        metric=text(table.metric), host=host, value=number(table.value), clock=clock
    )
    start = grid.origin + windows.start * grid.width
    base = base.filter(base.clock <= int(at.timestamp()))
    late = base.clock >= start
    rows = engine.rows(
        base.group_by("metric", "host").aggregate(
            before=base.value.mean(where=~late), spread=base.value.std(where=~late),
            samples=base.value.count(where=~late), during=base.value.mean(where=late),
            peak=base.value.max(where=late), samples_during=base.value.count(where=late),
        ).order_by("metric", "host")
    )  # fmt: skip
    return [
        Gauge(
            metric=str(metric), host=None if where is None else str(where),
            before=float(before), spread=float(spread or 0.0), samples=int(n0),
            during=float(during), peak=float(peak), samples_during=int(n1),
        )
        for metric, where, before, spread, n0, during, peak, n1 in rows
        if before is not None and during is not None
    ]  # fmt: skip


def skew(
    sources: Sources, found: ModelSettings, result: "Scan", absent: dict[str, str]
) -> Sequence[Skew] | None:
    """Each feature as served against its offline recomputation; None without one."""
    absent.setdefault("offline", "comparing with the offline copy is not built yet")
    return None
