"""An alert comes in: it opens an incident, joins one, or is noted on it."""

from dataclasses import replace
from datetime import timedelta

from bot.incident import PLUMMET, Alert, IncidentKey
from bot.incident.timeline import AlertCleared, AlertJoined, Opened
from bot.response.board import notice, tell
from bot.response.desk import Desk

UNKNOWN_MODEL = "unknown-model"
"""The playbook of an incident whose model nobody has named yet."""


def take_alert(desk: Desk, ref: str) -> None:
    """Do what an alert asks for; the same alert twice does it once."""
    alert = desk.store.alert(ref)
    if alert.status == "firing":
        _fires(desk, alert, ref=ref)
    else:
        _clears(desk, alert, ref=ref)


def _fires(desk: Desk, alert: Alert, *, ref: str) -> None:
    key = incident_key(alert)

    def opened(number: int) -> Opened:
        return Opened(
            number=number,
            key=key,
            title=alert.title,
            severity=alert.severity or desk.settings.incidents.severity,
            playbook=_playbook(desk, alert),
            alert=alert,
        )

    incident, is_new = desk.store.open_or_join(
        key=key,
        since=desk.clock() - timedelta(hours=desk.settings.incidents.window_hours),
        opened=opened,
        joined=AlertJoined(alert=alert),
        by=PLUMMET,
        once=ref,
    )
    if is_new:
        desk.later("open", incident.id, key=f"open:{incident.id}")
    else:
        desk.refresh(incident.id)


def _clears(desk: Desk, alert: Alert, *, ref: str) -> None:
    key = incident_key(alert)
    for incident in desk.store.incidents(open_only=True):
        if incident.key == key or (incident.alert and incident_key(incident.alert) == key):
            fact = AlertCleared(alert=alert)
            desk.store.append(incident.id, fact, by=PLUMMET, once=ref)
            desk.later("cleared", incident.id, key=f"cleared:{ref}")
            desk.refresh(incident.id)


def note_cleared(desk: Desk, incident_id: str) -> None:
    """Say in the incident that a monitor has gone quiet; that alone closes nothing."""
    incident = desk.incident(incident_id)
    if incident.room:
        says = f"The monitor says the alert has cleared ({incident.cleared} of {incident.firing})."
        lines = (
            "The incident stays open until the metric is seen to recover or a person resolves it."
        )
        tell(desk, incident, f"cleared:{incident.cleared}", notice(says, lines))


def incident_key(alert: Alert) -> IncidentKey:
    """Model, metric and segment; an alert that names no model is kept apart by its title."""
    if alert.model is None:
        return replace(alert.key, segment=(("alert", alert.title), *alert.segment))
    return alert.key


def _playbook(desk: Desk, alert: Alert) -> str:
    return desk.settings.model(alert.model).playbook if alert.model else UNKNOWN_MODEL
