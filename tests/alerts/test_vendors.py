"""Each vendor's own words in ours; the payloads say whether they were recorded or written."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import UnreadableAlert
from bot.incident import Alert, Delivery, IncidentKey

DELAYS = IncidentKey(model="delays", metric="accuracy", segment=(("region", "eu"),))
WITHOUT_SEGMENT = IncidentKey(model="delays", metric="accuracy")
AWS = {"topics": ("arn:aws:sns:eu-west-1:123456789012:ml",)}


def read(
    make_sender: Any, kind: str, body: Any, headers: dict[str, str] | None = None, **keys: Any
) -> Delivery:
    keys = AWS | keys if kind == "cloudwatch" else keys
    sender = make_sender(kind, models=("delays",), **keys)
    found: Delivery = sender.read(json.dumps(body).encode(), headers=headers or {})
    return found


FIRES = {
    "pagerduty_triggered": (DELAYS, "sev1", "Accuracy of delays is below 0.85"),
    "datadog_triggered": (
        DELAYS, "sev2", "[Triggered on {model:delays}] Accuracy of delays is low"
    ),
    "datadog_no_data": (DELAYS, "sev2", "[Triggered on {model:delays}] Accuracy of delays is low"),
    "sentry_critical": (DELAYS, "sev1", "Critical: Accuracy of delays"),
    "newrelic_activated": (DELAYS, "sev1", "Accuracy of delays < 0.85 for 5 minutes"),
    "google_open": (DELAYS, "sev1", "Accuracy of delays is low"),
    "opsgenie_create": (DELAYS, "sev1", "Accuracy of delays is low"),
    "cloudwatch_alarm": (WITHOUT_SEGMENT, "sev1", "Accuracy of delays"),
    "cloudwatch_no_data": (WITHOUT_SEGMENT, "sev1", "Accuracy of delays (no data)"),
}  # fmt: skip


@pytest.mark.parametrize("name", FIRES)
def test_what_fires_names_model_metric_segment_and_severity(
    payload: Any, make_sender: Any, name: str
) -> None:
    key, severity, title = FIRES[name]

    (alert,) = read(make_sender, name.partition("_")[0], payload(name)).alerts

    assert (alert.status, alert.ends_at) == ("firing", None)
    assert (alert.key, alert.severity, alert.title) == (key, severity, title)
    assert datetime(2026, 11, 21, 19, 20, tzinfo=UTC) <= alert.starts_at
    assert alert.starts_at <= datetime(2026, 11, 21, 19, 45, tzinfo=UTC)


RESOLVED = {
    "pagerduty_resolved": "pagerduty_triggered",
    "datadog_recovered": "datadog_triggered",
    "sentry_resolved": "sentry_critical",
    "newrelic_closed": "newrelic_activated",
    "google_closed": "google_open",
    "cloudwatch_ok": "cloudwatch_alarm",
    "opsgenie_close": "opsgenie_create",
}


@pytest.mark.parametrize("name", RESOLVED)
def test_what_resolves_belongs_to_what_fired(payload: Any, make_sender: Any, name: str) -> None:
    kind = name.partition("_")[0]
    (fired,) = read(make_sender, kind, payload(RESOLVED[name])).alerts

    (resolved,) = read(make_sender, kind, payload(name)).alerts

    assert resolved.status == "resolved"
    assert resolved.ends_at is not None
    assert resolved.thread == fired.thread
    assert fired.thread or kind == "cloudwatch"  # whose alarms have no id of a turn
    assert resolved.id != fired.id
    assert resolved.key == fired.key or kind == "opsgenie"  # which says it only once


@pytest.mark.parametrize("name", [*FIRES, *RESOLVED])
def test_a_delivery_that_comes_again_is_the_same_alert(
    payload: Any, make_sender: Any, name: str
) -> None:
    kind = name.partition("_")[0]

    first, again = (read(make_sender, kind, payload(name)).alerts[0] for _ in range(2))

    assert first.id == again.id


IGNORED = {
    "pagerduty_acknowledged": {},
    "pagerduty_ping": {},
    "newrelic_acknowledged": {},
    "opsgenie_acknowledge": {},
    "sentry_critical": {"sentry-hook-resource": "installation"},
}


@pytest.mark.parametrize("name", IGNORED)
def test_what_asks_for_nothing_is_taken_and_says_why(
    payload: Any, make_sender: Any, name: str
) -> None:
    delivery = read(make_sender, name.partition("_")[0], payload(name), IGNORED[name])

    assert (delivery.alerts, delivery.changes, delivery.unread) == ((), (), ())
    assert len(delivery.ignored) == 1


def test_a_lack_of_data_resolves_nothing(payload: Any, make_sender: Any) -> None:
    for name in ("datadog_no_data", "cloudwatch_no_data"):
        (alert,) = read(make_sender, name.partition("_")[0], payload(name)).alerts
        assert alert.status == "firing"


def test_an_incident_that_pagerduty_reopens_fires_again(payload: Any, make_sender: Any) -> None:
    body = payload("pagerduty_triggered")
    body["event"] |= {"id": "another", "event_type": "incident.reopened"}

    (alert,) = read(make_sender, "pagerduty", body).alerts

    assert alert.status == "firing"


def test_a_pagerduty_event_is_known_by_its_signed_id_whatever_the_header_says(
    payload: Any, make_sender: Any
) -> None:
    body = payload("pagerduty_triggered")

    first = read(make_sender, "pagerduty", body, {"x-webhook-id": "1"}).alerts[0]
    again = read(make_sender, "pagerduty", body, {"x-webhook-id": "2"}).alerts[0]

    assert first.id == again.id


def test_a_service_of_pagerduty_may_be_the_model(payload: Any, make_sender: Any) -> None:
    body = payload("pagerduty_triggered")
    body["event"]["data"] |= {"custom_fields": None, "service": {"summary": "delays"}}

    (alert,) = read(make_sender, "pagerduty", body, labels={"model": "service"}).alerts

    assert alert.model == "delays"


def test_google_s_measured_value_is_the_value(payload: Any, make_sender: Any) -> None:
    assert read(make_sender, "google", payload("google_open")).alerts[0].value == 0.78


def test_dimensions_of_a_cloudwatch_alarm_may_name_the_segment(
    payload: Any, make_sender: Any
) -> None:
    body = payload("cloudwatch_alarm")

    (alert,) = read(make_sender, "cloudwatch", body, segments=("MonitoringSchedule",)).alerts

    assert alert.segment == (("MonitoringSchedule", "hourly"),)
    assert alert.labels["metric_name"] == "feature_baseline_drift_distance"


def test_azure_s_handshake_is_answered_with_its_code(payload: Any, make_sender: Any) -> None:
    delivery = read(make_sender, "azure", payload("azure_validation"))

    assert delivery.reply == {"validationResponse": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}


def test_azure_s_monitors_fire_and_resolve_and_its_models_are_changes(
    payload: Any, make_sender: Any
) -> None:
    delivery = read(make_sender, "azure", payload("azure_events"))

    assert [(alert.status, alert.key) for alert in delivery.alerts] == [
        ("firing", WITHOUT_SEGMENT),
        ("resolved", WITHOUT_SEGMENT),
    ]
    assert "violating metric thresholds" in delivery.alerts[0].title
    assert [change.what for change in delivery.changes] == [
        "version 13 of delays was registered",
        "service delays-live now serves delays:13,carriers:2",
    ]
    assert delivery.ignored == ("a run that ended as Failed is no breach of a monitor",)


def test_azure_s_events_may_be_cloud_events(payload: Any, make_sender: Any) -> None:
    event = payload("azure_events")[0]
    cloud = {
        "specversion": "1.0", "type": event["eventType"], "source": event["topic"],
        "subject": event["subject"], "id": event["id"], "time": event["eventTime"],
        "data": event["data"],
    }  # fmt: skip

    (alert,) = read(make_sender, "azure", cloud).alerts

    assert (alert.status, alert.key) == ("firing", WITHOUT_SEGMENT)


def test_a_move_of_an_mlflow_alias_is_a_change_of_the_model(payload: Any, make_sender: Any) -> None:
    headers = {"x-mlflow-delivery-id": "fe2a2a52-5e53-4d0b-9f46-93d1ede68a8f"}

    (change,) = read(make_sender, "mlflow", payload("mlflow_alias_created"), headers).changes

    assert change.what == "alias champion of fraud now means version 1"
    assert (change.kind, change.ref) == ("model", "fraud/1")
    assert change.time == datetime(2026, 11, 21, 19, 39, 30, 33361, tzinfo=UTC)
    assert change.details["to"] == "1"
    assert change.id == "mlflow-fe2a2a52-5e53-4d0b-9f46-93d1ede68a8f"


def test_a_tag_in_mlflow_is_a_change_of_no_weight(payload: Any, make_sender: Any) -> None:
    (change,) = read(make_sender, "mlflow", payload("mlflow_tag_set")).changes

    assert (change.kind, change.what) == ("other", "tag k of version 1 of fraud was set to v")


def test_a_prompt_in_mlflow_is_no_model(make_sender: Any) -> None:
    body = {"entity": "prompt", "action": "created", "timestamp": "2026-11-21", "data": {}}

    assert len(read(make_sender, "mlflow", body).ignored) == 1


WRONG = {
    "pagerduty": ({"event": {}}, "event.event_type is nothing"),
    "datadog": ({"id": "1"}, "transition is nothing"),
    "sentry": ({"action": "maybe", "data": {}}, "action is 'maybe'"),
    "newrelic": ({"state": "ACTIVATED"}, "id is nothing"),
    "google": ({"incident": {"state": "ajar"}}, "incident.state is 'ajar'"),
    "opsgenie": ({"action": "Create", "alert": []}, "alert is a list"),
    "azure": ([], "list of events is empty"),
    "mlflow": ({"entity": "model_version", "action": "created"}, "timestamp is nothing"),
    "cloudwatch": ({"Type": "Notification", "Message": "{"}, "not JSON"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_body_that_its_sender_would_not_send_is_refused_with_the_place(
    make_sender: Any, kind: str
) -> None:
    body, says = WRONG[kind]

    with pytest.raises(UnreadableAlert, match=says):
        read(make_sender, kind, body)


def test_one_wrong_alert_of_a_group_does_not_lose_the_others(
    payload: Any, make_sender: Any
) -> None:
    body = copy.deepcopy(payload("alertmanager_firing_multi"))
    body["alerts"][0]["labels"] = ["no", "labels"]

    delivery = read(make_sender, "alertmanager", body)

    assert [alert.labels["segment"] for alert in delivery.alerts] == ["B"]
    assert delivery.unread == ("alerts[0].labels is a list, not an object",)


def test_one_wrong_alert_of_a_list_does_not_lose_the_others(make_sender: Any) -> None:
    body = [{"title": "a", "starts_at": "soon"}, {"title": "b"}]

    delivery = read(make_sender, "generic", body)

    assert [alert.title for alert in delivery.alerts] == ["b"]
    assert delivery.unread == ("alert 1: starts_at is no time: 'soon'",)


def test_titles_of_vendors_are_one_line(payload: Any, make_sender: Any) -> None:
    body = payload("opsgenie_create")
    body["alert"]["message"] = "Accuracy\n\n fell" + "!" * 300

    (alert,) = read(make_sender, "opsgenie", body).alerts

    assert alert.title.startswith("Accuracy fell!!")
    assert len(alert.title) == 200


def alerts_of(make_sender: Any, body: Any) -> tuple[Alert, ...]:
    return read(make_sender, "grafana", body).alerts


@pytest.mark.parametrize(
    "reason", ["NoData", "MissingSeries", "Error", "Paused", "Updated", "RuleDeleted"]
)
def test_an_alert_of_grafana_that_ended_though_the_metric_did_not_come_back_resolves_nothing(
    payload: Any, make_sender: Any, reason: str
) -> None:
    body = payload("grafana_firing")
    body["alerts"][0] |= {"status": "resolved", "annotations": {"grafana_state_reason": reason}}

    delivery = read(make_sender, "grafana", body)

    assert delivery.alerts == ()
    assert delivery.ignored[0] == f"alerts[0] ended by {reason}, which resolves nothing"
    assert "ended by DatasourceNoData" in delivery.ignored[1]
