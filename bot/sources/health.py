"""What `plummet doctor` says of a source: reached, let in, what is there, how new, whose clock."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.errors import SourceError
from bot.outgoing import Answer
from bot.settings import Settings, SourceSettings
from bot.sources import github
from bot.sources.named import find_endpoint
from bot.sources.options import Github, Mlflow, Prometheus, options_of
from bot.sources.prometheus import PrometheusMetrics
from bot.sources.received import require_known
from bot.sources.system import System
from bot.sources.tables import READERS

if TYPE_CHECKING:
    from bot.sources.sources import Sources

APART = timedelta(minutes=2)
"""Clocks that far apart date a change to the wrong side of an onset."""

_DAY = timedelta(days=1)


def look_at_source(settings: Settings, name: str, sources: "Sources") -> str:
    """In a line what is there.

    Raises:
        SourceError: What is wrong, and what to do; as `SettingsError` does.
    """
    source = settings.sources[name]
    match source.kind:
        case "table":
            says = _tables(settings, source, sources.engine(name))
        case "metrics":
            now = datetime.now(UTC)
            with sources.system(name, start=now - _DAY, end=now) as system:
                says = _table(system)
        case "prometheus":
            says = _prometheus(settings, name, source, sources)
        case "github":
            says = f"{_github(settings, name, source)}; {_events(name, sources)}"
        case "mlflow":
            says = f"{_mlflow(settings, name, source, sources)}; {_events(name, sources)}"
        case "received":
            says = _received(settings, name, sources)
        case _:
            says = _events(name, sources)
    return says


def ahead(newest: datetime, *, what: str, now: datetime | None = None) -> None:
    """Raise `SourceError` if `newest` has not come yet."""
    by = newest - (now or datetime.now(UTC))
    if by > APART:
        raise SourceError(
            f"the newest {what} is of {newest:%Y-%m-%d %H:%M} UTC, {_span(by)} ahead of this"
            " machine's clock; set one of the clocks right, or the time zone of the column"
        )


def clocks(answer: Answer) -> str:
    """How far the other side's clock is from ours.

    Raises:
        SourceError: Too far.
    """
    if answer.date is None:
        return "it tells no time"
    by = answer.date - datetime.now(UTC)
    if abs(by) > APART:
        side = "ahead of" if by > timedelta(0) else "behind"
        raise SourceError(
            f"its clock is {_span(abs(by))} {side} this machine's; set one of them right"
        )
    return "its clock agrees"


def _tables(settings: Settings, source: SourceSettings, connection: Any) -> str:
    if connection.name == "duckdb" and (source.url or "duckdb://") == "duckdb://":
        folder = settings.path(source.path or ".")
        if not folder.exists():
            raise SourceError(f"there is no folder {folder}; correct its `path`")
        count = sum(file.suffix in READERS for file in folder.rglob("*")) if folder.is_dir() else 1
        return f"{count} files below {folder}"
    return f"{connection.name} answers, {len(connection.list_tables())} tables"


def _table(system: System) -> str:
    from bot.profile.coding import literal, moment  # noqa: PLC0415 - brings ibis

    now = datetime.now(UTC)
    table, time = system.table, moment(system.table.time)
    (row,) = system.connection.to_pyarrow(
        table.aggregate(
            rows=table.count(), newest=time.max(), recent=(time > literal(now - _DAY)).sum()
        )
    ).to_pylist()
    if not row["rows"]:
        raise SourceError("it has no rows")
    newest = row["newest"].replace(tzinfo=UTC)
    ahead(newest, what="row", now=now)
    return f"{row['rows']:,} rows, {row['recent']:,} in the last day, up to {newest:%Y-%m-%d %H:%M}"


def _prometheus(
    settings: Settings, name: str, source: SourceSettings, sources: "Sources"
) -> str:  # fmt: skip
    options = options_of(name, source, Prometheus)
    says = clocks(PrometheusMetrics(find_endpoint(settings, name, source), options).now())
    now = datetime.now(UTC)
    with sources.system(name, start=now - _DAY, end=now) as system:
        counted = system.connection.to_pyarrow(
            system.table.group_by("metric").aggregate(n=system.table.count())
        ).to_pylist()
    found = {row["metric"]: int(row["n"]) for row in counted}
    if empty := [metric for metric in options.queries if metric not in found]:
        raise SourceError(f"query {', '.join(empty)} found nothing in the last day")
    return f"{len(found)} queries, {sum(found.values()):,} samples in the last day; {says}"


def _github(settings: Settings, name: str, source: SourceSettings) -> str:
    options = options_of(name, source, Github)
    endpoint = find_endpoint(settings, name, source, url=github.PUBLIC)
    answer = endpoint.call("GET", f"repos/{options.repository}", headers=github.HEADERS)
    left = answer.headers.get("x-ratelimit-remaining")
    calls = f", {left} calls left" if left else ""
    return f"{options.repository} can be read{calls}; {clocks(answer)}"


def _mlflow(settings: Settings, name: str, source: SourceSettings, sources: "Sources") -> str:
    options = options_of(name, source, Mlflow)
    answer = find_endpoint(settings, name, source).get(
        "api/2.0/mlflow/registered-models/get", query={"name": options.model}
    )
    says = clocks(answer)
    found = sources.histories.registered(name)
    if found.live is None:
        raise SourceError(f"{options.model} has no alias {options.alias}; set `options.alias`")
    data = ", ".join(f"{each.name} {each.digest}" for each in found.live.trained_on)
    signature = "no signature" if found.live.inputs is None else f"{len(found.live.inputs)} inputs"
    return (
        f"{options.alias} of {options.model} is version {found.live.version} of"
        f" {len(found.versions)}, trained on {data or 'data it does not name'}, {signature}; {says}"
    )


def _received(settings: Settings, name: str, sources: "Sources") -> str:
    store = settings.path(settings.store.path)
    if store.exists():
        return _events(name, sources)
    require_known(name, settings.sources[name])
    return f"nothing was told yet; {store} is made when the bot starts"


def _events(name: str, sources: "Sources") -> str:
    events, wrong = sources.changes([name])
    if wrong:
        raise SourceError(f"{len(wrong)} change events cannot be read; the first: {wrong[0]}")
    if not events:
        return "no change events"
    newest = max(event["time"] for event in events)
    ahead(newest, what="change event")
    recent = sum(event["time"] > datetime.now(UTC) - _DAY for event in events)
    return f"{len(events)} change events, {recent} in the last day, up to {newest:%Y-%m-%d %H:%M}"


def _span(by: timedelta) -> str:
    minutes = by.total_seconds() / 60
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"
