from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk import WebClient

from bot.workspace import LocalWorkspace, Member
from tests.workspace.stage import awaited, blocks_of, refused

ROOM = "#incidents"


@pytest.fixture
def room(slack: WebClient) -> str:
    return next(
        str(one["id"]) for one in slack.conversations_list()["channels"] if one["name"] == ROOM[1:]
    )


def test_metadata_comes_back_only_when_it_is_asked_for(slack: WebClient, room: str) -> None:
    mark = {"event_type": "plummet", "event_payload": {"incident": "a1", "step": "card"}}
    slack.chat_postMessage(channel=room, text="card", metadata=mark)

    bare = slack.conversations_history(channel=room)["messages"][0]
    full = slack.conversations_history(channel=room, include_all_metadata=True)["messages"][0]
    assert "metadata" not in bare
    assert full["metadata"] == mark


def test_history_is_newest_first_and_bounded(slack: WebClient, room: str) -> None:
    stamps = [slack.chat_postMessage(channel=room, text=str(n))["ts"] for n in range(5)]

    after = slack.conversations_history(channel=room, oldest=stamps[2])["messages"]
    with_it = slack.conversations_history(channel=room, oldest=stamps[2], inclusive=True)
    pages = slack.conversations_history(channel=room, limit=2)
    assert [one["text"] for one in after] == ["4", "3"]
    assert [one["text"] for one in with_it["messages"]] == ["4", "3", "2"]
    assert pages["has_more"] is True
    assert [one["text"] for page in pages for one in page["messages"]] == ["4", "3", "2", "1", "0"]


def test_a_thread_stays_out_of_the_channel(slack: WebClient, room: str, maria: Member) -> None:
    parent = slack.chat_postMessage(channel=room, text="card")["ts"]
    slack.chat_postMessage(channel=room, text="detail", thread_ts=parent)
    maria.say(
        ROOM,
        "seen",
        thread=slack.chat_postMessage(channel=room, text="more", thread_ts=parent)["ts"],
    )

    shown = slack.conversations_history(channel=room)["messages"]
    told = slack.conversations_replies(channel=room, ts=parent)["messages"]
    assert [one["text"] for one in shown] == ["card"]
    assert [one["text"] for one in told] == ["card", "detail", "more", "seen"]
    assert told[0]["reply_count"] == 3
    assert refused(slack.conversations_replies, channel=room, ts="1.1") == "thread_not_found"


def test_an_empty_message_is_no_message(slack: WebClient, room: str) -> None:
    # Not by the SDK's own method, which warns.
    def post(**given: object) -> str:
        return refused(slack.api_call, api_method="chat.postMessage", json=given)

    assert post(channel=room, text="") == "no_text"
    assert post(channel=room, text=" ", blocks=[]) == "no_text"
    blocks = {"channel": room, "blocks": blocks_of("b")}
    assert slack.api_call("chat.postMessage", json=blocks)["ok"]


def test_blocks_over_the_limits_are_refused(slack: WebClient, room: str) -> None:
    def post(blocks: list[object]) -> str:
        return refused(slack.chat_postMessage, channel=room, text="t", blocks=blocks)

    assert post([{"type": "divider"}] * 51) == "invalid_blocks"
    assert post([{"type": "nonsense"}]) == "invalid_blocks"
    assert post(["words"]) == "invalid_blocks_format"
    assert post([*blocks_of(*["x" * 2900] * 5)]) == "msg_blocks_too_long"


def test_only_own_messages_can_be_changed(slack: WebClient, room: str, maria: Member) -> None:
    hers = maria.say(ROOM, "mine")
    own = slack.chat_postMessage(channel=room, text="before")["ts"]

    slack.chat_update(channel=room, ts=own, text="after", blocks=blocks_of("new"))

    assert maria.messages(ROOM)[-1].says == "new"
    change = {"channel": room, "ts": hers, "text": "x"}
    assert refused(slack.chat_update, **change) == "cant_update_message"
    assert refused(slack.chat_delete, channel=room, ts=hers) == "cant_delete_message"
    missing = {"channel": room, "ts": "1.000001", "text": "x"}
    assert refused(slack.chat_update, **missing) == "message_not_found"
    slack.chat_delete(channel=room, ts=own)
    assert [one.text for one in maria.messages(ROOM)] == ["mine"]


def test_a_pin_and_a_reaction_hold_once(slack: WebClient, room: str) -> None:
    ts = slack.chat_postMessage(channel=room, text="card")["ts"]
    slack.pins_add(channel=room, timestamp=ts)
    slack.reactions_add(channel=room, timestamp=ts, name="eyes")

    again = {"channel": room, "timestamp": ts}
    assert refused(slack.pins_add, **again) == "already_pinned"
    assert refused(slack.reactions_add, **again, name="eyes") == "already_reacted"
    assert refused(slack.pins_add, channel=room, timestamp="1.1") == "message_not_found"
    assert [one["message"]["ts"] for one in slack.pins_list(channel=room)["items"]] == [ts]
    slack.pins_remove(**again)
    slack.reactions_remove(**again, name="eyes")
    assert refused(slack.pins_remove, **again) == "no_pin"
    assert refused(slack.reactions_remove, **again, name="eyes") == "no_reaction"


def test_a_whisper_is_seen_by_one_person(
    slack: WebClient, workspace: LocalWorkspace, room: str, maria: Member
) -> None:
    slack.chat_postEphemeral(channel=room, user=maria.id, text="psst")

    assert [one.text for one in maria.ephemerals(ROOM)] == ["psst"]
    assert workspace.member("jonas").ephemerals(ROOM) == []
    assert slack.conversations_history(channel=room)["messages"] == []
    private = slack.conversations_create(name="alone")["channel"]["id"]
    lost = {"channel": private, "user": maria.id, "text": "psst"}
    assert refused(slack.chat_postEphemeral, **lost) == "user_not_in_channel"


def test_a_permalink_leads_back_to_the_page(slack: WebClient, room: str) -> None:
    ts = slack.chat_postMessage(channel=room, text="here")["ts"]

    link = slack.chat_getPermalink(channel=room, message_ts=ts)["permalink"]

    assert link.endswith(f"/archives/{room}/p{ts.replace('.', '')}")


def test_a_file_is_uploaded_in_three_steps(slack: WebClient, room: str, maria: Member) -> None:
    slack.files_upload_v2(channel=room, content="# Post-mortem", filename="pm.md", title="Report")

    (message,) = [one for one in maria.messages(ROOM) if one.raw.get("files")]
    assert message.raw["files"][0]["title"] == "Report"
    assert message.raw["files"][0]["size"] == len("# Post-mortem")


def test_a_message_can_be_said_later(slack: WebClient, room: str, maria: Member) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=2)

    slack.chat_scheduleMessage(channel=room, text="later", post_at=int(soon.timestamp()))

    assert len(slack.chat_scheduledMessages_list()["scheduled_messages"]) == 1
    assert maria.sees(ROOM, "later", within=4).text == "later"
    past = {"channel": room, "text": "x", "post_at": 1}
    assert refused(slack.chat_scheduleMessage, **past) == "time_in_past"


def test_who_only_posts_need_not_be_a_member_with_the_public_scope(slack: WebClient) -> None:
    slack.conversations_leave(channel=ROOM)

    assert slack.chat_postMessage(channel=ROOM, text="announced")["ok"]


def test_what_a_person_types_is_escaped_and_their_mentions_are_marked(
    slack: WebClient, room: str, maria: Member, workspace: LocalWorkspace
) -> None:
    maria.say(ROOM, "<!channel> & @jonas see #general https://a.example/?x=1&y=2")

    (said,) = slack.conversations_history(channel=room)["messages"]
    jonas = workspace.member("jonas").id
    general = slack.conversations_list()["channels"][0]["id"]
    assert said["text"] == (
        f"&lt;!channel&gt; &amp; <@{jonas}> see <#{general}|general> "
        "<https://a.example/?x=1&amp;y=2>"
    )


def test_unread_messages_wait_until_somebody_looks(
    slack: WebClient, room: str, workspace: LocalWorkspace, maria: Member
) -> None:
    ts = slack.chat_postMessage(channel=room, text="new")["ts"]

    maria._act("read", channel=room)

    def marked() -> bool:
        (kept,) = [one for one in workspace.state()["channels"] if one["id"] == room]
        return bool(kept["read"].get(maria.id) == ts)

    assert awaited(marked)
