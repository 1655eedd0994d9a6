"""New Relic's webhook with the payload that its workflows send by default.

Shape: docs.newrelic.com, "Notification integrations". The team may add fields to it; the README
adds the model, metric and segment. New Relic signs nothing.
"""

from collections.abc import Iterator, Mapping

from bot.alerts.fields import Fields
from bot.alerts.vendor import Ignored, Part, Said

_FIRES = frozenset({"ACTIVATED", "CREATED"})


def find_newrelic(payload: object, _headers: Mapping[str, str]) -> Iterator[Part]:
    """The one issue of the delivery; acknowledgements ask for nothing."""
    said = Fields.of(payload)
    state, trigger = said.wanted("state").upper(), said.text("trigger").upper()
    if trigger.startswith("ACKNOWLEDGE") or (state not in _FIRES and state != "CLOSED"):
        yield Ignored(says=f"an issue in state {state[:40]} asks for nothing")
        return
    closed = state == "CLOSED"
    yield Said(
        id=(said.wanted("id"),),
        status="resolved" if closed else "firing",
        title=said.text("title"),
        labels=said.texts(),
        starts_at=said.time("createdAt"),
        ends_at=said.time("closedAt") or said.time("updatedAt"),
        severity=said.text("priority"),
        link=said.text("issueUrl"),
        thread=said.text("id"),
    )
