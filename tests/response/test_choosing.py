"""Which playbook an incident follows."""

from dataclasses import replace

import pytest

from tests.response.conftest import House


def test_the_models_own_playbook_is_the_default(house: House) -> None:
    assert house.opened().playbook == "accuracy-drop"


def test_an_alert_may_name_another_one(house: House) -> None:
    assert house.opened(labels={"playbook": "data-pipeline"}).playbook == "data-pipeline"


@pytest.mark.parametrize("label", ["data-pipline", "../secret", ""])
def test_an_alert_that_names_no_playbook_opens_its_incident_all_the_same(
    house: House, label: str
) -> None:
    assert house.opened(labels={"playbook": label}).playbook == "accuracy-drop"


def test_the_configuration_may_name_one_by_metric(house: House) -> None:
    delays = house.desk.settings.models["delays"]
    chosen = delays.model_copy(update={"playbooks": {"latency_p99_ms": "serving-latency"}})
    models = {**house.desk.settings.models, "delays": chosen}
    house.desk = replace(
        house.desk, settings=house.desk.settings.model_copy(update={"models": models})
    )

    assert house.opened(metric="latency_p99_ms").playbook == "serving-latency"
    assert house.opened(metric="accuracy").playbook == "accuracy-drop"


def test_a_person_may_name_one(house: House) -> None:
    house.ask("new", {"title": "late rows", "model": "delays", "playbook": "data-pipeline"})

    (incident,) = house.desk.store.incidents()
    assert incident.playbook == "data-pipeline"


def test_a_person_is_told_the_nearest_name(house: House) -> None:
    house.ask("new", {"title": "late rows", "model": "delays", "playbook": "data-pipelin"})

    assert "did you mean 'data-pipeline'" in house.told()


def test_a_model_that_nobody_knows_is_asked_for_first(house: House) -> None:
    incident = house.opened(model=None, labels={"playbook": "data-pipeline"})

    assert incident.playbook == "unknown-model"
