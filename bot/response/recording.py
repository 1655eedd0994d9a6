"""A person's word on the timeline: allowed once, recorded once, however often it is delivered."""

from bot.errors import RequestError
from bot.incident import Fact, Incident, Request
from bot.response.board import link_to
from bot.response.desk import Desk


def allow(desk: Desk, request: Request, incident: Incident, *, when: bool, otherwise: str) -> None:
    """Refuse what cannot be done now.

    What was allowed once stays allowed: after a crash the request comes again, finds that its own
    first half has changed the incident, and has to go on to its end.
    """

    def decide() -> bool:
        if not when:
            raise RequestError(otherwise)
        return True

    desk.store.journal.once(incident.id, f"allowed:{request.id}", decide)


def record(
    desk: Desk, request: Request, incident: Incident, *facts: Fact, link: str | None = None
) -> Incident:
    """Add what a person said or did, and bring the cards and a written post-mortem up to date."""
    changed = desk.store.append(
        incident.id,
        *facts,
        by=request.by,
        once=f"request:{request.id}",
        link=link or link_to(desk, incident, "situation"),
    )
    desk.refresh(incident.id)
    if not changed.is_open:
        desk.later("postmortem", incident.id, key=f"postmortem:{incident.id}")
    return changed
