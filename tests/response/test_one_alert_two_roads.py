"""What Alertmanager sends and what Prometheus says when it is asked are one alert."""

from datetime import timedelta

import pytest

from tests.response.conftest import House

LABELS = {"alertname": "AccuracyDrop", "model": "delays", "metric": "accuracy"}
SENT = LABELS | {"cluster": "eu"}  # an external label, which the asked Prometheus does not say


def fired(house: House, sender: str, **given: object) -> int:
    """How often the incident's alert counts as fired, after this sender told of it."""
    labels = SENT if sender == "alertmanager" else LABELS
    house.alert(sender=sender, **{"labels": labels} | given)
    house.work()
    return house.incident.firing


def cleared(house: House) -> None:
    house.alert(sender="alertmanager", status="resolved", labels=SENT)
    house.work()


@pytest.mark.parametrize("first", ["alertmanager", "prometheus"])
def test_an_alert_that_comes_by_both_counts_once(house: House, first: str) -> None:
    second = "prometheus" if first == "alertmanager" else "alertmanager"

    assert fired(house, first) == 1
    assert fired(house, second, starts_at=house.clock() - timedelta(minutes=5)) == 1


def test_it_counts_again_once_it_was_over(house: House) -> None:
    fired(house, "prometheus")
    fired(house, "alertmanager")
    cleared(house)

    assert fired(house, "alertmanager") == 2
    assert fired(house, "prometheus") == 2
    assert house.incident.cleared == 1


@pytest.mark.parametrize(
    "labels",
    [
        LABELS | {"alertname": "AccuracyLow"},
        LABELS | {"cluster": "us"},
        {"model": "delays", "metric": "accuracy"},
    ],
)
def test_another_alert_of_the_same_model_counts(house: House, labels: dict[str, str]) -> None:
    fired(house, "alertmanager")

    assert fired(house, "grafana", labels=labels) == 2
