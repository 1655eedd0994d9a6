import json
from datetime import UTC, datetime
from typing import Any

from bot.incident import IncidentKey


def test_a_grafana_delivery_is_put_in_our_words(payload: Any, make_sender: Any) -> None:
    sender = make_sender("grafana", models=("delays", "churn"))
    document = payload("grafana_firing")
    document["alerts"][1]["labels"]["alertname"] = "Accuracy low"
    body = json.dumps(document).encode()

    firing, resolved = sender.read(body, headers={}).alerts

    assert firing.key == IncidentKey(model="delays", metric="accuracy", segment=(("region", "eu"),))
    assert firing.starts_at == datetime(2026, 11, 21, 19, 10, tzinfo=UTC)
    assert (firing.severity, firing.value) == ("sev1", 0.78)
    assert firing.link == "https://grafana.example/d/ml?viewPanel=2"
    assert (resolved.status, resolved.value) == ("resolved", None)
    assert resolved.link == "https://grafana.example/alerting/grafana/def/view?orgId=1"


def test_of_several_values_only_the_named_one_is_taken(payload: Any, make_sender: Any) -> None:
    body = payload("grafana_firing")
    body["alerts"][0]["values"] = {"A": 1, "C": 0.5}
    raw = json.dumps(body).encode()

    guessed = make_sender("grafana").read(raw, headers={}).alerts[0]
    named = make_sender("grafana", labels={"value": "C"}).read(raw, headers={}).alerts[0]

    assert (guessed.value, named.value) == (None, 0.5)
