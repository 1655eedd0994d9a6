"""A job that no repeat can help: whom it concerns is told."""

import logging

from bot.cards import Notice
from bot.errors import ChatError, PlummetError
from bot.response.answering import answer_privately
from bot.response.asking import read_request
from bot.response.board import notice, tell
from bot.response.desk import Desk
from bot.store import Job

log = logging.getLogger(__name__)

_PARTS = {
    "open": "This channel could not be set up completely",
    "investigate": "The checklist cannot go on",
    "refresh": "The cards cannot be brought up to date",
    "watch": "The metric could not be looked at",
    "rollback": "The rollback could not be carried out to its end; look whether it was done",
    "postmortem": "The post-mortem cannot be written",
}


def give_up(desk: Desk, job: Job, error: Exception) -> None:
    """Tell whoever asked, or the incident's channel; not being able to is only logged."""
    why = str(error) if isinstance(error, PlummetError) else "a defect of Plummet's own"
    lines = (why, "The bot's log says more.")
    try:
        if job.kind == "request":
            card = notice("That could not be done.", *lines, mood="bad")
            answer_privately(desk, read_request(job.payload), card)
        elif job.kind in _PARTS and not isinstance(error, ChatError):
            _tell_room(desk, job, notice(_PARTS[job.kind] + ".", *lines, mood="bad"))
    except PlummetError as second:
        log.warning("nobody could be told that %s was given up: %s", job.kind, second)


def _tell_room(desk: Desk, job: Job, card: Notice) -> None:
    incident = desk.store.incident(str(job.payload["incident"]))
    if incident:
        tell(desk, incident, f"parked:{job.kind}:{job.id}", card)
