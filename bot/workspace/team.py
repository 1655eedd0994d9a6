"""The whole state of a workspace, in memory; touched only from the server's event loop."""

import hashlib
import itertools
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.workspace.manifest import Manifest
from bot.workspace.nouns import Channel, ChannelKind, Json, Message, Profile, User, View
from bot.workspace.refusal import Refusal
from bot.workspace.triggers import Triggers

Clock = Callable[[], datetime]
_KEPT_CALLS = 5_000


def utcnow() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class Team:
    """People, channels, messages and views, with who has to hear of a change.

    `on_event` gets every event the app might have subscribed to, `on_change` what a page has to
    draw again.
    """

    def __init__(
        self,
        *,
        members: Sequence[Profile],
        channels: Sequence[str],
        manifest: Manifest,
        clock: Clock,
        triggers: Triggers,
    ) -> None:
        self.manifest = manifest
        self.clock = clock
        self.triggers = triggers
        self.on_event: Callable[[Json, Channel | None], None] = lambda _event, _channel: None
        self.on_change: Callable[[Json], None] = lambda _change: None
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, str] = {}
        self.files: dict[str, Json] = {}
        self.scheduled: dict[str, Json] = {}
        self.calls: deque[Json] = deque(maxlen=_KEPT_CALLS)
        self._numbers = itertools.count(1)
        self._last_ts = 0
        self.bot = self._add_bot()
        for profile in members:
            self.add_user(profile)
        everybody = [user.id for user in self.people()]
        for name in channels:
            made = self.add_channel(name, kind="channel", creator=everybody[0], members=everybody)
            made.members.append(self.bot.id)

    def _add_bot(self) -> User:
        name = self.manifest.app_name
        bot = User(
            id=_id("U", "bot:" + name),
            name=name.lower().replace(" ", "-"),
            real_name=name,
            title="App",
            email="",
            bot_id=_id("B", name),
        )
        self.users[bot.id] = bot
        return bot

    def add_user(self, profile: Profile) -> User:
        """Put somebody into the workspace; the id depends on the handle alone."""
        user = User(
            id=_id("U", profile.handle),
            name=profile.handle,
            real_name=profile.real_name or profile.handle.replace(".", " ").title(),
            title=profile.title,
            email=profile.email or f"{profile.handle}@example.com",
        )
        self.users[user.id] = user
        return user

    def add_channel(
        self, name: str, *, kind: ChannelKind, creator: str, members: Iterable[str]
    ) -> Channel:
        """A new channel; its name is not checked here."""
        channel = Channel(
            id=_id("D" if kind == "im" else "C", f"{kind}:{name}:{next(self._numbers)}"),
            name=name,
            kind=kind,
            created=self.now(),
            creator=creator,
            members=list(members),
        )
        self.channels[channel.id] = channel
        return channel

    def people(self) -> list[User]:
        """Everybody but the bot."""
        return [user for user in self.users.values() if user.bot_id is None]

    def user(self, id_or_handle: str) -> User:
        """The user of that id or handle.

        Raises:
            Refusal: `user_not_found`.
        """
        wanted = id_or_handle.removeprefix("@")
        for user in self.users.values():
            if wanted in (user.id, user.name):
                return user
        raise Refusal("user_not_found")

    def channel(self, id_or_name: str) -> Channel:
        """The channel of that id or `#name`.

        Raises:
            Refusal: `channel_not_found`.
        """
        wanted = id_or_name.removeprefix("#")
        found = self.channels.get(wanted) or self.named(wanted)
        if found is None:
            raise Refusal("channel_not_found")
        return found

    def named(self, name: str) -> Channel | None:
        """The channel of that name, archived or not."""
        return next(
            (one for one in self.channels.values() if one.name == name and not one.is_direct), None
        )

    def direct(self, people: Iterable[str]) -> Channel:
        """The direct conversation of these people, made when they first talk."""
        wanted = sorted(set(people))
        for channel in self.channels.values():
            if channel.is_direct and sorted(channel.members) == wanted:
                return channel
        kind: ChannelKind = "im" if len(wanted) <= 2 else "mpim"
        name = "-".join(self.users[who].name for who in wanted)
        return self.add_channel(name, kind=kind, creator=wanted[0], members=wanted)

    def now(self) -> int:
        """Seconds since the epoch by the workspace's clock."""
        return int(self.clock().timestamp())

    def stamp(self) -> str:
        """A new message's time stamp, later than every earlier one."""
        micros = max(int(self.clock().timestamp() * 1_000_000), self._last_ts + 100)
        self._last_ts = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def secret(self, prefix: str) -> str:
        """An id that nobody can guess."""
        return prefix + secrets.token_hex(12).upper()

    def changed(self, kind: str, **what: Any) -> None:
        """Tell the open pages what to draw again."""
        self.on_change({"kind": kind, **what})

    def event(self, kind: str, place: Channel | None, /, **fields: Any) -> None:
        """Tell the app, if it subscribed and, where a channel is named, is in it."""
        self.on_event({"type": kind, "event_ts": self.stamp(), **fields}, place)

    def say(self, channel: Channel, message: Message) -> Message:
        """Put a message where it belongs and tell everybody."""
        channel.messages[message.ts] = message
        parent = channel.messages.get(message.thread_ts or "")
        if parent is not None and parent.is_reply:
            # There are no threads within threads: an answer to an answer goes to the first message.
            message.thread_ts = parent.thread_ts
            parent = channel.messages.get(parent.thread_ts or "")
        if parent is not None and message.is_reply:
            parent.replies.append(message.ts)
            if message.user not in parent.repliers:
                parent.repliers.append(message.user)
        channel.read[message.user] = message.ts
        self.changed("message", channel=channel.id, ts=message.ts, thread=message.thread_ts)
        self.heard(channel, message)
        return message

    def heard(self, channel: Channel, message: Message) -> None:
        """The events of a new message: `message`, and `app_mention` where the bot is named."""
        wire = message.wire()
        del wire["type"]
        fields = {**wire, "channel": channel.id, "channel_type": channel.kind}
        self.event("message", channel, **fields)
        if f"<@{self.bot.id}>" in message.text and message.bot_id is None:
            del fields["channel_type"]
            self.event("app_mention", channel, **fields)

    def remark(self, channel: Channel, *, user: str, subtype: str, text: str) -> Message:
        """A line that the workspace itself writes: somebody joined, the topic changed."""
        return self.say(channel, Message(ts=self.stamp(), user=user, text=text, subtype=subtype))

    def enter(self, channel: Channel, user: User, *, inviter: str | None = None) -> None:
        """Somebody joins a channel."""
        channel.members.append(user.id)
        said = f"<@{user.id}> has joined the channel"
        self.remark(channel, user=user.id, subtype="channel_join", text=said)
        self.event(
            "member_joined_channel", channel, user=user.id, channel=channel.id,
            channel_type="C" if channel.kind == "channel" else "G", inviter=inviter,
        )  # fmt: skip
        self.changed("channels")

    def edited(self, channel: Channel, message: Message, before: Json) -> None:
        """Tell everybody that a message is not what it was."""
        if message.whispered_to is None:
            self.event(
                "message", channel, subtype="message_changed", ts=self.stamp(), hidden=True,
                message=message.wire(), previous_message=before, channel=channel.id,
                channel_type=channel.kind,
            )  # fmt: skip
        self.changed("message", channel=channel.id, ts=message.ts, thread=message.thread_ts)

    def remove(self, channel: Channel, message: Message) -> None:
        """Take a message out of its channel, its thread and its pins."""
        del channel.messages[message.ts]
        channel.pins.pop(message.ts, None)
        parent = channel.messages.get(message.thread_ts or "")
        if parent is not None and message.ts in parent.replies:
            parent.replies.remove(message.ts)
        self.event(
            "message", channel, subtype="message_deleted", ts=self.stamp(), hidden=True,
            deleted_ts=message.ts, previous_message=message.wire(), channel=channel.id,
            channel_type=channel.kind,
        )  # fmt: skip
        self.changed("message", channel=channel.id, ts=message.ts, thread=message.thread_ts)

    def message(self, channel: Channel, ts: str) -> Message:
        """The message of that time stamp.

        Raises:
            Refusal: `message_not_found`.
        """
        found = channel.messages.get(ts)
        if found is None:
            raise Refusal("message_not_found")
        return found


def _id(prefix: str, seed: str) -> str:
    """An id in Slack's look that depends on the seed alone, so that a restart finds it again."""
    return prefix + "0" + hashlib.sha256(seed.encode()).hexdigest()[:9].upper()
