"""Cards as Block Kit: pure functions from a value to a message that Slack accepts."""

from bot.slack.blocks.rendered import Rendered, render

__all__ = ["Rendered", "render"]
