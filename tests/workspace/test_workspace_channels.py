import pytest
from slack_sdk import WebClient

from bot.workspace import LocalWorkspace, Member
from tests.workspace.stage import refused


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "invalid_name_required"),
        ("a" * 81, "invalid_name_maxlength"),
        ("---", "invalid_name_punctuation"),
        ("two words", "invalid_name_specials"),
        ("Capital", "invalid_name_specials"),
        ("dot.ted", "invalid_name_specials"),
        ("incidents", "name_taken"),
    ],
)
def test_a_channel_name_outside_the_rules_is_refused(
    slack: WebClient, name: str, code: str
) -> None:
    assert refused(slack.conversations_create, name=name) == code


def test_an_archived_channel_keeps_its_name_and_takes_no_more_words(slack: WebClient) -> None:
    made = slack.conversations_create(name="inc-1")["channel"]["id"]
    slack.conversations_archive(channel=made)

    assert refused(slack.conversations_create, name="inc-1") == "name_taken"
    assert refused(slack.conversations_archive, channel=made) == "already_archived"
    assert refused(slack.chat_postMessage, channel=made, text="late") == "is_archived"
    assert refused(slack.conversations_setTopic, channel=made, topic="t") == "is_archived"


def test_a_private_channel_is_one_although_the_sdk_sends_a_form(
    slack: WebClient, workspace: LocalWorkspace
) -> None:
    made = slack.conversations_create(name="quiet", is_private=True)["channel"]

    (kept,) = [one for one in workspace.state()["channels"] if one["id"] == made["id"]]
    assert (made["is_private"], kept["is_private"]) == (True, True)


def test_an_invitation_is_all_or_nothing_unless_forced(
    slack: WebClient, workspace: LocalWorkspace, maria: Member
) -> None:
    jonas = workspace.member("jonas")
    made = slack.conversations_create(name="inc-1")["channel"]["id"]
    slack.conversations_invite(channel=made, users=[maria.id])

    both = [maria.id, jonas.id]
    assert refused(slack.conversations_invite, channel=made, users=both) == "already_in_channel"
    assert jonas.id not in slack.conversations_members(channel=made)["members"]
    forced = slack.conversations_invite(channel=made, users=both, force=True)
    assert forced["errors"][0]["error"] == "already_in_channel"
    assert jonas.id in slack.conversations_members(channel=made)["members"]


def test_the_bot_cannot_invite_itself_or_a_stranger(slack: WebClient) -> None:
    made = slack.conversations_create(name="inc-1")["channel"]["id"]
    me = slack.auth_test()["user_id"]

    assert refused(slack.conversations_invite, channel=made, users=[me]) == "cant_invite_self"
    assert refused(slack.conversations_invite, channel=made, users=["U1"]) == "user_not_found"


def test_what_needs_membership_is_refused_outside(slack: WebClient) -> None:
    channel = next(one["id"] for one in slack.conversations_list()["channels"])
    ts = slack.chat_postMessage(channel=channel, text="in")["ts"]
    slack.conversations_leave(channel="#incidents")

    assert refused(slack.conversations_history, channel="#incidents") == "not_in_channel"
    assert refused(slack.pins_add, channel="#incidents", timestamp=ts) == "not_in_channel"
    assert refused(slack.conversations_info, channel="C404") == "channel_not_found"


def test_joining_twice_is_a_warning_only(slack: WebClient) -> None:
    slack.conversations_leave(channel="#incidents")

    assert "warning" not in slack.conversations_join(channel="#incidents").data
    assert slack.conversations_join(channel="#incidents")["warning"] == "already_in_channel"


def test_lists_come_in_pages(slack: WebClient) -> None:
    for number in range(5):
        slack.conversations_create(name=f"inc-{number}")

    pages = [
        [one["name"] for one in page["channels"]] for page in slack.conversations_list(limit=3)
    ]

    names = [name for page in pages for name in page]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert sorted(names) == ["general", "inc-0", "inc-1", "inc-2", "inc-3", "inc-4", "incidents"]
    assert refused(slack.conversations_list, cursor="nonsense") == "invalid_cursor"


def test_topic_and_purpose_are_kept_and_have_a_length(slack: WebClient) -> None:
    made = slack.conversations_create(name="inc-1")["channel"]["id"]
    slack.conversations_setTopic(channel=made, topic="deep")
    slack.conversations_setPurpose(channel=made, purpose="mark")

    found = slack.conversations_info(channel=made)["channel"]
    assert (found["topic"]["value"], found["purpose"]["value"]) == ("deep", "mark")
    assert refused(slack.conversations_setTopic, channel=made, topic="x" * 251) == "too_long"


def test_bookmarks_are_put_changed_and_taken_away(slack: WebClient) -> None:
    made = slack.conversations_create(name="inc-1")["channel"]["id"]
    link = {"title": "Post-mortem", "type": "link", "link": "https://example.com/1"}
    id_ = slack.bookmarks_add(channel_id=made, **link)["bookmark"]["id"]

    slack.bookmarks_edit(channel_id=made, bookmark_id=id_, link="https://example.com/2")
    (kept,) = slack.bookmarks_list(channel_id=made)["bookmarks"]
    assert (kept["title"], kept["link"]) == ("Post-mortem", "https://example.com/2")
    slack.bookmarks_remove(channel_id=made, bookmark_id=id_)
    assert slack.bookmarks_list(channel_id=made)["bookmarks"] == []
    bad = {**link, "link": "javascript:alert(1)"}
    assert refused(slack.bookmarks_add, channel_id=made, **bad) == "invalid_link"


def test_a_direct_conversation_is_one_however_often_it_is_opened(
    slack: WebClient, maria: Member
) -> None:
    first = slack.conversations_open(users=[maria.id])["channel"]["id"]

    posted = slack.chat_postMessage(channel=maria.id, text="for you")

    assert posted["channel"] == first == slack.conversations_open(users=[maria.id])["channel"]["id"]
    assert refused(slack.conversations_open, users=[]) == "users_list_not_supplied"


def test_people_are_found_by_id_and_by_address(slack: WebClient, maria: Member) -> None:
    found = slack.users_lookupByEmail(email="maria@example.com")["user"]

    assert found["id"] == maria.id == slack.users_info(user=maria.id)["user"]["id"]
    assert found["tz"] == "Etc/UTC"
    assert refused(slack.users_lookupByEmail, email="x@example.com") == "users_not_found"
