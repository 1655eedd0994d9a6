"""One alert that comes by two roads: Alertmanager sends what Prometheus, when asked, says too."""

from collections.abc import Iterable

from bot.incident import Alert
from bot.incident.timeline import AlertCleared, AlertJoined, Entry, Opened

_OURS = "truncatedAlerts"
"""A label that we add ourselves."""


def is_heard(alert: Alert, timeline: Iterable[Entry]) -> bool:
    """Whether this alert fires in the incident already, and another sender told of it last.

    Ids do not tell: Prometheus has no fingerprint, and dates an alert from before its `for`. Its
    labels do, with its name among them; Alertmanager is told some more (`external_labels`).
    """
    last: Alert | None = None
    for entry in timeline:
        told = _told(entry)
        if told is not None and _same(told, alert):
            last = told
    return last is not None and last.status == "firing" and last.sender != alert.sender


def _told(entry: Entry) -> Alert | None:
    match entry.fact:
        case Opened(alert=alert) | AlertJoined(alert=alert) | AlertCleared(alert=alert):
            return alert
    return None


def _same(one: Alert, other: Alert) -> bool:
    some, more = sorted((_labels(one), _labels(other)), key=len)
    return some <= more and any(name == "alertname" for name, _ in some)


def _labels(alert: Alert) -> set[tuple[str, str]]:
    return {(name, value) for name, value in alert.labels.items() if name != _OURS}
