"""The names that the cards, the modals, the listeners and the manifest share."""

from dataclasses import dataclass
from typing import Final, Literal

COMMAND: Final = "/incident"
PIN: Final = "pushpin"

# Buttons and selects. Those of `Press` are asked for at once; those of `Open` open a modal.
SEVERITY: Final = "press.severity"
LEAD: Final = "press.lead"
REOPEN: Final = "press.reopen"
POSTMORTEM: Final = "press.postmortem"
ANSWER: Final = "press.answer"
CHOOSE: Final = "press.choose"
STEP_TAKE: Final = "press.step_take"
STEP_DONE: Final = "press.step_done"
ACTION_DONE: Final = "press.action_done"
ROLLBACK: Final = "press.rollback"
APPROVE: Final = "press.approve"
DECLINE: Final = "press.decline"
OPEN_NEW: Final = "open.new"
OPEN_FINDING: Final = "open.finding"
OPEN_ACTION: Final = "open.action"
OPEN_MITIGATE: Final = "open.mitigate"
OPEN_RESOLVE: Final = "open.resolve"
OPEN_RUN: Final = "open.run"
OPEN_ANSWER: Final = "open.answer"
FOLLOW: Final = "follow"
"""A button that is only a link; Slack reports its press all the same."""

# Modals, by callback id.
NEW_VIEW: Final = "view.new"
FINDING_VIEW: Final = "view.finding"
ACTION_VIEW: Final = "view.action"
MITIGATE_VIEW: Final = "view.mitigate"
RESOLVE_VIEW: Final = "view.resolve"
RUN_VIEW: Final = "view.run"
ANSWER_VIEW: Final = "view.answer"
VIEWS: Final = (
    NEW_VIEW, FINDING_VIEW, ACTION_VIEW, MITIGATE_VIEW, RESOLVE_VIEW, RUN_VIEW, ANSWER_VIEW,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """An entry of Slack's shortcut menu or of a message's menu."""

    callback_id: str
    kind: Literal["global", "message"]
    name: str
    description: str


OPEN_SHORTCUT: Final = Shortcut(
    callback_id="shortcut.open", kind="global", name="Open an incident",
    description="Say which model misbehaves; Plummet opens a channel and looks into it",
)  # fmt: skip
FINDING_SHORTCUT: Final = Shortcut(
    callback_id="shortcut.finding", kind="message", name="Add finding to incident",
    description="Put this message on the incident's timeline as a finding",
)  # fmt: skip
SHORTCUTS: Final = (OPEN_SHORTCUT, FINDING_SHORTCUT)

EVENTS: Final[dict[str, tuple[str, ...]]] = {
    "reaction_added": ("reactions:read",),
    "app_home_opened": (),
}
"""Event the app subscribes to = scopes it needs."""

METHODS: Final[dict[str, tuple[str, ...]]] = {
    "auth.test": (),
    "bookmarks.add": ("bookmarks:write",),
    "bookmarks.edit": ("bookmarks:write",),
    "bookmarks.list": ("bookmarks:read",),
    "chat.getPermalink": (),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write", "chat:write.public"),
    "chat.update": ("chat:write",),
    "conversations.create": ("channels:manage",),
    "conversations.history": ("channels:history",),
    "conversations.invite": ("channels:manage",),
    "conversations.list": ("channels:read",),
    "conversations.replies": ("channels:history",),
    "conversations.setPurpose": ("channels:manage",),
    "conversations.setTopic": ("channels:manage",),
    "pins.add": ("pins:write",),
    "users.info": ("users:read",),
    "users.list": ("users:read", "users:read.email"),
    "views.open": (),
    "views.publish": (),
}
"""Web API method the bot calls = bot scopes it needs.

`chat:write.public` is for announcements in a channel that nobody invited the bot to,
`users:read.email` for owners named by their e-mail address.
"""

SCOPES: Final[tuple[str, ...]] = tuple(
    sorted({"commands"}.union(*METHODS.values(), *EVENTS.values()))
)
"""Every bot scope; `commands` carries slash commands and shortcuts."""
