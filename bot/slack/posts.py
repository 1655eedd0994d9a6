"""Finding a message again by what was kept with it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.slack.client import speaking

EVENT_TYPE: Final = "plummet_step"
_PAGE: Final = 200


def find_in_room(
    client: WebClient, room: str, *, payload: Mapping[str, str], author: str
) -> str | None:
    """The time stamp of the author's message with that payload.

    It is looked for in the channel first, then in its threads.
    """
    threads: list[str] = []
    for message in _history(client, room):
        if _is(message, payload, author):
            return str(message["ts"])
        if message.get("reply_count"):
            threads.append(str(message["ts"]))
    for thread in threads:
        for message in _replies(client, room, thread):
            if _is(message, payload, author):
                return str(message["ts"])
    return None


def message_at(client: WebClient, room: str, ts: str) -> dict[str, Any] | None:
    """The message of that time stamp, in the channel or in a thread."""
    with speaking("conversations.history", writes=False):
        page = client.conversations_history(
            channel=room, latest=ts, oldest=ts, inclusive=True, limit=1
        )
    with speaking("conversations.replies", writes=False):
        found: list[dict[str, Any]] = page["messages"] or client.conversations_replies(
            channel=room, ts=ts, latest=ts, oldest=ts, inclusive=True, limit=_PAGE
        ).get("messages", [])
    return next((one for one in found if one["ts"] == ts), None)


def _is(message: Mapping[str, Any], payload: Mapping[str, str], author: str) -> bool:
    """Another app could write the same metadata, so the author counts too."""
    kept = message.get("metadata") or {}
    return (
        kept.get("event_type") == EVENT_TYPE
        and kept.get("event_payload") == payload
        and message.get("user") in {author, None}
    )


def _history(client: WebClient, room: str) -> Iterator[dict[str, Any]]:
    return _pages(
        "conversations.history",
        lambda cursor: client.conversations_history(
            channel=room, include_all_metadata=True, limit=_PAGE, cursor=cursor
        ),
    )


def _replies(client: WebClient, room: str, thread: str) -> Iterator[dict[str, Any]]:
    return _pages(
        "conversations.replies",
        lambda cursor: client.conversations_replies(
            channel=room, ts=thread, include_all_metadata=True, limit=_PAGE, cursor=cursor
        ),
    )


def _pages(what: str, ask: Callable[[str | None], SlackResponse]) -> Iterator[dict[str, Any]]:
    cursor: str | None = None
    while True:
        with speaking(what, writes=False):
            answer = ask(cursor)
        yield from answer["messages"]
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
        if cursor is None:
            return
