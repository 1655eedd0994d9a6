"""Datadog's webhook, whose payload the team writes; the README has the one that is read here.

Variables and transitions: docs.datadoghq.com, "Webhooks". Datadog signs nothing; a custom header
carries the token.
"""

from collections.abc import Iterator, Mapping

from bot.alerts.fields import Fields, tags_of
from bot.alerts.vendor import Part, Said

_RESOLVED = frozenset({"recovered"})
"""`No Data` and `Re-No Data` end nothing: they fire, like every other transition."""


def find_datadog(payload: object, _headers: Mapping[str, str]) -> Iterator[Part]:
    """The one alert of the delivery; `cycle` joins a recovery to what it ends."""
    said = Fields.of(payload)
    transition = said.wanted("transition").strip()
    labels = tags_of(said.text("tags").split(",")) | tags_of(said.text("scope").split(","))
    resolved = transition.casefold() in _RESOLVED
    at = said.time("date")
    yield Said(
        id=(said.wanted("id"), said.text("cycle"), transition, said.text("date")),
        status="resolved" if resolved else "firing",
        title=said.text("title"),
        labels={"monitor": said.text("id"), "transition": transition} | labels,
        starts_at=said.time("last_updated") or at,
        ends_at=at if resolved else None,
        severity=said.text("priority"),
        link=said.text("link"),
        thread=said.text("cycle"),
        values={"value": said.raw.get("value")},
    )
