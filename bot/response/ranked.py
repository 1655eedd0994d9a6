"""The card of the causes, with a button where its first action is one that the bot can take."""

from bot.cards import Ranking
from bot.incident import Incident
from bot.response.desk import Desk


def ranking(desk: Desk, incident: Incident) -> Ranking:
    """The causes as they should be shown now."""
    return Ranking(incident=incident, rollback=_can_roll_back(desk, incident))


def _can_roll_back(desk: Desk, incident: Incident) -> bool:
    """Whether a rollback is what to do first, and somebody could ask for it now."""
    best = incident.diagnosis.best if incident.diagnosis else None
    asked = incident.rollback is not None and incident.rollback.waits(desk.clock())
    return (
        incident.model in desk.rollbacks
        and incident.status == "investigating"
        and best is not None
        and [action.kind for action in best.actions[:1]] == ["rollback"]
        and not asked
    )
