import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.alerts import Sender
from bot.errors import UnreadableAlert
from bot.incident import Alert, IncidentKey


def read(sender: Sender, body: Any) -> list[Alert]:
    return list(sender.read(json.dumps(body).encode(), headers={}).alerts)


def test_an_alert_of_a_configured_model_is_put_in_our_words(payload: Any, make_sender: Any) -> None:
    sender = make_sender(models=("m3",))

    (alert,) = read(sender, payload("alertmanager_firing_single"))

    assert alert.sender == "am"
    assert alert.status == "firing"
    assert alert.title == "One"
    assert alert.key == IncidentKey(model="m3", metric=None)
    assert alert.severity == "sev2"
    assert alert.labels == {"alertname": "One", "model": "m3", "severity": "page"}


def test_nine_digits_of_a_second_are_read_and_a_zero_end_is_no_end(
    payload: Any, make_sender: Any
) -> None:
    (alert,) = read(make_sender(), payload("alertmanager_firing_single"))

    assert alert.starts_at == datetime(2026, 11, 21, 19, 34, 39, 312785, tzinfo=UTC)
    assert alert.ends_at is None


def test_a_segment_label_makes_incidents_of_their_own(payload: Any, make_sender: Any) -> None:
    sender = make_sender(models=("m2",))

    a, b = read(sender, payload("alertmanager_firing_multi"))

    assert a.key == IncidentKey(model="m2", metric=None, segment=(("segment", "A"),))
    assert b.key == IncidentKey(model="m2", metric=None, segment=(("segment", "B"),))


def test_a_partly_resolved_group_is_read_alert_by_alert(payload: Any, make_sender: Any) -> None:
    body = payload("alertmanager_partial_resolved_status_firing")

    resolved, firing = read(make_sender(), body)

    assert body["status"] == "firing"
    assert (resolved.status, firing.status) == ("resolved", "firing")
    assert resolved.ends_at == datetime(2026, 11, 21, 19, 34, 26, tzinfo=UTC)
    assert firing.ends_at is None


def test_a_resolved_alert_keeps_its_summary_and_its_link(payload: Any, make_sender: Any) -> None:
    first, second = read(make_sender(models=("fraud",)), payload("alertmanager_resolved_multi"))

    assert first.status == second.status == "resolved"
    assert first.title == "Accuracy of fraud v7 (EU) is 0.7"
    assert first.link is not None
    assert first.link.startswith("http://vm:9090/graph?g0.expr=model_accuracy")


def test_alerts_that_the_sender_cut_off_are_noted(payload: Any, make_sender: Any) -> None:
    alerts = read(make_sender(models=("m2",)), payload("alertmanager_firing_multi"))

    assert [alert.title for alert in alerts] == [
        "Trunc (the sender cut off 2 more of this group)"
    ] * 2
    assert [alert.labels["truncatedAlerts"] for alert in alerts] == ["2", "2"]


def test_labels_that_try_to_ping_stay_as_they_were_sent(payload: Any, make_sender: Any) -> None:
    body = payload("alertmanager_injection_labels")

    (alert,) = read(make_sender(), body)

    assert alert.labels == body["alerts"][0]["labels"]
    assert alert.labels["model"].startswith("<!channel>")


def test_a_model_that_is_not_configured_is_none_and_named_in_the_title(
    payload: Any, make_sender: Any
) -> None:
    (alert,) = read(make_sender(models=("delays",)), payload("alertmanager_firing_single"))

    assert alert.model is None
    assert alert.title == "One (model m3)"
    assert alert.labels["model"] == "m3"


def test_a_repeated_delivery_has_the_same_ids(payload: Any, make_sender: Any) -> None:
    body = payload("alertmanager_firing_multi")

    first = read(make_sender(), body)
    again = read(make_sender(), json.loads(json.dumps(body)))

    assert [alert.id for alert in first] == [alert.id for alert in again]
    assert len({alert.id for alert in first}) == 2


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("status", "resolved"),
        ("startsAt", "2026-11-21T19:35:39Z"),
        ("fingerprint", "0000000000000000"),
    ],
)
def test_another_state_of_an_alert_has_another_id(
    payload: Any, make_sender: Any, key: str, value: str
) -> None:
    body = payload("alertmanager_firing_single")
    (before,) = read(make_sender(), body)
    changed = json.loads(json.dumps(body))
    changed["alerts"][0][key] = value

    (after,) = read(make_sender(), changed)

    assert before.id != after.id


def test_the_same_alert_of_two_groups_is_one(payload: Any, make_sender: Any) -> None:
    body = payload("alertmanager_firing_single")
    (before,) = read(make_sender(), body)

    (after,) = read(make_sender(), body | {"groupKey": "another"})

    assert before.id == after.id


def test_an_alert_without_a_start_starts_when_it_came(payload: Any, make_sender: Any) -> None:
    body = json.loads(json.dumps(payload("alertmanager_firing_single")))
    body["alerts"][0]["startsAt"] = "0001-01-01T00:00:00Z"

    (alert,) = read(make_sender(), body)

    assert alert.starts_at == datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


def test_an_end_that_is_still_to_come_is_no_end(payload: Any, make_sender: Any) -> None:
    body = json.loads(json.dumps(payload("alertmanager_firing_single")))
    body["alerts"][0]["endsAt"] = "2026-11-21T19:38:39Z"

    (alert,) = read(make_sender(), body)

    assert (alert.status, alert.ends_at) == ("firing", None)


def test_labels_mean_what_the_configuration_says(payload: Any, make_sender: Any) -> None:
    body = json.loads(json.dumps(payload("alertmanager_firing_single")))
    body["alerts"][0]["labels"] = {
        "ml_model": "delays",
        "kpi": "auc",
        "urgency": "Wake-Up",
        "region": "eu",
        "segment_client": "app",
        "observed": "0.5",
        "what": "AUC\n  fell",
    }
    sender = make_sender(
        models=("delays",),
        labels={
            "model": "ml_model",
            "metric": "kpi",
            "severity": "urgency",
            "value": "observed",
            "title": "what",
        },
        segments=("region",),
        severities={"wake-up": "sev1"},
    )

    (alert,) = read(sender, body)

    assert alert.key == IncidentKey(
        model="delays", metric="auc", segment=(("client", "app"), ("region", "eu"))
    )
    assert (alert.severity, alert.value, alert.title) == ("sev1", 0.5, "AUC fell")


def test_an_unknown_severity_is_none_of_ours(payload: Any, make_sender: Any) -> None:
    body = json.loads(json.dumps(payload("alertmanager_firing_single")))
    body["alerts"][0]["labels"]["severity"] = "chartreuse"

    (alert,) = read(make_sender(), body)

    assert alert.severity is None


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://x.example/a|b", "http://x.example/ >", "ftp://x", ""]
)
def test_a_link_that_is_no_web_address_is_left_out(
    payload: Any, make_sender: Any, link: str
) -> None:
    body = json.loads(json.dumps(payload("alertmanager_firing_single")))
    body["alerts"][0]["generatorURL"] = link

    (alert,) = read(make_sender(), body)

    assert alert.link is None


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ([], "the payload is a list"),
        ("text", "the payload is text"),
        (None, "the payload is nothing"),
        ({}, "alerts is nothing"),
        ({"alerts": {}}, "alerts is an object"),
        ({"alerts": []}, "alerts is empty"),
        ({"alerts": [1]}, r"alerts\[0\] is a number"),
        ({"alerts": [{"labels": {}}]}, r"alerts\[0\].status is nothing, not text"),
        ({"alerts": [{"status": "pending"}]}, r"alerts\[0\].status is 'pending'"),
        ({"alerts": [{"status": "firing", "labels": []}]}, r"alerts\[0\].labels is a list"),
        (
            {"alerts": [{"status": "firing", "labels": {"a": True}}]},
            r"alerts\[0\].labels.a is a truth value",
        ),
        (
            {"alerts": [{"status": "firing", "startsAt": "soon"}]},
            r"alerts\[0\].startsAt is no time: 'soon'",
        ),
    ],
)
def test_a_body_that_is_no_group_is_refused_with_the_place(
    make_sender: Any, body: Any, says: str
) -> None:
    with pytest.raises(UnreadableAlert, match=says):
        read(make_sender(), body)
