"""An alert comes in: it opens an incident, joins one, or is noted on it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.incident import PLUMMET, Alert, Incident, IncidentKey
from bot.incident.timeline import AlertCleared, AlertJoined, Opened
from bot.response.board import notice, show_again, tell
from bot.response.choosing import labelled_playbook
from bot.response.desk import Desk
from bot.response.heard import is_heard
from bot.response.storm import STORM, storm_of


def take_alert(desk: Desk, ref: str) -> None:
    """Do what an alert asks for; the same alert twice does it once."""
    alert = _known(desk, desk.store.alert(ref))
    if alert.status == "firing":
        _fires(desk, alert, ref=ref)
    else:
        _clears(desk, alert, ref=ref)


def _fires(desk: Desk, alert: Alert, *, ref: str) -> None:
    key = incident_key(alert)
    if any(is_heard(alert, desk.store.timeline(one.id)) for one in desk.store.open_of(key)):
        return

    def opened(number: int) -> Opened:
        return Opened(
            number=number,
            key=key,
            title=alert.title,
            severity=alert.severity or desk.settings.incidents.severity,
            playbook=labelled_playbook(
                desk, model=alert.model, metric=alert.metric, labels=alert.labels
            ),
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
        storm=storm_of(desk, alert),
    )
    if alert.thread:
        desk.store.journal.once(_THREADS, alert.thread, lambda: incident.id)
    if is_new:
        desk.later("open", incident.id, key=f"open:{incident.id}")
    if incident.key == STORM:
        desk.later("storm", incident.id, key=f"storm:{incident.id}", seconds=_GATHERED)
    if is_new:
        return
    if incident.cleared:
        desk.later("cleared", incident.id, key=f"cleared:{incident.id}")
    desk.refresh(incident.id)
    if incident.status == "mitigated":
        says = f"The alert fired again after the mitigation: {alert.title}"
        tell(desk, incident, f"again:{ref}", notice(says, mood="bad"))


def _clears(desk: Desk, alert: Alert, *, ref: str) -> None:
    for incident in _fired(desk, alert):
        fact = AlertCleared(alert=alert)
        desk.store.append(incident.id, fact, by=PLUMMET, once=ref, link=alert.link)
        kind = "storm" if incident.key == STORM else "cleared"
        desk.later(kind, incident.id, key=f"{kind}:{incident.id}")
        desk.refresh(incident.id)


def _fired(desk: Desk, alert: Alert) -> Sequence[Incident]:
    """Where this alert fired: by its key, or by its thread where the end no longer names that."""
    if found := desk.store.open_of(incident_key(alert)):
        return found
    known = desk.store.journal.recall(_THREADS, alert.thread) if alert.thread else None
    incident = desk.store.incident(str(known)) if known else None
    return [incident] if incident and incident.is_open else []


def note_cleared(desk: Desk, incident_id: str) -> None:
    """Say in the incident that a monitor has gone quiet; that alone closes nothing.

    An alert that flaps is said once, in a message that counts.
    """
    incident = desk.incident(incident_id)
    more = "That alone closes nothing; a person resolves the incident once the metric is back."
    if incident.cleared == 1 and incident.firing <= 1:
        tell(desk, incident, "cleared", notice("The monitor says the alert has cleared.", more))
        return
    says = f"The alert comes and goes: fired {incident.firing}×, cleared {incident.cleared}×."
    card = notice(says, more)
    tell(desk, incident, "flapping", card)
    show_again(desk, incident, "flapping", card)


_THREADS = "alerts"
"""Under which the journal keeps the incident of each thread."""

_GATHERED = 5
"""Seconds in which alerts of a storm gather before its list is written anew."""


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
