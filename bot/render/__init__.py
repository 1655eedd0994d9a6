"""Templates into text, and text made safe for where it goes."""

from bot.render.escaping import escape_markdown, escape_mrkdwn, one_line, safe_url
from bot.render.renderer import Renderer
from bot.render.wording import clock, day, duration, number, percent, utc

__all__ = [
    "Renderer",
    "clock",
    "day",
    "duration",
    "escape_markdown",
    "escape_mrkdwn",
    "number",
    "one_line",
    "percent",
    "safe_url",
    "utc",
]
