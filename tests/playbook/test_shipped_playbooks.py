from collections.abc import Mapping

import pytest

from bot.checks import CHECKS
from bot.incident import Playbook
from bot.incident.causes import ACTIONS
from bot.playbook import find_playbook, playbook_names
from bot.shipped import shipped
from bot.sockets import Check


@pytest.fixture
def real_checks() -> Mapping[str, Check]:
    return CHECKS


def read(name: str, checks: Mapping[str, Check]) -> Playbook:
    return find_playbook(name, folders=[shipped("playbooks")], checks=checks)


@pytest.mark.parametrize("name", playbook_names([shipped("playbooks")]))
def test_every_step_of_every_shipped_playbook_names_a_real_check(
    name: str, real_checks: Mapping[str, Check]
) -> None:
    playbook = read(name, real_checks)

    assert all(step.check in real_checks for step in playbook.steps if step.kind == "check")


def test_the_shipped_playbook_goes_in_the_order_of_a_good_responder(
    real_checks: Mapping[str, Check],
) -> None:
    steps = read("accuracy-drop", real_checks).steps

    assert list(dict.fromkeys(step.section for step in steps)) == [
        "Clarify the failure and its scope",
        "Verify the data",
        "Review recent changes",
        "Check the integrity of model and data",
        "Look for drift",
        "Look at the system",
        "Analyse the errors",
        "Ask the domain experts",
        "Stabilise, quick wins first",
        "Then the strategic measures",
        "Verify the recovery",
        "Write it down",
    ]


def test_the_shipped_playbook_runs_every_check_there_is(real_checks: Mapping[str, Check]) -> None:
    asked = {step.check for step in read("accuracy-drop", real_checks).steps if step.check}

    assert asked == set(real_checks)


def test_the_shipped_playbook_has_an_answer_to_every_action(
    real_checks: Mapping[str, Check],
) -> None:
    steps = read("accuracy-drop", real_checks).steps

    assert {step.action for step in steps if step.action} == ACTIONS


def test_an_unknown_model_is_asked_for_and_nothing_else(real_checks: Mapping[str, Check]) -> None:
    steps = read("unknown-model", real_checks).steps

    assert [(step.key, step.kind, step.options) for step in steps] == [("which-model", "ask", ())]


ORDERS = {
    "data-pipeline": ("data.volume", "data.missing", "model.skew", "metric.recompute"),
    "model-release": ("metric.recompute", "model.version", "model.score", "metric.extent"),
    "label-pipeline": ("metric.recompute", "metric.labels", "drift.prior", "model.score"),
    "serving-latency": ("system.metrics", "model.fallback", "metric.recompute"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ORDERS))
def test_each_playbook_asks_what_it_is_for_first(
    name: str, real_checks: Mapping[str, Check]
) -> None:
    asked = [step.check for step in read(name, real_checks).steps if step.check]

    places = [asked.index(check) for check in ORDERS[name]]
    assert places == sorted(places)
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("name", sorted(ORDERS))
def test_each_playbook_asks_acts_watches_and_ends_in_writing(
    name: str, real_checks: Mapping[str, Check]
) -> None:
    playbook = read(name, real_checks)
    kinds = {step.kind for step in playbook.steps}
    acts = {step.action for step in playbook.steps if step.action}

    assert kinds == {"check", "ask", "do"}
    assert acts <= ACTIONS
    assert len(acts) >= 4
    assert all(step.when is not None for step in playbook.steps if step.action)
    assert playbook.steps[-1].key == "write-down"
    assert playbook.watch.good_windows >= 3


def test_the_label_playbook_never_touches_the_model_before_a_person_has_looked(
    real_checks: Mapping[str, Check],
) -> None:
    steps = read("label-pipeline", real_checks).steps

    assert "rollback" not in {step.action for step in steps}
    retrain = next(step for step in steps if step.action == "retrain")
    assert "by-hand" in repr(retrain.when)
