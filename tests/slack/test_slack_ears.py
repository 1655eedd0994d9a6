"""What people do in Slack arrives as one request each, over a real Socket Mode connection."""

from dataclasses import replace

import pytest

from bot import cards
from bot.incident import Incident, Person
from bot.slack import vocabulary
from bot.slack.room import SlackChat
from bot.sockets import Room
from bot.workspace import LocalWorkspace, Member
from tests.slack.conftest import Heard
from tests.slack.samples import INCIDENT, NOON, PLAYBOOK, RESOLVED, ROLLBACK


def _situation(chat: SlackChat, room: Room, incident: Incident = INCIDENT) -> str:
    card = cards.Situation(incident=incident, next_step="Roll back")
    return chat.post(room.id, card, incident=incident.id, step="situation")


def test_a_command_becomes_a_request_with_who_where_and_where_to_answer(
    maria: Member, heard: Heard, room: Room
) -> None:
    outcome = maria.slash(room.name, "/incident finding nulls in <distance> & more, ask @jonas")

    request = heard.only()
    assert outcome.ok
    assert request.verb == "finding"
    assert request.args["says"] == "nulls in <distance> & more, ask @jonas"
    assert (request.by, request.room, request.at) == (
        Person(id=maria.id, name="maria"), room.id, NOON,
    )  # fmt: skip
    assert request.id
    assert request.reply_to
    assert maria.ephemerals(room.name) == []


def test_a_mention_in_a_command_names_the_person_by_id(
    maria: Member, heard: Heard, room: Room, workspace: LocalWorkspace
) -> None:
    maria.slash(room.name, "/incident action add fix the join @jonas by 2026-12-01")

    assert heard.only().args == {
        "says": "fix the join", "owner": workspace.member("jonas").id, "due": "2026-12-01",
    }  # fmt: skip


def test_wrong_input_is_answered_to_its_author_alone_with_the_right_form(
    maria: Member, heard: Heard, room: Room
) -> None:
    maria.slash(room.name, "/incident sevrity sev1")

    (said,) = maria.ephemerals(room.name)
    assert "did you mean “severity”" in said.says
    assert heard.requests == []


def test_help_is_answered_at_once(maria: Member, heard: Heard, room: Room) -> None:
    maria.slash(room.name, "/incident help action")

    (said,) = maria.ephemerals(room.name)
    assert "/incident action add WHAT" in said.says
    assert heard.requests == []


def test_what_the_store_does_not_take_is_said_and_not_swallowed(
    maria: Member, heard: Heard, room: Room
) -> None:
    heard.broken = True

    maria.slash(room.name, "/incident finding it broke")

    (said,) = maria.ephemerals(room.name)
    assert "the store is locked" in said.says
    assert "Nothing was done" in said.says


def test_new_without_words_opens_the_modal_and_its_submission_is_a_request(
    maria: Member, heard: Heard, room: Room
) -> None:
    maria.slash("general", "/incident new")

    view = maria.sees_modal("Open an incident")
    outcome = maria.submit(view["id"], {
        "title/value": "Delays <!channel> got worse", "model/value": "delays",
        "metric/value": "accuracy", "severity/value": "sev2", "says/value": "since noon",
    })  # fmt: skip
    request = heard.only()
    assert outcome.ok
    assert (request.verb, request.id, request.incident) == ("new", view["id"], None)
    assert request.args == {
        "title": "Delays <!channel> got worse", "model": "delays", "metric": "accuracy",
        "severity": "sev2", "says": "since noon",
    }  # fmt: skip
    assert request.reply_to
    assert room.id != request.room


def test_another_model_than_those_known_is_left_open(maria: Member, heard: Heard) -> None:
    maria.slash("general", "/incident new")
    view = maria.sees_modal("Open an incident")

    maria.submit(view["id"], {"title/value": "odd", "model/value": "?"})

    assert heard.only().args == {"title": "odd"}


def test_a_modal_without_its_words_says_so_beside_the_field(maria: Member, heard: Heard) -> None:
    maria.slash("general", "/incident new")
    view = maria.sees_modal("Open an incident")

    outcome = maria.submit(view["id"], {"title/value": "   ", "model/value": "delays"})

    assert list(outcome.errors) == ["title"]
    assert heard.requests == []


@pytest.mark.parametrize(
    ("button", "values", "verb", "args"),
    [
        ("Add finding", {"says/value": "it is the join"}, "finding", {"says": "it is the join"}),
        ("Add action", {"says/value": "fix", "due/value": "2026-12-01"}, "action.add",
         {"says": "fix", "due": "2026-12-01"}),
        ("Mitigated", {"says/value": "rolled back"}, "mitigate", {"says": "rolled back"}),
        ("Resolve", {"says/value": "all good"}, "resolve",
         {"cause": "missing_values", "says": "all good"}),
        ("Run a check", {"check/value": "data.missing", "arguments/value": "floor=0.1"}, "run",
         {"check": "data.missing", "floor": "0.1"}),
    ],
)  # fmt: skip
def test_a_button_of_the_situation_opens_its_modal(
    *, maria: Member, heard: Heard, room: Room, chat: SlackChat, button: str,
    values: dict[str, str], verb: str, args: dict[str, str],
) -> None:  # fmt: skip
    ts = _situation(chat, room)

    maria.press(room.name, ts, maria.messages(room.name)[-1].buttons[button])
    view = maria.sees_modal()
    maria.submit(view["id"], values)

    request = heard.only()
    assert (request.verb, request.args) == (verb, args)
    assert (request.incident, request.room) == (INCIDENT.id, room.id)


def test_an_owner_is_chosen_from_the_people(
    maria: Member, heard: Heard, room: Room, workspace: LocalWorkspace
) -> None:
    maria.slash(room.name, "/incident action add")
    view = maria.sees_modal("Add an action")
    jonas = workspace.member("jonas").id

    maria.submit(view["id"], {"says/value": "fix", "owner/value": jonas})

    assert heard.only().args == {"says": "fix", "owner": jonas}


def test_a_wrong_argument_of_a_check_is_said_in_the_modal(
    maria: Member, heard: Heard, room: Room
) -> None:
    maria.slash(room.name, "/incident run")
    view = maria.sees_modal("Run a check")

    outcome = maria.submit(view["id"], {"check/value": "data.missing", "arguments/value": "flor=1"})

    assert "did you mean “floor”" in outcome.errors["arguments"]
    assert heard.requests == []


@pytest.mark.parametrize(
    ("button", "incident", "verb", "args"),
    [
        ("Take the lead", INCIDENT, "role", {"role": "lead"}),
        ("Post-mortem", INCIDENT, "postmortem", {}),
        ("Reopen", RESOLVED, "reopen", {}),
    ],
)
def test_a_button_that_needs_no_words_is_a_request(
    *, maria: Member, heard: Heard, room: Room, chat: SlackChat, button: str, incident: Incident,
    verb: str, args: dict[str, str],
) -> None:  # fmt: skip
    ts = _situation(chat, room, incident)

    outcome = maria.press(room.name, ts, button)

    request = heard.only()
    assert outcome.ok
    assert (request.verb, request.args, request.incident) == (verb, args, INCIDENT.id)
    assert request.by.id == maria.id


def test_the_severity_is_chosen_on_the_card(
    maria: Member, heard: Heard, room: Room, chat: SlackChat
) -> None:
    ts = _situation(chat, room)

    maria.choose(room.name, ts, vocabulary.SEVERITY, "SEV1")

    assert heard.only().args == {"level": "sev1"}


def test_a_question_is_answered_by_a_button(
    maria: Member, heard: Heard, room: Room, chat: SlackChat
) -> None:
    card = cards.Question(incident=INCIDENT.id, step=PLAYBOOK.steps[1], asked="Maria")
    ts = chat.post(room.id, card, incident=INCIDENT.id, step="ask")

    maria.press(room.name, ts, "no")

    request = heard.only()
    assert (request.verb, request.args) == ("answer", {"step": "users", "value": "no"})


def test_a_question_is_answered_in_words(
    maria: Member, heard: Heard, room: Room, chat: SlackChat
) -> None:
    card = cards.Question(incident=INCIDENT.id, step=PLAYBOOK.steps[1], asked="Maria")
    ts = chat.post(room.id, card, incident=INCIDENT.id, step="ask")

    maria.press(room.name, ts, "Answer in words")
    view = maria.sees_modal("Answer")
    maria.submit(view["id"], {"answer/value": "only in the east"})

    request = heard.only()
    assert (request.verb, request.args) == (
        "answer", {"step": "users", "value": "only in the east"},
    )  # fmt: skip
    assert request.incident == INCIDENT.id


def test_a_question_of_many_answers_is_answered_from_its_menu(
    maria: Member, heard: Heard, room: Room, chat: SlackChat
) -> None:
    step = replace(PLAYBOOK.steps[1], options=tuple(f"model {i}" for i in range(40)))
    card = cards.Question(incident=INCIDENT.id, step=step, asked="Maria")
    ts = chat.post(room.id, card, incident=INCIDENT.id, step="ask")

    maria.choose(room.name, ts, vocabulary.CHOOSE, "model 33")

    assert heard.only().args == {"step": "users", "value": "model 33"}


def test_a_task_is_taken_and_done(maria: Member, heard: Heard, room: Room, chat: SlackChat) -> None:
    card = cards.Task(incident=INCIDENT.id, step=PLAYBOOK.steps[4])
    ts = chat.post(room.id, card, incident=INCIDENT.id, step="do")

    maria.press(room.name, ts, "I take it")
    maria.press(room.name, ts, "Done")

    assert [(one.verb, one.args) for one in heard.requests] == [
        ("step.take", {"step": "rollback"}), ("step.done", {"step": "rollback"}),
    ]  # fmt: skip


def test_a_rollback_is_asked_for_on_the_ranking_and_decided_on_its_card(
    maria: Member, heard: Heard, room: Room, chat: SlackChat
) -> None:
    ranking = cards.Ranking(incident=INCIDENT, rollback=True)
    asking = chat.post(room.id, ranking, incident=INCIDENT.id, step="ranking")
    card = cards.Approval(incident=INCIDENT.id, rollback=ROLLBACK)
    deciding = chat.post(room.id, card, incident=INCIDENT.id, step="rollback")

    maria.press(room.name, asking, "Ask for a rollback")
    maria.press(room.name, deciding, "Approve")
    maria.press(room.name, deciding, "Decline")

    assert [(one.verb, one.args) for one in heard.requests] == [
        ("rollback", {}),
        ("rollback.approve", {"rollback": ROLLBACK.id}),
        ("rollback.decline", {"rollback": ROLLBACK.id}),
    ]  # fmt: skip
    assert {one.incident for one in heard.requests} == {INCIDENT.id}


def test_an_action_item_is_finished_from_the_list(
    maria: Member, heard: Heard, room: Room, chat: SlackChat
) -> None:
    card = cards.ActionList(incident=INCIDENT.id, actions=INCIDENT.actions)
    ts = chat.post(room.id, card, incident=INCIDENT.id, step="list")

    maria.press(room.name, ts, "Done")

    assert (heard.only().verb, heard.only().args) == ("action.done", {"number": "1"})
