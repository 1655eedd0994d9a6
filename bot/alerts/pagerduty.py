"""PagerDuty's webhooks, version 3: what became of an incident there.

Shape and behaviour: developer.pagerduty.com, "Webhooks v3 Overview" and "Behavior". A status of 4xx
would be dropped, and three of them in a row end the subscription for a day; so every event that is
well-formed is taken, and most ask for nothing.
"""

from collections.abc import Iterator, Mapping

from bot.alerts.fields import Fields, text_of
from bot.alerts.vendor import Ignored, Part, Said

_FIRES = frozenset({"incident.triggered", "incident.reopened"})


def find_pagerduty(payload: object, headers: Mapping[str, str]) -> Iterator[Part]:
    """The one event of the delivery."""
    event = Fields.of(payload).inside("event")
    kind = event.wanted("event_type")
    if kind not in _FIRES and kind != "incident.resolved":
        yield Ignored(says=f"{kind} asks for nothing")
        return
    incident = event.inside("data")
    # The header is the same at each attempt, but the signature covers only the event's own id.
    delivery = event.text("id") or headers.get("x-webhook-id", "")
    resolved = kind == "incident.resolved"
    yield Said(
        id=("event", delivery) if delivery else (incident.wanted("id"), event.text("occurred_at")),
        status="resolved" if resolved else "firing",
        title=incident.text("title"),
        labels=_labels(incident),
        starts_at=incident.time("created_at") or event.time("occurred_at"),
        ends_at=event.time("occurred_at") if resolved else None,
        severity=incident.inside("priority").text("summary") or incident.text("urgency"),
        link=incident.text("html_url"),
        thread=incident.text("id"),
    )


def _labels(incident: Fields) -> dict[str, str]:
    """Its service, key and urgency, and above them the team's custom fields and details."""
    labels = incident.named(incident_key="incident_key", urgency="urgency")
    labels |= incident.inside("service").named(service="summary")
    fields = incident.raw.get("custom_fields")
    for field in fields if isinstance(fields, list) else ():
        if isinstance(field, dict):
            labels[text_of(field.get("name"))] = text_of(field.get("value"))
    details = incident.raw.get("body")
    if isinstance(details, dict) and isinstance(details.get("details"), dict):
        labels |= Fields.of(details["details"]).texts()
    return {key: text for key, text in labels.items() if key and text}
