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
    alert = _known(desk, desk.store.alert(ref))
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
        link=alert.link,
    )
    if is_new:
        desk.later("open", incident.id, key=f"open:{incident.id}")
        return
    desk.refresh(incident.id)
    if incident.status == "mitigated":
        says = f"The alert fired again after the mitigation: {alert.title}"
        tell(desk, incident, f"again:{ref}", notice(says, mood="bad"))


def _clears(desk: Desk, alert: Alert, *, ref: str) -> None:
    key = incident_key(alert)
    for incident in desk.store.incidents(open_only=True, limit=_ALL):
        if incident.key == key or (incident.alert and incident_key(incident.alert) == key):
            fact = AlertCleared(alert=alert)
            desk.store.append(incident.id, fact, by=PLUMMET, once=ref, link=alert.link)
            desk.later("cleared", incident.id, key=f"cleared:{ref}")
            desk.refresh(incident.id)


def note_cleared(desk: Desk, incident_id: str) -> None:
    """Say in the incident that a monitor has gone quiet; that alone closes nothing."""
    incident = desk.incident(incident_id)
    says = "The monitor says the alert has cleared."
    more = "That alone closes nothing; a person resolves the incident once the metric is back."
    tell(desk, incident, f"cleared:{incident.cleared}", notice(says, more))


_ALL = 100_000
"""More incidents than will ever be open at once."""


def incident_key(alert: Alert) -> IncidentKey:
    """Model, metric and segment; an alert that names no model is kept apart by its title."""
    if alert.model is None:
        return replace(alert.key, segment=(("alert", alert.title), *alert.segment))
    return alert.key


def _known(desk: Desk, alert: Alert) -> Alert:
    """The alert with its model's own metric where it names none.

    A model that left the configuration after the alert came in is one nobody knows.
    """
    model = desk.settings.models.get(alert.model or "")
    if model is None:
        return replace(alert, model=None)
    return replace(alert, metric=alert.metric or model.metric)


def _playbook(desk: Desk, alert: Alert) -> str:
    return desk.settings.model(alert.model).playbook if alert.model else UNKNOWN_MODEL
