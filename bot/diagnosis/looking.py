"""Is a model's data there, with the columns that the configuration names?"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.errors import SourceError
from bot.settings import ModelSettings, Settings, Table, nearest
from bot.sources import Sources

if TYPE_CHECKING:
    import ibis.expr.types as ir


def look_at(settings: Settings, name: str, *, sources: Sources) -> str:
    """Open everything that a diagnosis of this model reads, and say in a line what is there.

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
    changes, wrong = sources.changes(model.evidence.changes)
    sources.system(model.evidence.system)
    if wrong:
        raise SourceError(f"{len(wrong)} change events cannot be read; the first: {wrong[0]}")
    with sources.hold(model.predictions.source):
        engine = sources.engine(model.predictions.source)
        rows = int(engine.execute(log.count()))
        newest = engine.execute(log[model.predictions.columns.time].max())
    if not rows:
        raise SourceError(f"table {model.predictions.table!r} has no rows")
    return f"{rows:,} predictions up to {newest}, {len(changes)} change events"


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
