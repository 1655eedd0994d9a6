"""What the bot may do to a team's own systems; each kind of action is a file."""

from bot.actions.opened import open_rollbacks
from bot.actions.target import Target, Wish

__all__ = ["Target", "Wish", "open_rollbacks"]
