"""What Slack tells us, by kind: each listener parses, keeps the request, then acknowledges."""

from slack_bolt import App

from bot.slack.listeners import actions, commands, events, shortcuts, views
from bot.slack.listeners.ears import Ears


def register(app: App, ears: Ears) -> None:
    """Have the app listen to everything that the manifest declares."""
    for part in (commands, actions, views, shortcuts, events):
        part.register(app, ears)


__all__ = ["Ears", "register"]
