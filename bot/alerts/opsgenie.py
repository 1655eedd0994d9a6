"""Opsgenie's outgoing webhook; the product itself ends in April 2027.

Shape: docs.opsgenie.com, "Webhook Integration". Only `Create` carries the details (cut to 1000
characters), so that a close is joined to its alert by `alertId`. Opsgenie signs nothing; a custom
header carries the token.
"""

from collections.abc import Iterator, Mapping

from bot.alerts.fields import Fields, tags_of
from bot.alerts.vendor import Ignored, Part, Said


def find_opsgenie(payload: object, _headers: Mapping[str, str]) -> Iterator[Part]:
    """The one alert, when it is created or closed; a deleted one is not resolved."""
    said = Fields.of(payload)
    action = said.wanted("action")
    if action not in {"Create", "Close"}:
        yield Ignored(says=f"{action[:40]} asks for nothing")
        return
    alert = said.inside("alert")
    named = alert.named(alias="alias", entity="entity", source="source")
    yield Said(
        id=(alert.wanted("alertId"), action),
        status="resolved" if action == "Close" else "firing",
        title=alert.text("message"),
        labels=named | tags_of(alert.items("tags")) | alert.inside("details").texts(),
        starts_at=alert.time("createdAt"),
        ends_at=alert.time("updatedAt"),
        severity=alert.text("priority"),
        thread=alert.text("alertId"),
    )
