"""What an incident can do without: where the chat refuses it for good, the work goes on."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import ChatError
from bot.incident import Incident

log = logging.getLogger(__name__)


@contextmanager
def courtesy(incident: Incident, what: str) -> Iterator[None]:
    """Log a refusal that no repeat can change, and go on; an outage is raised and waited out.

    People archive channels, delete messages and remove the bot: none of that may keep an incident
    from being investigated, watched and written down.
    """
    try:
        yield
    except ChatError as error:
        if not error.permanent:
            raise
        log.warning("incident %s goes on without %s: %s", incident.number, what, error)
