"""What a sample of the log says, on the card while the whole is being counted."""

import logging
from datetime import timedelta

from bot.diagnosis.preliminary import look_first
from bot.diagnosis.rolled import look_at_rollup
from bot.errors import SettingsError, SourceError, StoreError
from bot.response.board import FIRST_LOOK
from bot.response.desk import Desk

log = logging.getLogger(__name__)


def take_first_look(desk: Desk, incident_id: str) -> None:
    """Keep the first look for the situation card, unless the diagnosis was faster."""
    incident = desk.incident(incident_id)
    if not incident.is_open or incident.model is None or incident.diagnosis:
        return
    model = incident.model

    def look() -> str:
        kept = _from_rollup(desk, model)
        return kept or str(look_first(desk.settings, model, sources=desk.sources, at=desk.clock()))

    try:
        desk.store.journal.once(incident.id, FIRST_LOOK, look)
    except (SourceError, SettingsError) as error:
        log.info("no first look at %s: %s", model, error)  # the investigation says it to people
        return
    desk.refresh(incident.id)


def _from_rollup(desk: Desk, model: str) -> str | None:
    """What the rollup says, where there is one that is not long out of date."""
    every = desk.settings.model(model).rollup_minutes
    if every is None:
        return None
    try:
        look = look_at_rollup(desk.settings, model, sources=desk.sources)
    except (SourceError, StoreError):
        return None  # not counted yet: the sample answers
    return str(look) if desk.clock() - look.at <= timedelta(minutes=3 * every) else None
