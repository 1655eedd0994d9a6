"""The few reminders that are worth a sound at night."""

from bot.response.board import notice, tell
from bot.response.desk import Desk


def remind(desk: Desk, incident_id: str) -> None:
    """Ask for a lead while there is none; each incident hears it once."""
    incident = desk.incident(incident_id)
    if incident.is_open and incident.lead is None:
        says = "Nobody leads this incident yet. Take it with the button on the card."
        tell(desk, incident, "remind:lead", notice(says, mood="bad"))
