"""The alias moves back, from where it was shown to be, or not at all."""

import json

import pytest

from bot.actions import Target, Wish
from bot.errors import ActionError
from tests.actions.conftest import Opened
from tests.actions.servers import ALIAS, Registry
from tests.sources import mlflow_server

WISH = Wish(model="fraud", incident="1a2b3c4d", asked_by="maria")


@pytest.fixture
def target(registry: Registry, opened: Opened) -> Target:
    return opened(kind="mlflow", url=registry.url, bearer="${MLFLOW_TOKEN}")


def test_the_plan_is_the_move_to_the_version_before_and_changes_nothing(
    registry: Registry, target: Target
) -> None:
    call = target.plan(WISH)

    assert (call.method, call.url) == ("POST", registry.url + ALIAS)
    assert json.loads(call.body) == {"alias": "champion", "name": "fraud", "version": "1"}
    assert call.says == "move the alias champion of fraud from version 2 to 1"
    assert registry.moves == []


def test_the_version_before_is_the_newest_that_is_ready(registry: Registry, target: Target) -> None:
    registry.live, registry.ready, registry.broken = "12", ("1", "9", "12", "13"), ("11",)

    assert json.loads(target.plan(WISH).body)["version"] == "9"


def test_somebody_may_name_the_version(registry: Registry, target: Target) -> None:
    registry.live, registry.ready = "3", ("1", "2", "3")

    wish = Wish(model="fraud", incident="1", asked_by="maria", to="1")

    assert json.loads(target.plan(wish).body)["version"] == "1"


@pytest.mark.parametrize(
    ("live", "to", "says"),
    [
        ("1", "", "fraud has no ready version before 1"),
        ("2", "7", r"fraud has no ready version '7'; it has 2, 1"),
        ("2", "2", "alias champion of fraud points at version 2 now"),
    ],
)
def test_a_version_that_cannot_be_is_said_at_once(
    registry: Registry, target: Target, live: str, to: str, says: str
) -> None:
    registry.live = live

    with pytest.raises(ActionError, match=says):
        target.plan(Wish(model="fraud", incident="1", asked_by="maria", to=to))


def test_what_was_planned_is_what_is_sent_with_its_proof_and_key(
    registry: Registry, target: Target
) -> None:
    call = target.plan(WISH)

    target.carry_out(call, key="inc-key")

    (move,) = registry.moves
    assert (registry.url + move.path, move.text) == (call.url, call.body)
    assert move.headers["authorization"] == "Bearer a-token"
    assert move.headers["idempotency-key"] == "inc-key"
    assert registry.live == "1"
    assert target.was_done(call)


def test_an_alias_that_was_moved_meanwhile_is_left_alone(
    registry: Registry, target: Target
) -> None:
    registry.ready = ("1", "2", "3")
    call = target.plan(WISH)
    registry.live = "3"

    with pytest.raises(ActionError, match="points at version 3 now, not at 2 as when") as caught:
        target.carry_out(call, key="k")

    assert not caught.value.again
    assert registry.moves == []
    assert not target.was_done(call)


@pytest.mark.parametrize(("meets", "again"), [(403, False), (503, True), ("lost", True)])
def test_a_move_is_never_repeated_by_itself_and_says_whether_it_may_have_been_made(
    registry: Registry, target: Target, meets: int | str, *, again: bool
) -> None:
    call = target.plan(WISH)
    registry.fails = [meets]

    with pytest.raises(ActionError, match=r"fraud\.actions\.rollback") as caught:
        target.carry_out(call, key="k")

    assert caught.value.again is again
    assert len(registry.moves) == 1
    assert target.was_done(call) is (meets == "lost")


def test_an_alias_that_is_not_there_is_said_in_the_registrys_words(
    registry: Registry, opened: Opened
) -> None:
    target = opened(kind="mlflow", url=registry.url, alias="chmpion")

    with pytest.raises(ActionError, match="alias chmpion not found"):
        target.plan(WISH)


def test_another_server_than_mlflow_is_said(registry: Registry, target: Target) -> None:
    registry.live = "not a number"

    with pytest.raises(ActionError, match="is this address its tracking server"):
        target.plan(WISH)


def test_the_doctor_hears_where_the_alias_points(registry: Registry, target: Target) -> None:
    assert target.symptom() == "alias champion of fraud points at version 2"
    assert registry.moves == []


@pytest.mark.slow
def test_in_a_real_mlflow_the_alias_moves_back_once(real_mlflow: str, opened: Opened) -> None:
    target = opened(kind="mlflow", url=real_mlflow)
    with mlflow_server.seeded(real_mlflow):
        mlflow_server.point(real_mlflow, "2")
        call = target.plan(WISH)
        assert not target.was_done(call)

        target.carry_out(call, key="inc-key")

        assert target.was_done(call)
        assert target.symptom() == "alias champion of fraud points at version 1"
        with pytest.raises(ActionError, match="points at version 1 now, not at 2"):
            target.carry_out(call, key="inc-key")
        with pytest.raises(ActionError, match="no ready version '7'; it has 2, 1"):
            target.plan(Wish(model="fraud", incident="1", asked_by="maria", to="7"))
        gone = opened(kind="mlflow", url=real_mlflow, alias="gone")
        with pytest.raises(ActionError, match="gone"):
            gone.plan(WISH)
