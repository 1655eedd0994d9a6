"""A local stand-in for Slack: the unmodified Bolt app talks to it, and a person sees it."""

from bot.workspace.faults import Fault, Faults
from bot.workspace.member import Member
from bot.workspace.nouns import Profile
from bot.workspace.page import Control, Link
from bot.workspace.reader import Outcome, Seen
from bot.workspace.timing import Timing
from bot.workspace.workspace import LocalWorkspace

__all__ = [
    "Control",
    "Fault",
    "Faults",
    "Link",
    "LocalWorkspace",
    "Member",
    "Outcome",
    "Profile",
    "Seen",
    "Timing",
]
