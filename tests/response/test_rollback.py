"""One asks for a rollback, another approves what is shown, it is called once and watched."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.actions import open_rollbacks
from bot.cards import Approval, Ranking, Situation
from bot.incident import Action, Diagnosis, Entry, Hypothesis, Measure, Person, Rollback, fold
from bot.incident.timeline import Diagnosed, Mitigated, RollbackAsked
from bot.response import accept
from bot.response.conduct import take_request
from tests.actions.servers import Hook, Registry
from tests.response.conftest import BEN, BLIND, DOWN, MARIA, NOW, Built, Died, House

LI = Person(id="U3", name="li")

SETTINGS = """
[outgoing]
private = ["loopback"]

[models.delays.actions.rollback]
kind = "mlflow"
url = "{registry}"
registered_model = "fraud"

[models.churn.actions.rollback]
kind = "webhook"
url = "{hook}/back"
hmac_secret = "a-secret"
approvers = ["@li"]
approve_minutes = 5
"""


@pytest.fixture
def armed(build: Built, tmp_path: Path, registry: Registry, hook: Hook) -> House:
    """A house whose models can be rolled back; no incident is open yet."""
    path = tmp_path / "plummet.toml"
    text = BLIND + SETTINGS.format(registry=registry.url, hook=hook.url)
    path.write_text(text, encoding="utf-8")
    made = build(path)
    made.desk = replace(made.desk, rollbacks=open_rollbacks(made.settings))
    return made


@pytest.fixture
def ready(armed: House) -> House:
    """An open incident of `delays`."""
    armed.opened()
    return armed


@pytest.fixture
def churning(armed: House) -> House:
    """An open incident of `churn`, which has a webhook and one approver."""
    armed.opened(model="churn", metric="auc")
    return armed


def the_rollback(house: House) -> Rollback:
    assert house.incident.rollback is not None
    return house.incident.rollback


def the_card(house: House) -> Approval:
    card = house.chat.card(f"rollback:{the_rollback(house).id}")
    assert isinstance(card, Approval)
    return card


def approve(house: House, *, by: Person = BEN) -> None:
    house.ask("rollback.approve", rollback=the_rollback(house).id, by=by)


def test_asking_shows_the_call_and_makes_none(ready: House, registry: Registry) -> None:
    ready.ask("rollback", says="worse since v2")

    call = the_card(ready).rollback.call
    assert call.method == "POST"
    assert call.url == f"{registry.url}/api/2.0/mlflow/registered-models/alias"
    assert json.loads(call.body) == {"alias": "champion", "name": "fraud", "version": "1"}
    assert the_card(ready).rollback.why == "worse since v2"
    assert registry.moves == []
    situation = ready.chat.card("situation")
    assert isinstance(situation, Situation)
    assert situation.next_step == (
        "maria asks for a rollback; a second person decides on its card."
    )


def test_a_second_person_approves_and_what_was_shown_is_called_once(
    ready: House, registry: Registry
) -> None:
    ready.ask("rollback")
    shown = the_card(ready).rollback

    approve(ready)

    (move,) = registry.moves
    assert (registry.url + move.path, move.text) == (shown.call.url, shown.call.body)
    assert move.headers["idempotency-key"] == shown.id
    assert shown.id.startswith(ready.incident.id)
    assert the_card(ready).rollback.state == "done"
    assert the_card(ready).rollback.decided_by == BEN
    assert registry.live == "1"


def test_the_metric_is_watched_after_it_and_the_timeline_says_who_wanted_it(ready: House) -> None:
    ready.ask("rollback")
    approve(ready)

    incident = ready.incident
    said = "rollback: move the alias champion of fraud from version 2 to 1"
    assert (incident.status, incident.mitigation) == ("mitigated", said)
    assert "Rolled back: move the alias champion" in ready.chat.words()
    assert "The metric is watched" in ready.chat.words()
    entries = ready.desk.store.timeline(incident.id)
    told = [
        (type(entry.fact).__name__, entry.by.name) for entry in entries
        if "Roll" in type(entry.fact).__name__ or isinstance(entry.fact, Mitigated)
    ]  # fmt: skip
    assert told == [
        ("RollbackAsked", "maria"), ("RollbackApproved", "ben"), ("RollbackEnded", "Plummet"),
        ("Mitigated", "Plummet"),
    ]  # fmt: skip
    assert fold(entries) == incident


def test_whoever_asked_cannot_approve(ready: House, registry: Registry) -> None:
    ready.ask("rollback")

    approve(ready, by=MARIA)
    renamed = Person(id=MARIA.id, name="maria with another name")
    approve(ready, by=renamed)

    assert ready.told() == "you asked for it, so somebody else has to approve it"
    assert the_rollback(ready).state == "asked"
    assert registry.moves == []


def test_only_those_on_the_list_may_approve(churning: House, hook: Hook) -> None:
    churning.ask("rollback")

    approve(churning, by=BEN)
    assert churning.told() == "only @li may approve this rollback"
    assert hook.told == []
    approve(churning, by=LI)

    assert list(hook.done) == [the_rollback(churning).id]
    assert churning.incident.status == "mitigated"


def test_nobody_approves_under_a_name_of_their_own_choice(churning: House, hook: Hook) -> None:
    churning.ask("rollback")
    stranger = Person(id="U9", name="li")
    churning.chat.people["li"] = stranger
    churning.chat.self_named.append(stranger)

    approve(churning, by=stranger)

    assert churning.told() == "only @li may approve this rollback"
    assert hook.told == []


def test_whom_nobody_knows_cannot_approve(ready: House, registry: Registry) -> None:
    ready.ask("rollback")

    approve(ready, by=Person(name="ben"))

    assert "who you are is not known here" in ready.told()
    assert registry.moves == []


@pytest.mark.parametrize("by", [MARIA, LI])
def test_where_no_other_could_approve_it_is_said_at_once(
    churning: House, hook: Hook, by: Person
) -> None:
    if by is not LI:
        churning.chat.people.pop("li")

    churning.ask("rollback", by=by)

    assert "nobody could approve it: of the approvers @li none is another" in churning.told()
    assert churning.incident.rollback is None
    assert hook.told == []


def test_an_asking_lapses(churning: House, hook: Hook) -> None:
    churning.ask("rollback")

    churning.later(5 * 60)

    assert the_card(churning).rollback.state == "expired"
    approve(churning, by=LI)
    assert churning.told() == "nothing to decide on: it is expired"
    assert "The rollback lapsed: nobody approved it in time" in churning.chat.words()
    assert hook.told == []


def test_an_approval_that_comes_too_late_counts_for_nothing(churning: House, hook: Hook) -> None:
    churning.ask("rollback")
    request = churning.request("rollback.approve", rollback=the_rollback(churning).id, by=LI)

    churning.clock.forward(5 * 60)
    take_request(churning.desk, request)
    churning.work()

    assert churning.told() == "nothing to decide on: it lapsed; ask anew"
    assert hook.told == []


def test_an_approval_lapses_too_where_the_bot_was_down(churning: House, hook: Hook) -> None:
    churning.ask("rollback")
    request = churning.request("rollback.approve", rollback=the_rollback(churning).id, by=LI)
    take_request(churning.desk, request)

    churning.later(6 * 60)

    assert the_rollback(churning).state == "failed"
    assert the_rollback(churning).outcome == (
        "the approval lapsed before it was called; nothing was called"
    )
    assert hook.told == []
    assert churning.incident.status == "investigating"


def test_anybody_may_decline_and_then_ask_anew(ready: House, registry: Registry) -> None:
    ready.ask("rollback")
    ready.ask("rollback.decline", rollback=the_rollback(ready).id)
    assert the_card(ready).rollback.state == "declined"
    approve(ready)
    assert ready.told() == "nothing to decide on: it is declined"

    ready.ask("rollback", by=BEN)
    approve(ready, by=MARIA)

    assert len(registry.moves) == 1


def test_a_second_asking_waits_for_the_first(ready: House) -> None:
    ready.ask("rollback")
    first = the_rollback(ready)

    ready.ask("rollback", by=BEN)

    assert ready.told() == "maria asked for a rollback already; see its card"
    assert the_rollback(ready) == first


def test_an_old_card_decides_nothing(ready: House, registry: Registry) -> None:
    ready.ask("rollback")
    old = the_rollback(ready).id
    ready.ask("rollback.decline", rollback=old)
    ready.ask("rollback")

    ready.ask("rollback.approve", rollback=old, by=BEN)

    assert ready.told() == "that rollback is not the newest one; see the last card"
    assert registry.moves == []


def test_an_alias_moved_since_the_card_is_left_alone_and_that_is_said(
    ready: House, registry: Registry
) -> None:
    ready.ask("rollback")
    registry.live = "3"

    approve(ready)

    assert registry.moves == []
    assert the_rollback(ready).state == "failed"
    assert "points at version 3 now, not at 2 as when it was asked for" in ready.chat.words()
    assert ready.incident.status == "investigating"


def test_a_resolved_incident_is_not_rolled_back(ready: House, registry: Registry) -> None:
    ready.ask("rollback")
    request = ready.request("rollback.approve", rollback=the_rollback(ready).id, by=BEN)
    take_request(ready.desk, request)
    take_request(ready.desk, ready.request("resolve"))

    ready.work()

    assert registry.moves == []
    assert "resolved meanwhile; nothing was called" in the_rollback(ready).outcome
    assert ready.incident.status == "resolved"


def test_a_move_whose_answer_was_lost_is_seen_and_not_made_again(
    ready: House, registry: Registry
) -> None:
    ready.ask("rollback")
    registry.fails = ["lost"]

    approve(ready)
    assert the_rollback(ready).state == "approved"
    ready.later(20)

    assert len(registry.moves) == 1
    assert the_rollback(ready).state == "done"
    assert ready.incident.status == "mitigated"


def test_a_webhook_whose_answer_was_lost_hears_the_same_key_again(
    churning: House, hook: Hook
) -> None:
    churning.ask("rollback")
    hook.fails = ["lost", 503]

    approve(churning, by=LI)
    churning.later(20)
    churning.later(20)

    keys = {told.headers["idempotency-key"] for told in hook.told}
    assert (len(hook.told), keys) == (3, {the_rollback(churning).id})
    assert len(hook.done) == 1
    assert the_rollback(churning).state == "done"


def test_what_never_answers_ends_with_the_truth(churning: House, hook: Hook) -> None:
    churning.ask("rollback")
    hook.fails = [503] * 1_000

    approve(churning, by=LI)
    for _ in range(20):
        churning.later(20)

    assert the_rollback(churning).state == "failed"
    assert "not known whether it was done, so look for yourself" in churning.chat.words()
    asked = len(hook.told)
    churning.later(600)
    assert len(hook.told) == asked


def test_a_refusal_is_final_and_the_next_asking_has_a_key_of_its_own(
    churning: House, hook: Hook
) -> None:
    churning.ask("rollback")
    hook.fails = [409]
    approve(churning, by=LI)
    assert "answered 409 (it says 409)" in the_rollback(churning).outcome
    first = the_rollback(churning).id

    churning.ask("rollback")
    approve(churning, by=LI)

    assert the_rollback(churning).id != first
    assert [told.headers["idempotency-key"] for told in hook.told] == [
        first, the_rollback(churning).id,
    ]  # fmt: skip
    assert the_rollback(churning).state == "done"


@pytest.mark.parametrize("landed", [False, True])
@pytest.mark.parametrize("method", ["post", "edit"])
def test_a_kill_while_it_is_told_repeats_nothing(
    churning: House, hook: Hook, method: str, *, landed: bool
) -> None:
    churning.ask("rollback")
    churning.chat.fails(method, error=Died(), times=1, landed=landed)
    with pytest.raises(Died):
        approve(churning, by=LI)

    churning.restart()
    churning.later(60)

    assert len(hook.told) == 1
    assert the_card(churning).rollback.state == "done"
    said = [step for step in churning.chat.steps() if step.startswith("ended:")]
    assert len(said) == 1


def test_a_request_that_comes_again_does_nothing_twice(ready: House, registry: Registry) -> None:
    asked = ready.ask("rollback")
    approved = ready.ask("rollback.approve", rollback=the_rollback(ready).id, by=BEN)
    entries, messages = len(ready.desk.store.timeline(ready.incident.id)), len(ready.chat.messages)

    for request in (asked, approved):
        take_request(ready.desk, request)
        assert not accept(ready.desk.store, request)
    ready.work()

    assert len(ready.desk.store.timeline(ready.incident.id)) == entries
    assert len(ready.chat.messages) == messages
    assert len(registry.moves) == 1


def test_an_outage_of_the_chat_does_not_hold_up_the_call(ready: House, registry: Registry) -> None:
    ready.ask("rollback")
    ready.chat.fails("post", "edit", error=DOWN, times=4)

    approve(ready)
    ready.later(120)

    assert len(registry.moves) == 1
    assert the_card(ready).rollback.state == "done"


def test_without_a_configured_rollback_the_verb_says_what_is_missing(house: House) -> None:
    house.opened()

    house.ask("rollback")

    assert house.told() == (
        "no rollback is configured for delays; `[models.delays.actions.rollback]` would say what"
        " to call"
    )
    assert house.incident.rollback is None


def test_a_registry_that_is_down_is_said_to_whoever_asked(ready: House, registry: Registry) -> None:
    registry.alias = "another"

    ready.ask("rollback")

    assert "alias champion not found" in ready.told()
    assert not any(isinstance(entry.fact, RollbackAsked) for entry in timeline(ready))


@pytest.mark.parametrize(("first", "offered"), [("rollback", True), ("quarantine_feature", False)])
def test_the_ranking_offers_it_where_it_comes_first(
    ready: House, first: str, *, offered: bool
) -> None:
    ready.desk.store.append(ready.incident.id, ranked(first), by=MARIA)
    ready.desk.later("investigate", ready.incident.id)
    ready.work()

    assert ranking(ready).rollback is offered


def test_the_ranking_offers_none_where_none_is_configured(house: House) -> None:
    house.opened()
    house.desk.store.append(house.incident.id, ranked("rollback"), by=MARIA)
    house.desk.later("investigate", house.incident.id)
    house.work()

    assert ranking(house).rollback is False


def test_the_offer_is_gone_while_one_waits_and_back_once_it_lapsed(ready: House) -> None:
    ready.desk.store.append(ready.incident.id, ranked("rollback"), by=MARIA)
    ready.desk.later("investigate", ready.incident.id)
    ready.work()

    ready.ask("rollback")
    assert ranking(ready).rollback is False
    ready.later(15 * 60)

    assert ranking(ready).rollback is True


def timeline(house: House) -> tuple[Entry, ...]:
    return house.desk.store.timeline(house.incident.id)


def ranking(house: House) -> Ranking:
    card = house.chat.card("ranking")
    assert isinstance(card, Ranking)
    return card


def ranked(first: str) -> Diagnosed:
    """What the checks would have found, had they data to look at."""
    measure = Measure(value=0.9, rows=1_000, start=NOW, end=NOW)
    hypothesis = Hypothesis(
        cause="model_version", confidence=0.9, says="version 2 serves",
        actions=(Action(kind=first, says="do it"),),
    )  # fmt: skip
    return Diagnosed(diagnosis=Diagnosis(
        model="delays", metric="accuracy", at=NOW, verdict="degraded", baseline=measure,
        current=replace(measure, value=0.8), onset=None, hypotheses=(hypothesis,), findings=(),
    ))  # fmt: skip
