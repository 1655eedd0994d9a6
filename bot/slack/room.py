"""The chat socket on Slack's Web API."""

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from slack_sdk import WebClient
from slack_sdk.http_retry import RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient

from bot.cards import Card
from bot.errors import ChatError
from bot.incident import Person
from bot.slack import limits
from bot.slack.blocks import Rendered, render
from bot.slack.channels import Channels
from bot.slack.client import is_local, speaking
from bot.slack.limits import cut, cut_mrkdwn
from bot.slack.mrkdwn import escape
from bot.slack.people import People
from bot.slack.posts import EVENT_TYPE, find_in_room
from bot.sockets import Room

_INSIDE_ALREADY: Final = frozenset({"already_in_channel", "cant_invite_self"})
_GONE: Final = frozenset({"used_url", "expired_url"})


class SlackChat:
    """Speaks to one workspace; every failure is a `ChatError`, every repeat is harmless."""

    def __init__(self, client: WebClient, *, people: People | None = None) -> None:
        self._client = client
        self._people = people or People(client)
        self._channels = Channels(client)
        self._me = ""
        self._shown: dict[tuple[str, str], str] = {}

    def open_room(self, *, name: str, incident: str, title: str) -> Room:
        """Create the channel and mark its purpose; `name_taken` is the code where it exists."""
        with speaking("conversations.create"):
            made: dict[str, Any] = self._client.conversations_create(name=name)["channel"]
        self._mark(made["id"], incident, title)
        return Room(id=made["id"], name=made["name"])

    def find_room(self, *, name: str, incident: str) -> Room | None:
        """The channel of that name if it is this incident's.

        One that this bot created and did not come to mark, for it died in between, is marked now.
        """
        found = self._channels.named(name)
        if found is None:
            return None
        purpose = (found.get("purpose") or {}).get("value") or ""
        if not purpose and found.get("creator") == self._own_id():
            self._mark(found["id"], incident, "")
        elif _mark(incident) not in purpose:
            return None
        return Room(id=found["id"], name=found["name"])

    def set_topic(self, room: str, topic: str) -> None:
        """Set the channel's topic, cut to Slack's length."""
        with speaking("conversations.setTopic"):
            self._client.conversations_setTopic(
                channel=room, topic=cut_mrkdwn(escape(" ".join(topic.split())), limits.TOPIC)
            )

    def invite(self, room: str, people: Sequence[Person]) -> tuple[Person, ...]:
        """Invite everybody who can be found; one whom Slack refuses does not keep others out."""
        known = {one: found for one in people if (found := self._user(one))}
        missing = [one for one in people if one not in known]
        ids = list(dict.fromkeys(known.values()))
        if not ids:
            return tuple(missing)
        try:
            self._invite(room, ids)
        except ChatError as error:
            if not error.permanent:
                raise
            refused = {one for one in ids if self._refuses(room, one)}
            missing += [one for one, user in known.items() if user in refused]
        return tuple(missing)

    def bookmark(self, room: str, *, title: str, url: str) -> None:
        """Put one bookmark of that title on the channel, or move it."""
        with speaking("bookmarks.list", writes=False):
            listed: list[dict[str, Any]] = self._client.bookmarks_list(channel_id=room)["bookmarks"]
        here = next((one for one in listed if one.get("title") == title), None)
        if here is None:
            with speaking("bookmarks.add"):
                self._client.bookmarks_add(channel_id=room, title=title, type="link", link=url)
        elif here.get("link") != url:
            with speaking("bookmarks.edit"):
                self._client.bookmarks_edit(
                    bookmark_id=here["id"], channel_id=room, title=title, link=url
                )

    def post(
        self, room: str, card: Card, *, incident: str, step: str, thread: str | None = None
    ) -> str:
        """Post a card; its incident and step are kept in the message's metadata."""
        rendered = render(card)
        where = self._channels.id_of(room)
        payload = {"incident": incident, "step": cut(step, limits.METADATA_VALUE)}
        with speaking("chat.postMessage"):
            answer = self._client.chat_postMessage(
                channel=where,
                text=rendered.text,
                blocks=rendered.blocks,
                thread_ts=thread,
                metadata={"event_type": EVENT_TYPE, "event_payload": payload},
                unfurl_links=False,
                unfurl_media=False,
            )
        message = str(answer["ts"])
        self._shown[room, message] = _digest(rendered)
        return message

    def find_post(self, room: str, *, incident: str, step: str) -> str | None:
        """The message of that incident and step, in the channel or in one of its threads."""
        payload = {"incident": incident, "step": cut(step, limits.METADATA_VALUE)}
        where = self._channels.id_of(room)
        return find_in_room(self._client, where, payload=payload, author=self._own_id())

    def edit(self, room: str, message: str, card: Card) -> None:
        """Replace a message, if it reads differently now; Slack keeps its metadata."""
        rendered = render(card)
        digest = _digest(rendered)
        if self._shown.get((room, message)) == digest:
            return
        where = self._channels.id_of(room)
        self._shown.pop((room, message), None)  # not known until the answer is here
        with speaking("chat.update"):
            self._client.chat_update(
                channel=where, ts=message, text=rendered.text, blocks=rendered.blocks
            )
        self._shown[room, message] = digest

    def pin(self, room: str, message: str) -> None:
        """Pin a message."""
        with _unless({"already_pinned"}), speaking("pins.add"):
            self._client.pins_add(channel=room, timestamp=message)

    def whisper(self, room: str, person: Person, card: Card) -> None:
        """Show a card to one person."""
        user = self._user(person)
        if user is None:
            raise ChatError(f"nobody here is called {person.name}", code="user_not_found",
                            permanent=True)  # fmt: skip
        rendered = render(card)
        with speaking("chat.postEphemeral"):
            self._client.chat_postEphemeral(
                channel=room, user=user, text=rendered.text, blocks=rendered.blocks
            )

    def answer(self, reply_to: str, card: Card) -> None:
        """Answer through the address that came with a command; it lives for half an hour."""
        rendered = render(card)
        hook = WebhookClient(
            reply_to, timeout=10, retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=1)]
        )
        if is_local(reply_to):
            hook.proxy = None
        with speaking("the answer to a command"):
            said = hook.send(
                text=rendered.text, blocks=rendered.blocks, response_type="ephemeral",
                replace_original=False,
            )  # fmt: skip
        if said.status_code != 200:
            gone = said.status_code in {404, 410} or any(word in said.body for word in _GONE)
            raise ChatError(
                f"Slack refused the answer to a command: {said.body[:100]}",
                code="expired_url" if gone else "http_error",
                permanent=400 <= said.status_code < 500 and said.status_code != 429,
                uncertain=said.status_code >= 500,
                retry_after=1.0 if said.status_code == 429 else None,
            )

    def link(self, room: str, message: str) -> str:
        """A permanent link to a message."""
        where = self._channels.id_of(room)
        with speaking("chat.getPermalink", writes=False):
            answer = self._client.chat_getPermalink(channel=where, message_ts=message)
        return str(answer["permalink"])

    def find_person(self, handle: str, *, proven: bool = False) -> Person | None:
        """The person of that handle, name, e-mail address, mention or id."""
        return self._people.find(handle, proven=proven)

    def _user(self, person: Person) -> str | None:
        if person.id:
            return person.id
        found = self.find_person(person.name)
        return found.id if found else None

    def _invite(self, room: str, users: Sequence[str]) -> None:
        with speaking("conversations.invite"):
            self._client.conversations_invite(channel=room, users=users)

    def _refuses(self, room: str, user: str) -> bool:
        try:
            with _unless(_INSIDE_ALREADY):
                self._invite(room, [user])
        except ChatError as error:
            if not error.permanent:
                raise
            return True
        return False

    def _mark(self, room: str, incident: str, title: str) -> None:
        purpose = cut_mrkdwn(f"{_mark(incident)} {escape(title)}".strip(), limits.PURPOSE)
        with speaking("conversations.setPurpose"):
            self._client.conversations_setPurpose(channel=room, purpose=purpose)

    def _own_id(self) -> str:
        if not self._me:
            with speaking("auth.test", writes=False):
                self._me = str(self._client.auth_test()["user_id"])
        return self._me


def _mark(incident: str) -> str:
    """What a channel's purpose says when it belongs to an incident."""
    return f"Plummet incident {incident}."


def _digest(rendered: Rendered) -> str:
    """What is kept of a message to know it again; a bot that runs for months has sent many."""
    text = json.dumps([rendered.text, rendered.blocks], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def _unless(codes: Collection[str]) -> Iterator[None]:
    """Let these codes of a `ChatError` pass: what was asked for is so already."""
    try:
        yield
    except ChatError as error:
        if error.code not in codes:
            raise
