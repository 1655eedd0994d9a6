"""A private answer to whoever asked, by the first way that is open."""

import logging
from collections.abc import Callable, Iterator

from bot.cards import Card
from bot.errors import ChatError
from bot.incident import Incident, Request
from bot.response.desk import Desk

log = logging.getLogger(__name__)


def incident_of(desk: Desk, request: Request) -> Incident | None:
    """The incident a request is about: the one it names, or the one of its channel."""
    if request.incident:
        return desk.store.incident(request.incident)
    return desk.store.incident_in_room(request.room) if request.room else None


def answer_privately(desk: Desk, request: Request, card: Card) -> None:
    """Answer where the command came from, else in its channel, else in the incident's.

    The address that comes with a command lives for half an hour, and somebody at the app's home
    has no channel. Where every way is closed the answer is lost, and the log says so.

    Raises:
        ChatError: The chat does not answer now; the request comes again.
    """
    for way in _ways(desk, request, card):
        try:
            way()
        except ChatError as error:
            if not error.permanent:
                raise
            log.info("an answer to %s could not take this way: %s", request.verb, error)
        else:
            return
    log.warning("the answer to %s reached nobody", request.verb)


def _ways(desk: Desk, request: Request, card: Card) -> Iterator[Callable[[], None]]:
    if address := request.reply_to:
        yield lambda: desk.chat.answer(address, card)
    incident = incident_of(desk, request)
    for room in dict.fromkeys((request.room, incident.room if incident else None)):
        if room:
            yield lambda room=room: desk.chat.whisper(room, request.by, card)  # type: ignore[misc]  # the default binds this turn's room
