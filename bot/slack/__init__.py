"""The Slack edge: the only room (with the wiring) that knows slack_bolt and slack_sdk.

`app.build_bolt` hears people and `room.SlackChat` speaks; `socket_mode` and `http_mode` are the
two ways in. Bolt takes a while to import, so nobody imports this room before it is needed.
"""

from bot.slack.app import build_bolt
from bot.slack.blocks import Rendered, render
from bot.slack.doctor import prove_bot_token, slack_symptoms
from bot.slack.http_mode import dispatch
from bot.slack.manifest import manifest, manifest_yaml
from bot.slack.room import SlackChat
from bot.slack.socket_mode import SlackSocket
from bot.slack.tokens import Tokens, read_tokens

__all__ = [
    "Rendered",
    "SlackChat",
    "SlackSocket",
    "Tokens",
    "build_bolt",
    "dispatch",
    "manifest",
    "manifest_yaml",
    "prove_bot_token",
    "read_tokens",
    "render",
    "slack_symptoms",
]
