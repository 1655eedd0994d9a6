"""The rollups of the models that want one, kept up to date by a timer."""

import logging
from datetime import timedelta

from bot.diagnosis.rolled import update_rollup
from bot.errors import SettingsError, SourceError, StoreError
from bot.response.desk import Desk
from bot.sources import open_sources

log = logging.getLogger(__name__)


def begin_rollups(desk: Desk) -> None:
    """Have every rollup that is configured brought up to date, now and from then on."""
    for name, model in desk.settings.models.items():
        if model.rollup_minutes is not None:
            _later(desk, name, minutes=0)


def keep_rollup(desk: Desk, model: str) -> None:
    """Count what changed since the last time; what cannot be read is tried again."""
    found = desk.settings.models.get(model)
    if found is None or found.rollup_minutes is None:
        return  # it was taken out of the configuration since
    # Set before counting: whatever this time meets, it is not the last.
    _later(desk, model, minutes=found.rollup_minutes)
    try:
        # Connections of its own, so that an incident never waits for a rollup.
        with open_sources(desk.settings) as sources:
            done = update_rollup(desk.settings, model, sources=sources, at=desk.clock())
    except (SettingsError, SourceError, StoreError) as error:
        log.warning("the rollup of %s is not up to date: %s", model, error)
        return
    log.info("rollup of %s: %d of %d hours counted", model, done.again, done.hours)


def _later(desk: Desk, model: str, *, minutes: float) -> None:
    about = f"rollup:{model}"
    due = desk.clock() + timedelta(minutes=minutes)
    desk.store.enqueue("rollup", {"model": model}, lane=about, key=about, due=due)
