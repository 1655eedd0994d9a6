"""The chat socket on a workspace that refuses, fails and loses answers as Slack does."""

from collections.abc import Callable

import pytest

from bot import cards
from bot.errors import ChatError
from bot.incident import Person
from bot.slack.client import build_client
from bot.slack.people import People
from bot.slack.room import SlackChat
from bot.sockets import Room
from bot.workspace import LocalWorkspace
from tests.slack.conftest import Heard
from tests.slack.samples import INCIDENT, PLAYBOOK

NOTICE = cards.Notice(says="hello <!channel>")


def _post(chat: SlackChat, room: Room, *, step: str = "hello", thread: str | None = None) -> str:
    return chat.post(room.id, NOTICE, incident=INCIDENT.id, step=step, thread=thread)


def test_a_room_is_opened_marked_and_found_again(chat: SlackChat, room: Room) -> None:
    assert chat.find_room(name=room.name, incident=INCIDENT.id) == room
    assert chat.find_room(name=room.name, incident="ffffffff") is None
    assert chat.find_room(name="inc-none", incident=INCIDENT.id) is None


def test_a_name_that_is_taken_is_said_by_its_code(chat: SlackChat, room: Room) -> None:
    with pytest.raises(ChatError) as refused:
        chat.open_room(name=room.name, incident="ffffffff", title="another")

    assert (refused.value.code, refused.value.permanent, refused.value.uncertain) == (
        "name_taken", True, False,
    )  # fmt: skip


def test_a_room_that_was_opened_and_not_marked_is_ours_and_marked_then(
    chat: SlackChat, workspace: LocalWorkspace
) -> None:
    workspace.faults.add("conversations.setPurpose", "error", code="fatal_error")
    with pytest.raises(ChatError) as failed:
        chat.open_room(name="inc-half", incident=INCIDENT.id, title="half")

    found = chat.find_room(name="inc-half", incident=INCIDENT.id)

    assert failed.value.uncertain
    assert found is not None
    assert found.name == "inc-half"
    assert chat.find_room(name="inc-half", incident="ffffffff") is None


def test_a_room_of_other_people_is_never_adopted(
    chat: SlackChat, workspace: LocalWorkspace
) -> None:
    assert workspace.member("maria").messages("general") is not None

    assert chat.find_room(name="general", incident=INCIDENT.id) is None


def test_topic_and_purpose_are_cut_to_what_slack_takes(
    chat: SlackChat, workspace: LocalWorkspace
) -> None:
    room = chat.open_room(name="inc-long", incident=INCIDENT.id, title="x" * 900)

    chat.set_topic(room.id, "y" * 900)

    (channel,) = [one for one in workspace.state()["channels"] if one["id"] == room.id]
    assert channel["topic"]["value"] == "y" * 249 + "…"
    assert len(channel["purpose"]["value"]) == 250


def test_everybody_who_can_be_invited_is(chat: SlackChat, workspace: LocalWorkspace) -> None:
    room = chat.open_room(name="inc-people", incident=INCIDENT.id, title="people")
    nobody, gone = Person(name="nobody"), Person(name="gone", id="U0GONE00")
    maria, jonas = Person(name="@maria"), Person(name="Jonas Weber")

    chat.invite(room.id, [maria])
    refused = chat.invite(room.id, [maria, nobody, gone, jonas])

    assert set(refused) == {nobody, gone}
    (channel,) = [one for one in workspace.state()["channels"] if one["id"] == room.id]
    wanted = {workspace.member("maria").id, workspace.member("jonas").id}
    assert wanted <= set(channel["members"])


def test_inviting_those_inside_again_changes_nothing(chat: SlackChat, room: Room) -> None:
    maria = chat.find_person("maria")
    assert maria is not None

    assert chat.invite(room.id, [maria, maria]) == ()


@pytest.mark.parametrize(
    "handle", ["maria", "@maria", "MARIA", "Maria Lindqvist", "<@{id}|maria>", "{id}", "{email}"]
)
def test_a_person_is_found_by_whatever_names_them(
    chat: SlackChat, workspace: LocalWorkspace, handle: str
) -> None:
    (user,) = [one for one in workspace.state()["users"] if one["name"] == "maria"]
    email = (user.get("profile") or user).get("email", "maria")

    found = chat.find_person(handle.format(id=user["id"], email=email))

    assert found == Person(id=user["id"], name="maria")


def test_a_name_that_one_chose_proves_nothing(chat: SlackChat) -> None:
    assert chat.find_person("Maria Lindqvist", proven=True) is None
    assert chat.find_person("@maria", proven=True) == chat.find_person("maria")


def test_a_name_nobody_has_lists_the_workspace_once_a_minute(workspace: LocalWorkspace) -> None:
    now = [0.0]
    people = People(
        build_client(workspace.bot_token, api_url=workspace.api_url), seconds=lambda: now[0]
    )

    for second in (0.0, 1.0, 59.0, 61.0):
        now[0] = second
        assert people.find("nobody") is None

    assert len(workspace.calls("users.list")) == 2


def test_a_bookmark_is_put_once_and_moved(
    chat: SlackChat, room: Room, workspace: LocalWorkspace
) -> None:
    for url in ("https://x.org/1", "https://x.org/1", "https://x.org/2"):
        chat.bookmark(room.id, title="Post-mortem", url=url)

    assert len(workspace.calls("bookmarks.add")) == 1
    assert len(workspace.calls("bookmarks.edit")) == 1


def test_a_post_is_found_again_by_its_step_in_the_room_and_in_threads(
    chat: SlackChat, room: Room
) -> None:
    top = _post(chat, room, step="situation")
    for i in range(5):
        _post(chat, room, step=f"other-{i}")
    reply = _post(chat, room, step="finding", thread=top)
    long = _post(chat, room, step="s" * 400)

    assert chat.find_post(room.id, incident=INCIDENT.id, step="situation") == top
    assert chat.find_post(room.id, incident=INCIDENT.id, step="finding") == reply
    assert chat.find_post(room.id, incident=INCIDENT.id, step="s" * 400) == long
    assert chat.find_post(room.id, incident="ffffffff", step="situation") is None
    assert chat.find_post(room.id, incident=INCIDENT.id, step="never") is None


def test_a_message_is_edited_only_where_it_reads_differently(
    chat: SlackChat, workspace: LocalWorkspace, room: Room
) -> None:
    ts = chat.post(room.id, cards.Notice(says="one"), incident=INCIDENT.id, step="x")

    for says in ("one", "two", "two", "one"):
        chat.edit(room.id, ts, cards.Notice(says=says))

    assert len(workspace.calls("chat.update")) == 2
    assert workspace.messages(room.name)[-1].says.startswith("one")


def test_an_edit_whose_answer_was_lost_counts_as_not_known(
    chat: SlackChat, workspace: LocalWorkspace, room: Room
) -> None:
    ts = chat.post(room.id, cards.Notice(says="one"), incident=INCIDENT.id, step="x")
    workspace.faults.add("chat.update", "drop_after")
    with pytest.raises(ChatError):
        chat.edit(room.id, ts, cards.Notice(says="two"))

    chat.edit(room.id, ts, cards.Notice(says="one"))

    assert workspace.messages(room.name)[-1].says.startswith("one")


def test_a_post_can_still_be_found_after_it_was_edited(chat: SlackChat, room: Room) -> None:
    ts = _post(chat, room, step="situation")

    chat.edit(room.id, ts, cards.Notice(says="changed"))

    assert chat.find_post(room.id, incident=INCIDENT.id, step="situation") == ts


def test_a_post_whose_answer_is_lost_is_uncertain_and_stands_once(
    chat: SlackChat, room: Room, workspace: LocalWorkspace
) -> None:
    workspace.faults.add("chat.postMessage", "drop_after")

    with pytest.raises(ChatError) as lost:
        _post(chat, room, step="once")

    found = [one for one in workspace.messages(room.name) if one.metadata]
    assert lost.value.uncertain
    assert not lost.value.permanent
    assert len(found) == 1
    assert chat.find_post(room.id, incident=INCIDENT.id, step="once") == found[0].ts


@pytest.mark.parametrize("kind", ["hang_after", "drop_before", "5xx"])
def test_a_call_that_may_have_been_done_is_uncertain(
    chat: SlackChat, room: Room, workspace: LocalWorkspace, kind: str
) -> None:
    workspace.faults.add("chat.postMessage", kind, seconds=4.0)  # type: ignore[arg-type]  # the table is of kinds

    with pytest.raises(ChatError) as lost:
        _post(chat, room)

    assert lost.value.uncertain
    assert not lost.value.permanent


def test_a_limit_is_waited_for_once_then_told_with_its_seconds(
    chat: SlackChat, room: Room, workspace: LocalWorkspace
) -> None:
    workspace.faults.add("chat.postMessage", "429", times=1, retry_after=0)
    first = _post(chat, room, step="a")
    workspace.faults.add("chat.postMessage", "429", times=2, retry_after=1)

    with pytest.raises(ChatError) as limited:
        _post(chat, room, step="b")

    assert first
    assert (limited.value.code, limited.value.retry_after) == ("ratelimited", 1.0)
    assert not limited.value.permanent
    assert not limited.value.uncertain


def test_a_refusal_is_permanent_and_an_absent_slack_is_not(
    chat: SlackChat, workspace: LocalWorkspace
) -> None:
    nowhere = SlackChat(build_client("xoxb-x", api_url="http://127.0.0.1:1/api/"))
    stranger = SlackChat(build_client("xoxb-x", api_url=workspace.api_url))
    asked: list[Callable[[], object]] = [
        lambda: chat.set_topic("C0NONE00", "x"),
        lambda: stranger.set_topic("C0NONE00", "x"),
        lambda: nowhere.set_topic("C0NONE00", "x"),
    ]
    told = []

    for ask in asked:
        with pytest.raises(ChatError) as error:
            ask()
        told.append((error.value.code, error.value.permanent, error.value.uncertain))

    assert told == [
        ("channel_not_found", True, False), ("invalid_auth", True, False),
        ("connection", False, False),
    ]  # fmt: skip


def test_pinning_twice_is_pinning_once(chat: SlackChat, room: Room) -> None:
    ts = _post(chat, room)

    chat.pin(room.id, ts)
    chat.pin(room.id, ts)

    assert chat.link(room.id, ts).startswith("http")


def test_the_announcement_room_may_be_named(chat: SlackChat, workspace: LocalWorkspace) -> None:
    card = cards.Announcement(incident=INCIDENT)

    ts = chat.post("#incidents", card, incident=INCIDENT.id, step="announce")
    chat.edit("incidents", ts, card)

    assert chat.find_post("incidents", incident=INCIDENT.id, step="announce") == ts
    assert "0.912 → 0.781" in workspace.member("maria").sees("incidents", "SEV2").says


def test_a_room_of_no_such_name_says_what_to_do(chat: SlackChat) -> None:
    with pytest.raises(ChatError, match="no public channel #nowhere; for a private one") as error:
        chat.post("nowhere", NOTICE, incident=INCIDENT.id, step="x")

    assert error.value.permanent


def test_a_whisper_is_seen_by_one_person(
    chat: SlackChat, room: Room, workspace: LocalWorkspace
) -> None:
    chat.whisper(room.id, Person(name="@maria"), NOTICE)

    assert "hello &lt;!channel&gt;" in workspace.member("maria").ephemerals(room.name)[0].says
    assert not workspace.member("jonas").ephemerals(room.name)


def test_a_whisper_to_nobody_is_refused_in_words(chat: SlackChat, room: Room) -> None:
    with pytest.raises(ChatError, match="nobody here is called Nobody") as error:
        chat.whisper(room.id, Person(name="Nobody"), NOTICE)

    assert error.value.permanent


def test_an_answer_reaches_whoever_asked_until_its_address_is_used_up(
    chat: SlackChat, room: Room, workspace: LocalWorkspace, heard: Heard
) -> None:
    maria = workspace.member("maria")
    maria.slash(room.name, "/incident status")
    reply_to = heard.only().reply_to or ""

    for _ in range(5):
        chat.answer(reply_to, cards.IncidentList(incidents=(INCIDENT,)))
    with pytest.raises(ChatError) as error:
        chat.answer(reply_to, NOTICE)

    assert (error.value.code, error.value.permanent) == ("expired_url", True)
    assert [("delays accuracy" in one.says) for one in maria.ephemerals(room.name)] == [True] * 5


@pytest.mark.parametrize(
    "card",
    [
        cards.Situation(incident=INCIDENT, next_step="Roll back"),
        cards.ChecklistCard(incident=INCIDENT, playbook=PLAYBOOK),
        cards.Ranking(incident=INCIDENT),
        cards.Question(incident=INCIDENT.id, step=PLAYBOOK.steps[1], asked="Maria"),
        cards.Task(incident=INCIDENT.id, step=PLAYBOOK.steps[4]),
        cards.ActionList(incident=INCIDENT.id, actions=INCIDENT.actions),
        cards.IncidentList(incidents=(INCIDENT,) * 60),
        cards.Notice(says="&" * 9_000, lines=("<" * 900,) * 90),
    ],
    ids=lambda card: type(card).__name__,
)
def test_the_workspace_takes_every_card(chat: SlackChat, room: Room, card: cards.Card) -> None:
    assert chat.post(room.id, card, incident=INCIDENT.id, step="card")
