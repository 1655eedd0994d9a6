import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.errors import SettingsError, UnreadableAlert
from bot.incident import Alert, IncidentKey

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


def read(sender: Any, body: Any) -> list[Alert]:
    found: list[Alert] = list(sender.read(json.dumps(body).encode(), headers={}).alerts)
    return found


def test_plain_field_names_need_no_mapping(make_sender: Any) -> None:
    sender = make_sender("generic", models=("delays",))
    body = {
        "title": "Accuracy fell",
        "model": "delays",
        "metric": "accuracy",
        "severity": "critical",
        "value": 0.78,
        "link": "https://monitor.example/1",
        "starts_at": "2026-11-21T19:00:00Z",
        "segment": {"region": "eu", "tier": 2},
        "tags": ["x"],
    }

    (alert,) = read(sender, body)

    assert alert.key == IncidentKey(
        model="delays", metric="accuracy", segment=(("region", "eu"), ("tier", "2"))
    )
    assert (alert.status, alert.severity, alert.value) == ("firing", "sev1", 0.78)
    assert alert.starts_at == datetime(2026, 11, 21, 19, 0, tzinfo=UTC)
    assert alert.labels["value"] == "0.78"


def test_fields_are_found_where_the_configuration_says(make_sender: Any) -> None:
    sender = make_sender(
        "generic",
        models=("delays",),
        fields={
            "alerts": "data.monitors[?state != 'Muted']",
            "id": "ref",
            "status": "state",
            "title": "join(': ', [name, reason])",
            "model": "tags.ml_model",
            "metric": "tags.kpi",
            "starts_at": "at_ms",
            "labels": "tags",
        },
    )
    body: Any = {
        "data": {
            "monitors": [
                {
                    "ref": 7,
                    "state": "Triggered",
                    "name": "acc",
                    "reason": "low",
                    "at_ms": 1795287600000,
                    "tags": {"ml_model": "delays", "kpi": "accuracy", "segment_region": "eu"},
                },
                {"state": "Muted"},
            ]
        }
    }

    (alert,) = read(sender, body)

    assert alert.title == "acc: low"
    assert alert.starts_at == datetime(2026, 11, 21, 19, 0, tzinfo=UTC)
    assert alert.segment == (("region", "eu"),)
    assert alert.labels == body["data"]["monitors"][0]["tags"]


@pytest.mark.parametrize("word", ["resolved", "OK", "Closed", " Recovered "])
def test_a_status_that_ends_an_alert_resolves_it(make_sender: Any, word: str) -> None:
    (alert,) = read(make_sender("generic"), {"status": word, "ends_at": "2026-11-21T19:30:00Z"})

    assert alert.status == "resolved"
    assert alert.ends_at == datetime(2026, 11, 21, 19, 30, tzinfo=UTC)


@pytest.mark.parametrize("word", ["No Data", "INSUFFICIENT_DATA", "ALARM", "", None, 0, True])
def test_any_other_status_fires(make_sender: Any, word: Any) -> None:
    (alert,) = read(make_sender("generic"), {"status": word})

    assert alert.status == "firing"


def test_a_list_of_alerts_needs_no_object_around_it(make_sender: Any) -> None:
    alerts = read(make_sender("generic"), [{"title": "a"}, {"title": "b"}])

    assert [alert.title for alert in alerts] == ["a", "b"]


def test_without_a_start_a_retry_is_a_repeat_and_tomorrow_is_not(make_sender: Any) -> None:
    now = NOW
    sender = make_sender("generic", now=lambda: now)
    body = {"id": "monitor-1", "title": "acc"}

    (first,) = read(sender, body)
    now = NOW + timedelta(seconds=30)
    (retried,) = read(sender, body)
    now = NOW + timedelta(days=1)
    (tomorrow,) = read(sender, body)

    assert first.id == retried.id
    assert first.id != tomorrow.id


def test_with_a_start_a_repeat_is_one_whenever_it_comes(make_sender: Any) -> None:
    now = NOW
    sender = make_sender("generic", now=lambda: now)
    body = {"id": "monitor-1", "starts_at": 1795287600}

    (first,) = read(sender, body)
    now = NOW + timedelta(days=1)
    (again,) = read(sender, body)

    assert first.id == again.id


@pytest.mark.parametrize(
    ("fields", "body", "says"),
    [
        ({}, [], "the list of alerts is empty"),
        ({}, 3, "alert 1 is no object"),
        ({}, ["y", "x"], "alert 1 is no object"),
        ({}, {"starts_at": {"at": 1}}, "alert 1: starts_at is no time"),
        ({}, {"starts_at": 1e30}, "alert 1: starts_at is no time"),
        ({"alerts": "items"}, {"alerts": []}, "fields.alerts finds no list"),
        ({"title": "join(' ', parts)"}, {"parts": 3}, "fields.title cannot be applied"),
    ],
)
def test_a_body_that_cannot_be_mapped_is_refused_with_the_field(
    make_sender: Any, fields: dict[str, str], body: Any, says: str
) -> None:
    sender = make_sender("generic", fields=fields)

    with pytest.raises(UnreadableAlert, match=says):
        read(sender, body)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"fields": {"titel": "x"}}, r"alerts.am.fields.titel; did you mean 'title'"),
        ({"fields": {"title": "a b"}}, r"alerts.am.fields.title is no JMESPath expression: 'a b'"),
        ({"fields": {"title": "shout(x)"}}, r"alerts.am.fields.title: Unknown function"),
        ({"fields": {"title": "length()"}}, r"alerts.am.fields.title: Expected 1 argument"),
        ({"labels": {"modell": "x"}}, r"alerts.am.labels.modell; did you mean 'model'"),
    ],
)
def test_a_wrong_mapping_is_found_when_it_is_wired(
    make_sender: Any, keys: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        make_sender("generic", **keys)


def test_an_unknown_format_names_the_nearest(make_sender: Any) -> None:
    with pytest.raises(SettingsError, match=r"alerts.am.kind .* did you mean 'grafana'"):
        make_sender("graphana")
