"""Sentry's metric alerts, sent by an internal integration.

Shape: docs.sentry.io, "Webhooks", "Metric Alerts"; `action` is critical, warning or resolved.
"""

from collections.abc import Iterator, Mapping

from bot.alerts.fields import Fields, tags_of
from bot.alerts.vendor import Ignored, Part, Said


def find_sentry(payload: object, headers: Mapping[str, str]) -> Iterator[Part]:
    """The one metric alert; other resources (installations, issues, comments) ask for nothing."""
    said = Fields.of(payload)
    resource = headers.get("sentry-hook-resource", "metric_alert")
    if resource != "metric_alert":
        yield Ignored(says=f"{resource} is no metric alert")
        return
    status = said.status("action", fires=("critical", "warning"), ends=("resolved",))
    action = said.text("action")
    data = said.inside("data")
    alert = data.inside("metric_alert")
    rule = alert.inside("alert_rule")
    changed = alert.text("date_closed") if status == "resolved" else alert.text("date_started")
    yield Said(
        id=(alert.wanted("id"), action, changed),
        status=status,
        title=data.text("description_title") or alert.text("title") or rule.text("name"),
        labels=_labels(rule),
        starts_at=alert.time("date_started") or alert.time("date_detected"),
        ends_at=alert.time("date_closed"),
        severity="" if status == "resolved" else action,
        link=data.text("web_url"),
        thread=alert.text("id"),
    )


def _labels(rule: Fields) -> dict[str, str]:
    """What the rule counts, and the `key:value` filters of its query, such as `model:delays`."""
    names = rule.named(rule="name", aggregate="aggregate", environment="environment")
    return names | tags_of(rule.text("query").split())
