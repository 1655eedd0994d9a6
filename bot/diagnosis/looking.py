"""Is a model's data there, with the columns that the configuration names?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.errors import SourceError
from bot.settings import ModelSettings, Settings, Table, nearest
from bot.sources import Sources, ahead

if TYPE_CHECKING:
    import ibis.expr.types as ir


def look_at(settings: Settings, name: str, *, sources: Sources) -> str:
    """Open the tables that a diagnosis of this model reads, and say in a line what is there.

    Raises:
        SourceError: What is missing, where, and what to do.
        SettingsError: There is no such model.
    """
    from bot.profile.plan import require  # noqa: PLC0415 - brings ibis, which help must not wait for

    model = settings.model(name)
    log = sources.table(model.predictions)
    require(log, model, where=f"table {model.predictions.table!r}")
    for table, column in _named_columns(model):
        _require_column(sources.table(table), column, name=table.table)
    with sources.hold(model.predictions.source):
        rows, recent, newest = _counted(log, model, sources)
    if not rows:
        raise SourceError(f"table {model.predictions.table!r} has no rows")
    ahead(newest, what="prediction")
    columns = len(log.columns)
    return f"{columns} columns, {rows:,} predictions, {recent:,} in the last day, up to {newest}"


def _counted(log: "ir.Table", model: ModelSettings, sources: Sources) -> tuple[int, int, datetime]:
    """Rows, rows of the last day, and the newest time."""
    from bot.profile.coding import literal, moment, seconds  # noqa: PLC0415 - brings ibis

    engine = sources.engine(model.predictions.source)
    time = moment(log[model.predictions.columns.time])
    yesterday = literal(datetime.now(UTC) - timedelta(days=1))
    asked = log.aggregate(
        rows=log.count(), recent=(time > yesterday).sum(), newest=seconds(time).max()
    )
    (row,) = engine.to_pyarrow(asked).to_pylist()
    newest = datetime.fromtimestamp(int(row["newest"] or 0), UTC)
    return int(row["rows"]), int(row["recent"] or 0), newest


def _named_columns(model: ModelSettings) -> Iterator[tuple[Table, str]]:
    log = model.predictions
    for column in sorted(log.columns.taken() | set(log.features or ()) | set(log.segments)):
        yield log, column
    for table in filter(None, (model.reference, model.offline)):
        for column in log.features or ():
            yield table, column
    if model.reported:
        yield model.reported, "time"
        yield model.reported, "value"


def _require_column(found: "ir.Table", column: str, *, name: str) -> None:
    if column not in found.columns:
        raise SourceError(
            f"table {name!r} has no column {column!r}{nearest(column, found.columns)}"
        )
