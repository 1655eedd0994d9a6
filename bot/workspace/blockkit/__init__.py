"""What Slack takes as blocks and views, and what it refuses; an opinion of our own.

The bot trims by its own table in `bot.slack`; this one refuses. Two opinions catch more.
"""

from bot.workspace.blockkit.blocks import check_blocks, fill_ids
from bot.workspace.blockkit.exam import Exam, Fault, Surface
from bot.workspace.blockkit.views import check_view

__all__ = ["Exam", "Fault", "Surface", "check_blocks", "check_view", "fill_ids"]
