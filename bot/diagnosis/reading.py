"""One look at the metric of a window, for the watch after a mitigation."""

from datetime import datetime

from bot.incident import Measure
from bot.settings import Settings
from bot.sources import Sources


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
    from bot.profile.engine import Engine  # noqa: PLC0415 - as above
    from bot.profile.plan import require  # noqa: PLC0415 - as above
    from bot.profile.window import measure_window  # noqa: PLC0415 - as above

    found = settings.model(model)
    log = sources.table(found.predictions)
    require(log, found, where=f"table {found.predictions.table!r} of {found.predictions.source}")
    with sources.hold(found.predictions.source):
        engine = Engine(sources.engine(found.predictions.source))
        with engine.settled():
            value, rows = measure_window(log, found, engine, start=start, end=end, now=now)
    return Measure(value=value, rows=rows, start=start, end=end)
