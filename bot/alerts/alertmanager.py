"""The webhook of Alertmanager (version 4) and of Grafana, which took its shape over.

A group of alerts, each with a status of its own; the group's own status says nothing of them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.alerts.fields import Fields, kind_of
from bot.alerts.labels import identity
from bot.alerts.vendor import Ignored, Part, Said
from bot.errors import UnreadableAlert

_LINKS = ("panelURL", "dashboardURL", "generatorURL")
"""Grafana has the first two; they show more than the rule does."""

_NOT_THE_METRIC = frozenset({"DatasourceNoData", "DatasourceError"})
"""Alerts of Grafana's about its own looking; their end says nothing of the metric."""


def find_grouped(payload: object, _headers: Mapping[str, str]) -> Iterator[Part]:
    """The alerts of a group, those that are resolved too."""
    if not isinstance(payload, dict):
        raise UnreadableAlert(f"the payload is {kind_of(payload)}, not a group of alerts")
    alerts = payload.get("alerts")
    if not isinstance(alerts, list):
        raise UnreadableAlert(f"alerts is {kind_of(alerts)}, not a list")
    if not alerts:
        raise UnreadableAlert("alerts is empty")
    for at, raw in enumerate(alerts):
        try:
            yield said_of(raw, f"alerts[{at}]", group=payload)
        except UnreadableAlert as fault:
            yield fault


def said_of(raw: object, where: str, *, group: Mapping[str, Any]) -> Said | Ignored:
    """One alert of a group, or of the list that Alertmanager gives when it is asked.

    Raises:
        UnreadableAlert: It is none; says at which field.
    """
    if not isinstance(raw, dict):
        raise UnreadableAlert(f"{where} is {kind_of(raw)}, not an alert")
    item = Fields.of(raw, where)
    labels = _texts(item, "labels")
    annotations = _texts(item, "annotations")
    said = item if "status" in raw else Fields(raw=group, where=where)
    status = said.status("status", fires=("firing",), ends=("resolved",))
    if status == "resolved" and (why := _other_end(labels, annotations)):
        return Ignored(says=f"{where} ended by {why}, which resolves nothing")
    starts_at = item.time("startsAt")
    values = raw.get("values")
    return Said(
        # Neither the group nor the road: an alert of two groups is one, and so is one that was
        # sent and then seen again when Alertmanager was asked, which counts in milliseconds.
        id=(_fingerprint(item, labels), starts_at.isoformat(timespec="milliseconds"))
        if starts_at
        else (_fingerprint(item, labels),),
        status=status,
        title=annotations.get("title") or labels.get("alertname", ""),
        labels=labels,
        annotations=annotations,
        values=values if isinstance(values, dict) else {},
        starts_at=starts_at,
        ends_at=item.time("endsAt"),
        link=next((text for key in _LINKS if (text := item.text(key))), ""),
        cut=_cut(group),
    )


def _fingerprint(item: Fields, labels: Mapping[str, str]) -> str:
    pairs = (f"{key}={labels[key]}" for key in sorted(labels))
    return item.text("fingerprint") or identity(*pairs)


def _other_end(labels: Mapping[str, str], annotations: Mapping[str, str]) -> str:
    """Why Grafana ended it though the metric did not come back; empty where it did.

    In `grafana_state_reason` stands whatever else ends an alert: NoData, MissingSeries, Error, or
    that somebody paused, changed or deleted its rule.
    """
    name = labels.get("alertname", "")
    reason = annotations.get("grafana_state_reason", "").strip()
    return reason[:40] or (name if name in _NOT_THE_METRIC else "")


def _texts(item: Fields, key: str) -> dict[str, str]:
    inside = item.inside(key)
    for name, text in inside.raw.items():
        if not isinstance(text, str):
            raise UnreadableAlert(f"{inside.place(name)} is {kind_of(text)}, not text")
    return dict(inside.raw)


def _cut(group: Mapping[str, Any]) -> int:
    missing = group.get("truncatedAlerts")
    return missing if isinstance(missing, int) and missing > 0 else 0
