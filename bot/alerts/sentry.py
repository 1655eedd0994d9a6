"""Sentry's metric alerts, sent by an internal integration.

Shape: docs.sentry.io, "Webhooks", "Metric Alerts"; `action` is critical, warning or resolved.
"""

from collections.abc import Iterator, Mapping

from bot.alerts.fields import Fields, tags_of
from bot.alerts.vendor import Ignored, Part, Said
from bot.errors import UnreadableAlert

_FIRES = frozenset({"critical", "warning"})


def find_sentry(payload: object, headers: Mapping[str, str]) -> Iterator[Part]:
    """The one metric alert; other resources (installations, issues, comments) ask for nothing."""
    said = Fields.of(payload)
    resource = headers.get("sentry-hook-resource", "metric_alert")
    if resource != "metric_alert":
        yield Ignored(says=f"{resource} is no metric alert")
        return
    action = said.wanted("action")
    if action not in _FIRES and action != "resolved":
        raise UnreadableAlert(f"action is {action[:40]!r}, not critical, warning or resolved")
    data = said.inside("data")
    alert = data.inside("metric_alert")
    rule = alert.inside("alert_rule")
    changed = alert.text("date_closed") if action == "resolved" else alert.text("date_started")
    yield Said(
        id=(alert.wanted("id"), action, changed),
        status="resolved" if action == "resolved" else "firing",
        title=data.text("description_title") or alert.text("title") or rule.text("name"),
        labels=_labels(rule),
        starts_at=alert.time("date_started") or alert.time("date_detected"),
        ends_at=alert.time("date_closed"),
        severity="" if action == "resolved" else action,
        link=data.text("web_url"),
        thread=alert.text("id"),
    )


def _labels(rule: Fields) -> dict[str, str]:
    """What the rule counts, and the `key:value` filters of its query, such as `model:delays`."""
    names = {
        "rule": rule.text("name"),
        "aggregate": rule.text("aggregate"),
        "environment": rule.text("environment"),
    }
    return {key: text for key, text in names.items() if text} | tags_of(rule.text("query").split())
