"""The Slack edge: the only room (with the wiring) that knows slack_bolt and slack_sdk.

`SlackEdge` is both ways of it: `chat` speaks, the Bolt app hears. Bolt takes a while to import,
so nobody imports this room before it is needed.
"""

from bot.slack.app import build_bolt
from bot.slack.blocks import Rendered, render
from bot.slack.doctor import examine_slack
from bot.slack.edge import SlackEdge
from bot.slack.manifest import manifest_yaml
from bot.slack.room import SlackChat
from bot.slack.tokens import Tokens, read_tokens

__all__ = [
    "Rendered",
    "SlackChat",
    "SlackEdge",
    "Tokens",
    "build_bolt",
    "examine_slack",
    "manifest_yaml",
    "read_tokens",
    "render",
]
