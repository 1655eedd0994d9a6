"""The metric alone, for the watch after a mitigation: of one window, or along the log."""

from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from bot.incident import Measure
from bot.settings import ModelSettings, Settings
from bot.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ibis.expr.types as ir

    from bot.profile.engine import Engine
    from bot.profile.window import Course


def read_metric(
    settings: Settings,
    model: str,
    *,
    sources: Sources,
    start: datetime,
    end: datetime,
    now: datetime | None = None,
) -> Measure:
    """The model's metric over the predictions served from `start` up to, not including, `end`.

    A label counts when it had arrived by `now`; without that, when it is there.

    Raises:
        SettingsError: There is no such model.
        SourceError: The prediction log cannot be read.
    """
    # The scan brings ibis and numpy: more than a second that a command line must not pay.
    from bot.profile.window import measure_window  # noqa: PLC0415 - as above

    with _opened(settings, model, sources) as (log, found, engine):
        value, rows = measure_window(log, found, engine, start=start, end=end, now=now)
    return Measure(value=value, rows=rows, start=start, end=end)


def read_course(
    settings: Settings, model: str, *, sources: Sources, at: datetime | None = None
) -> "Course":
    """The model's metric along the whole log up to `at`, from the columns that it is made of.

    Raises:
        SettingsError: There is no such model.
        SourceError: The prediction log cannot be read.
    """
    from bot.profile.window import measure_course  # noqa: PLC0415 - as above

    with _opened(settings, model, sources) as (log, found, engine):
        return measure_course(log, found, engine, at=at)


@contextmanager
def _opened(
    settings: Settings, model: str, sources: Sources
) -> "Iterator[tuple[ir.Table, ModelSettings, Engine]]":
    from bot.profile.engine import Engine  # noqa: PLC0415 - as above
    from bot.profile.plan import require  # noqa: PLC0415 - as above

    found = settings.model(model)
    log = sources.table(found.predictions)
    require(log, found, where=f"table {found.predictions.table!r} of {found.predictions.source}")
    with sources.hold(found.predictions.source):
        engine = Engine(sources.engine(found.predictions.source))
        with engine.settled():
            yield log, found, engine
