"""What people ask for: each verb once, however often it is delivered, whatever the chat refuses."""

import logging
from collections import Counter
from dataclasses import replace

import pytest

from bot.cards import ActionList, ChecklistCard, Findings, IncidentList, Question, Situation, Task
from bot.errors import ChatError
from bot.incident import VERBS, Person, Verb, fold
from bot.incident.timeline import FindingRecorded, Mitigated, StepMoved
from bot.response import accept
from bot.response.conduct import CONDUCT, take_request
from tests.response.conftest import BEN, DOWN, MARIA, REFUSED, Died, House

GIVEN: dict[Verb, dict[str, str]] = {
    "finding": {"says": "the feed was released"},
    "action.add": {"says": "test the feed", "owner": "@ben", "due": "2026-12-01"},
    "severity": {"level": "sev1"},
    "role": {"role": "lead"},
    "mitigate": {"says": "rolled back"},
    "resolve": {"cause": "the feed", "says": "fixed"},
    "answer": {"step": "harm", "value": "customers"},
    "step.take": {"step": "last-good"},
    "step.done": {"step": "last-good"},
}
"""Verbs that leave something on the timeline, with what they are given."""


@pytest.fixture
def ready(house: House) -> House:
    """An open incident with its channel, its questions asked."""
    house.opened()
    return house


def test_every_verb_is_carried_out() -> None:
    assert set(CONDUCT) | {"new", "list"} == set(VERBS)


@pytest.mark.parametrize("verb", GIVEN)
def test_a_verb_changes_the_incident_and_is_told(ready: House, verb: Verb) -> None:
    before = ready.incident

    ready.ask(verb, GIVEN[verb])

    assert ready.incident != before
    assert ready.chat.answers == []
    assert fold(ready.desk.store.timeline(before.id)) == ready.incident


@pytest.mark.parametrize("verb", GIVEN)
def test_a_request_that_comes_again_does_nothing_twice(ready: House, verb: Verb) -> None:
    request = ready.ask(verb, GIVEN[verb])
    entries = len(ready.desk.store.timeline(ready.incident.id))
    messages = len(ready.chat.messages)

    take_request(ready.desk, request)
    assert not accept(ready.desk.store, request)
    ready.work()

    assert len(ready.desk.store.timeline(ready.incident.id)) == entries
    assert len(ready.chat.messages) == messages
    assert ready.chat.answers == []


@pytest.mark.parametrize("landed", [False, True])
@pytest.mark.parametrize("verb", ["mitigate", "resolve", "finding", "action.add"])
def test_a_verb_that_a_kill_cut_in_two_is_finished(
    ready: House, verb: Verb, *, landed: bool
) -> None:
    ready.chat.fails("post", error=Died(), times=1, landed=landed)
    with pytest.raises(Died):
        ready.ask(verb, GIVEN[verb])

    ready.restart()
    ready.later(60)

    said = [step for step in ready.chat.steps() if step.startswith("said:")]
    assert len(said) == 1
    assert ready.chat.answers == []
    if verb == "resolve":
        assert ready.incident.postmortem is not None


def test_reopening_that_a_kill_cut_in_two_is_finished(ready: House) -> None:
    ready.ask("resolve")
    ready.chat.fails("post", error=Died(), times=1)
    with pytest.raises(Died):
        ready.ask("reopen", says="it is back")

    ready.restart()
    ready.work()

    assert ready.incident.is_open
    assert "it is back" in ready.chat.words()
    assert ready.chat.answers == []


@pytest.mark.parametrize("verb", GIVEN)
def test_a_channel_that_refuses_everything_keeps_no_verb_from_its_end(
    ready: House, verb: Verb
) -> None:
    ready.chat.fails("post", "edit", "set_topic", "invite", error=REFUSED)
    before = ready.incident

    ready.ask(verb, GIVEN[verb])

    assert ready.incident != before
    assert ready.desk.store.parked() == []
    assert not ready.desk.store.take()


def test_a_resolution_in_an_archived_channel_is_written_down_all_the_same(ready: House) -> None:
    ready.chat.fails("post", "edit", "set_topic", error=REFUSED)

    ready.ask("resolve", cause="the feed")

    assert ready.incident.postmortem is not None


def test_an_incident_without_a_channel_takes_a_finding(house: House) -> None:
    house.chat.fails("open_room", error=REFUSED)
    house.alert()
    house.work()
    request = replace(house.request("finding", says="seen"), room=None, incident=house.incident.id)

    accept(house.desk.store, request)
    house.work()

    assert [note.says for note in house.incident.notes] == ["seen"]
    assert [job.kind for job in house.desk.store.parked()] == ["open"]


@pytest.mark.parametrize(
    ("verb", "args", "words"),
    [
        ("finding", {}, "/incident finding"),
        ("action.add", {}, "/incident action add"),
        ("action.add", {"says": "x", "due": "tomorrow"}, "/incident action add"),
        ("action.add", {"says": "x", "owner": "@nobdy"}, "nobody here is called @nobdy"),
        ("action.done", {}, "/incident action done"),
        ("action.done", {"number": "7"}, "no open action 7"),
        ("severity", {"level": "sev9"}, "sev1|sev2"),
        ("role", {}, "/incident role"),
        ("role", {"role": "lead", "person": "@nobdy"}, "nobody here is called @nobdy"),
        ("mitigate", {}, "/incident mitigate"),
        ("reopen", {}, "this incident is open"),
        ("run", {"check": "data.mising"}, "data.missing"),
        ("run", {"check": "data.missing", "nope": "1"}, "takes no 'nope'"),
        ("run", {"check": "data.missing"}, "nothing"),
        ("answer", {"step": "harn", "value": "x"}, "harm"),
        ("answer", {"step": "harm"}, "an answer is missing"),
        ("answer", {"step": "missing", "value": "clear"}, "no ask step"),
        ("step.done", {"step": "harm"}, "no do step"),
        ("step.take", {"step": "lastgood"}, "last-good"),
        ("model", {"model": "delay"}, "delays"),
        ("model", {"model": "churn"}, "about delays"),
        ("new", {}, "/incident new"),
        ("new", {"title": "x", "model": "delay"}, "did you mean 'delays'"),
    ],
)
def test_wrong_input_is_answered_with_the_right_form(
    ready: House, verb: Verb, args: dict[str, str], words: str
) -> None:
    entries = len(ready.desk.store.timeline(ready.incident.id))

    ready.ask(verb, args)

    assert words in ready.told()
    assert len(ready.desk.store.timeline(ready.incident.id)) == entries
    assert ready.desk.store.parked() == []


def test_a_verb_outside_an_incident_says_where_it_works(ready: House) -> None:
    request = replace(ready.request("severity", level="sev1"), room="C99")

    take_request(ready.desk, request)

    assert "works in an incident's channel" in ready.told()


@pytest.mark.parametrize(
    ("verb", "card"),
    [
        ("status", Situation),
        ("checklist", ChecklistCard),
        ("action.list", ActionList),
        ("list", IncidentList),
    ],
)
def test_a_question_is_answered_to_whoever_asked(ready: House, verb: Verb, card: type) -> None:
    messages = len(ready.chat.messages)

    ready.ask(verb)

    assert isinstance(ready.chat.answers[-1][1], card)
    assert len(ready.chat.messages) == messages


def test_an_answer_whose_address_has_gone_stale_is_whispered(ready: House) -> None:
    stale = ChatError("gone", code="expired_url", permanent=True)
    ready.chat.fails("answer", error=stale)

    ready.ask("status")

    assert ready.chat.whispers[-1][:2] == ("C1", "maria")
    assert ready.desk.store.parked() == []


def test_an_answer_that_reaches_nobody_is_logged_without_its_words(
    ready: House, caplog: pytest.LogCaptureFixture
) -> None:
    ready.chat.fails("whisper", error=REFUSED)

    with caplog.at_level(logging.INFO):
        ready.ask("severity", reply_to=None, level="a secret")

    assert "reached nobody" in caplog.text
    assert "a secret" not in caplog.text
    assert ready.desk.store.parked() == []


def test_without_an_address_and_a_room_the_incidents_room_is_used(ready: House) -> None:
    request = ready.request("status", reply_to=None)
    request = replace(request, room=None, incident=ready.incident.id)

    take_request(ready.desk, request)

    assert ready.chat.whispers[-1][0] == "C1"


def test_a_failure_is_logged_without_the_address_and_the_words(
    ready: House, caplog: pytest.LogCaptureFixture
) -> None:
    ready.chat.fails("answer", error=DOWN, times=1)

    ready.ask("status", reply_to="https://hooks.example/secret")

    assert "request" in caplog.text
    assert "hooks.example" not in caplog.text


def test_a_defect_is_told_to_whoever_asked(ready: House) -> None:
    ready.chat.fails("find_person", error=RuntimeError("boom"))

    ready.ask("role", role="lead", person="@ben")
    for _ in range(6):
        ready.later(30)

    assert ready.told() == "That could not be done."
    assert len(ready.desk.store.parked()) == 1


def test_actions_are_numbered_in_a_row_and_keep_their_number(ready: House) -> None:
    first = ready.ask("action.add", says="one")
    ready.ask("action.add", says="two")
    take_request(ready.desk, first)

    assert [(item.number, item.says) for item in ready.incident.actions] == [(1, "one"), (2, "two")]
    assert "Action 2: two" in ready.chat.words()
    assert "Action 3" not in ready.chat.words()


def test_an_action_that_waited_for_the_chat_does_not_take_anothers_number(ready: House) -> None:
    ready.chat.fails("post", error=Died(), times=1)
    with pytest.raises(Died):
        ready.ask("action.add", says="one")
    ready.restart()
    ready.chat.fails("post", error=DOWN, times=1)

    ready.ask("action.add", says="two")
    ready.later(60)

    numbers = Counter(item.number for item in ready.incident.actions)
    assert numbers == {1: 1, 2: 1}


def test_an_action_is_done_once(ready: House) -> None:
    ready.ask("action.add", says="one")

    request = ready.ask("action.done", number="#1")
    take_request(ready.desk, request)
    assert ready.chat.answers == []
    ready.ask("action.done", number="1")

    assert ready.incident.actions[0].done_at is not None
    assert ready.told() == "no open action 1; open are: none"


def test_requests_of_one_incident_are_done_in_their_order(ready: House) -> None:
    by_command = ready.request("severity", level="sev1")
    by_button = replace(ready.request("severity", level="sev4"), incident=ready.incident.id)

    accept(ready.desk.store, by_command)
    accept(ready.desk.store, by_button)
    first = ready.desk.store.take()

    assert first is not None
    assert ready.desk.store.take() is None
    ready.desk.store.finish(first)


def test_a_question_is_on_the_timeline_as_asked_and_then_as_answered(ready: House) -> None:
    assert ready.incident.progress["harm"].state == "running"
    assert ready.incident.progress["harm"].says == "asked @maria"

    ready.ask("answer", step="harm", value="customers, in Spain mostly")

    assert ready.incident.progress["harm"].says == "customers, in Spain mostly"
    card = ready.chat.card("step:harm")
    assert isinstance(card, Question)
    assert card.answer == "customers, in Spain mostly"


def test_the_first_answer_stands(ready: House) -> None:
    ready.ask("answer", step="harm", value="customers")

    ready.ask("answer", by=BEN, step="harm", value="nobody")

    assert ready.incident.progress["harm"].says == "customers"
    assert "maria answered already: customers" in ready.told()


def test_a_question_nobody_answered_is_an_open_point(ready: House) -> None:
    ready.ask("resolve", cause="a feed")

    assert "Open: Nobody answered: Who is hurt" in str(ready.chat.messages[-1].card)


def test_what_is_taken_is_not_taken_by_another_and_what_is_done_stays_done(ready: House) -> None:
    ready.ask("step.take", step="last-good")
    ready.ask("step.take", by=BEN, step="last-good")
    assert ready.told() == "maria is on it already"

    ready.ask("step.done", by=BEN, step="last-good")
    ready.ask("step.take", step="last-good")

    assert ready.told() == "ben has done that already"
    assert ready.incident.progress["last-good"].state == "done"


def test_a_person_is_given_a_role_and_invited(ready: House) -> None:
    ready.ask("role", role="lead", person="@ben")

    assert ready.incident.lead == BEN
    assert ready.chat.invited[-1] == "ben"


def test_a_finding_links_to_the_message_it_was_taken_from(ready: House) -> None:
    ready.ask("finding", says="look", link="https://chat.example/p1")
    ready.ask("mitigate", says="rolled back")

    links = {type(entry.fact): entry.link for entry in ready.desk.store.timeline(ready.incident.id)}

    assert links[FindingRecorded] == "https://chat.example/p1"
    assert links[Mitigated] == "https://chat.example/C1/m1"
    assert links[StepMoved] == "https://chat.example/C1/m2"


def test_what_is_added_after_the_resolution_reaches_the_post_mortem(ready: House) -> None:
    ready.ask("resolve", cause="a feed")
    ready.ask("finding", says="it was the third time")

    path = ready.incident.postmortem
    assert path is not None
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - the path as it was told
        assert "it was the third time" in file.read()
    assert ready.chat.words().count("The post-mortem is written") == 1


def test_a_resolved_incident_is_not_resolved_or_mitigated_again(ready: House) -> None:
    ready.ask("resolve")

    ready.ask("resolve")
    assert "resolved already" in ready.told()
    ready.ask("mitigate", says="x")
    assert "/incident reopen" in ready.told()


def test_a_template_that_is_wrong_is_told_and_parks_nothing(ready: House) -> None:
    folder = ready.path.parent / "templates"
    folder.mkdir()
    (folder / "post-mortem.md.j2").write_text("{{ nothing }}", encoding="utf-8")
    ready.desk = replace(ready.desk, renderer=type(ready.desk.renderer)([folder]))

    ready.ask("resolve")

    assert "The post-mortem cannot be written" in ready.chat.words()
    assert ready.desk.store.parked() == []


def test_somebody_reports_a_drop(house: House) -> None:
    house.ask("new", by=BEN, title="delays is wrong", severity="2", says="since noon")

    assert house.told() == "Incident 1 is being opened: delays is wrong"
    assert house.incident.model == "delays"
    assert house.incident.severity == "sev2"
    assert "ben" in house.chat.invited


def test_a_drop_reported_twice_is_one_incident_and_its_reporter_is_let_in(house: House) -> None:
    house.opened()

    house.ask("new", by=BEN, title="delays is wrong", says="since noon")

    assert "That is incident 1 already" in house.told()
    assert len(house.desk.store.incidents()) == 1
    assert "ben" in house.chat.invited
    assert house.incident.notes[-1].says == "reported again: delays is wrong. since noon"


def test_a_report_that_a_kill_cut_in_two_opens_one_incident(house: House) -> None:
    house.chat.fails("answer", error=Died(), times=1)
    with pytest.raises(Died):
        house.ask("new", title="delays is wrong")

    house.restart()
    house.later(60)

    assert len(house.desk.store.incidents()) == len(house.chat.rooms) == 1
    assert house.told() == "Incident 1 is being opened: delays is wrong"


def test_an_alert_of_no_known_model_asks_which_and_the_answer_begins_its_checklist(
    house: House,
) -> None:
    house.opened(model=None, title="Weird")
    assert isinstance(house.chat.card("step:which-model"), Question)

    request = house.ask("answer", step="which-model", value="delays")
    take_request(house.desk, request)

    card = house.chat.card("step:which-model")
    assert isinstance(card, Question)
    assert card.answer == "delays"
    assert house.incident.playbook == "accuracy-drop"
    assert str(house.incident.key) == "delays accuracy"
    assert {"maria", "li"} <= set(house.chat.invited)
    assert house.chat.answers == []


def test_an_answer_that_names_no_model_is_answered_with_the_nearest(house: House) -> None:
    house.opened(model=None, title="Weird")

    house.ask("answer", step="which-model", value="delay")

    assert "did you mean 'delays'?" in house.told()
    assert house.incident.model is None


def test_the_model_may_be_named_by_command_too(house: House) -> None:
    house.opened(model=None, title="Weird")

    house.ask("model", model="delays")
    house.ask("model", by=BEN, model="churn")

    assert house.incident.model == "delays"
    assert "about delays" in house.told()


def test_a_repeat_of_the_unnamed_alert_joins_after_the_model_was_named(house: House) -> None:
    house.opened(model=None, title="Weird")
    house.ask("model", model="delays")

    house.alert(model=None, title="Weird")
    house.work()

    assert len(house.desk.store.incidents()) == 1


def test_a_check_run_by_hand_is_shown_once(sighted: House) -> None:
    sighted.opened()

    request = sighted.ask("run", check="data.missing")
    take_request(sighted.desk, request)

    runs = [said for said in sighted.chat.messages if said.step == f"run:{request.id}"]
    assert len(runs) == 1
    assert isinstance(runs[0].card, Findings)
    assert runs[0].card.findings[0].check == "data.missing"


def test_a_diagnosis_offers_what_to_do_and_its_steps_stand_in_the_checklist(
    sighted: House,
) -> None:
    sighted.opened()
    card = sighted.chat.card("step:quarantine-feature")
    assert isinstance(card, Task)

    sighted.ask("step.done", step="quarantine-feature", says="pinned it")

    done = sighted.chat.card("step:quarantine-feature")
    assert isinstance(done, Task)
    assert done.done
    situation = sighted.chat.card("situation")
    assert isinstance(situation, Situation)
    assert "/incident mitigate" in situation.next_step


def test_a_person_without_an_id_is_no_reason_to_fail(ready: House) -> None:
    ready.ask("role", by=Person(name="webhook"), role="scribe")

    assert ready.incident.roles["scribe"] == Person(name="webhook")
    assert MARIA not in ready.incident.roles.values()
