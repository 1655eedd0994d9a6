"""What a workspace is made of: people, channels, messages, views; each knows its wire form."""

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
"""A JSON object as it came over the wire, or as it goes out."""

ChannelKind = Literal["channel", "group", "im", "mpim"]
TEAM_ID = "T0PLUMMET"
APP_ID = "A0PLUMMET"
DOMAIN = "plummet-local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Somebody to put into a workspace."""

    handle: str
    real_name: str = ""
    title: str = ""
    email: str = ""


@dataclass(slots=True, kw_only=True)
class User:
    """A person of the workspace, or the bot."""

    id: str
    name: str
    real_name: str
    title: str
    email: str
    bot_id: str | None = None

    def wire(self) -> Json:
        """As `users.info` answers."""
        return {
            "id": self.id,
            "team_id": TEAM_ID,
            "name": self.name,
            "deleted": False,
            "real_name": self.real_name,
            "tz": "Etc/UTC",
            "tz_label": "UTC",
            "tz_offset": 0,
            "is_bot": self.bot_id is not None,
            "is_admin": False,
            "is_app_user": False,
            "updated": 0,
            "profile": self._profile(),
        }

    def _profile(self) -> Json:
        profile = {
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "title": self.title,
            "team": TEAM_ID,
        }
        if self.bot_id is not None:
            return profile | {"bot_id": self.bot_id, "api_app_id": APP_ID}
        return profile | {"email": self.email}

    def brief(self) -> Json:
        """As it stands in an interaction's payload."""
        return {"id": self.id, "username": self.name, "name": self.name, "team_id": TEAM_ID}


@dataclass(slots=True, kw_only=True)
class Message:
    """One message; `whispered_to` is the only person who sees an ephemeral one."""

    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    bot_id: str | None = None
    thread_ts: str | None = None
    subtype: str | None = None
    metadata: Json | None = None
    edited: Json | None = None
    broadcast: bool = False
    whispered_to: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    replies: list[str] = field(default_factory=list)
    repliers: list[str] = field(default_factory=list)

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread and not in the channel itself."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    def wire(self, *, metadata: bool = False) -> Json:
        """As `conversations.history` answers; `metadata` as with `include_all_metadata`."""
        found: Json = {
            "type": "message",
            "subtype": self.subtype,
            "user": self.user,
            "ts": self.ts,
            "text": self.text,
            "team": TEAM_ID,
            "bot_id": self.bot_id,
            "app_id": APP_ID if self.bot_id else None,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "files": self.files,
            "edited": self.edited,
            "thread_ts": self.ts if self.replies else self.thread_ts,
            "metadata": self.metadata if metadata else None,
        }
        if self.replies:
            found |= {"reply_count": len(self.replies), "reply_users": self.repliers}
            found |= {"reply_users_count": len(self.repliers), "latest_reply": self.replies[-1]}
        if self.reactions:
            found["reactions"] = [
                {"name": name, "users": users, "count": len(users)}
                for name, users in self.reactions.items()
            ]
        return {key: value for key, value in found.items() if value not in (None, [])}


@dataclass(slots=True, kw_only=True)
class Note:
    """A channel's topic or purpose, with who set it."""

    value: str = ""
    creator: str = ""
    last_set: int = 0

    def wire(self) -> Json:
        """As it stands inside a channel."""
        return {"value": self.value, "creator": self.creator, "last_set": self.last_set}


@dataclass(slots=True, kw_only=True)
class Channel:
    """A channel, private channel or direct conversation, with all that was said in it."""

    id: str
    name: str
    kind: ChannelKind
    created: int
    creator: str
    members: list[str] = field(default_factory=list)
    topic: Note = field(default_factory=Note)
    purpose: Note = field(default_factory=Note)
    archived: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    whispers: dict[str, Message] = field(default_factory=dict)
    pins: dict[str, Json] = field(default_factory=dict)
    bookmarks: dict[str, Json] = field(default_factory=dict)
    read: dict[str, str] = field(default_factory=dict)

    @property
    def is_direct(self) -> bool:
        """Whether it is a conversation between people rather than a channel with a name."""
        return self.kind in ("im", "mpim")

    def wire(self, *, seen_by: str) -> Json:
        """As `conversations.info` answers the user `seen_by`."""
        found: Json = {
            "id": self.id,
            "created": self.created,
            "creator": self.creator,
            "is_archived": self.archived,
            "is_im": self.kind == "im",
            "is_mpim": self.kind == "mpim",
            "is_org_shared": False,
            "context_team_id": TEAM_ID,
        }
        if self.kind == "im":
            return found | {"user": next((who for who in self.members if who != seen_by), seen_by)}
        return found | {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_private": self.kind != "channel",
            "is_general": self.name == "general",
            "is_member": seen_by in self.members,
            "is_shared": False,
            "is_ext_shared": False,
            "topic": self.topic.wire(),
            "purpose": self.purpose.wire(),
            "previous_names": [],
            "num_members": len(self.members),
        }


@dataclass(slots=True, kw_only=True)
class View:
    """An open modal, or somebody's App Home."""

    id: str
    user: str
    hash: str
    body: Json
    root: str
    previous: str | None = None
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def external_id(self) -> str:
        """The name the app gave it."""
        return str(self.body.get("external_id", ""))

    def wire(self, *, bot_id: str) -> Json:
        """As `views.open` answers and as a submission carries it."""
        return {
            "type": "modal",
            "callback_id": "",
            "private_metadata": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "close": None,
            "submit": None,
            "external_id": "",
            **self.body,
            "id": self.id,
            "team_id": TEAM_ID,
            "app_id": APP_ID,
            "app_installed_team_id": TEAM_ID,
            "bot_id": bot_id,
            "hash": self.hash,
            "root_view_id": self.root,
            "previous_view_id": self.previous,
            "state": {"values": self.values},
        }
