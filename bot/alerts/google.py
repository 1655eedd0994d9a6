"""Google Cloud Monitoring's webhook channel; alerts of Vertex AI's model monitoring come this way.

Shape: cloud.google.com/monitoring, "Manage notification channels", schema 1.2. It sends a basic
user and password, or a token in the address, and no header of the team's own.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.alerts.fields import Fields
from bot.alerts.vendor import Part, Said


def find_google(payload: object, _headers: Mapping[str, str]) -> Iterator[Part]:
    """The one incident of the delivery; the same id opens and closes it."""
    incident = Fields.of(payload).inside("incident")
    status = incident.status("state", fires=("open", "OPEN"), ends=("closed", "CLOSED"))
    title = incident.inside("documentation").text("subject") or incident.text("condition_name")
    yield Said(
        id=(incident.wanted("incident_id"),),
        status=status,
        title=title or incident.text("summary"),
        labels=_labels(incident),
        starts_at=_time(incident, "started_at"),
        ends_at=_time(incident, "ended_at"),
        severity=incident.text("severity"),
        values={"value": incident.raw.get("observed_value")},
        link=incident.text("url"),
        thread=incident.text("incident_id"),
    )


def _labels(incident: Fields) -> dict[str, str]:
    """Labels of the resource, the metric and the policy; the last are the team's own and win."""
    labels = incident.named(policy="policy_name", condition="condition_name")
    for keys in (
        ("resource", "labels"),
        ("metric", "labels"),
        ("metadata", "user_labels"),
        ("policy_user_labels",),
    ):
        labels |= incident.inside(*keys).texts()
    return labels


def _time(incident: Fields, key: str) -> datetime | None:
    """The second at a key; 0 is none yet."""
    return incident.time(key) if incident.raw.get(key) else None
