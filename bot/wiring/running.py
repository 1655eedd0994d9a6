"""One process from its start to the signal that ends it."""

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from bot.settings import Settings
from bot.slack import manifest
from bot.wiring.bot import Bot
from bot.workspace import LocalWorkspace

Says = Callable[[str], object]


def run_until_stopped(settings: Settings, *, local: bool, says: Says) -> None:
    """Run the bot until SIGINT or SIGTERM; with `local`, against a stand-in for Slack.

    Raises:
        PlummetError: Something cannot start; says what and where.
    """
    ended = threading.Event()
    _log_to_stderr()

    def end(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_DFL)  # whoever cannot wait may ask again
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    with _workspace(settings, local=local, says=says) as (reached, environment):
        bot = Bot.start(reached, environment=environment)
        try:
            for sender in settings.alerts or ("… none configured: add [alerts.alertmanager]",):
                says(f"Alerts     {bot.url}/alerts/{sender}")
            says(f"Store      {settings.path(settings.store.path)}")
            says("Plummet is running; Ctrl-C stops it.")
            ended.wait()
            says("Stopping: finishing what is under way. Again to end at once; nothing is lost.")
        finally:
            bot.stop()


def _log_to_stderr() -> None:
    """What the bot does, for whoever runs the process; of the libraries only what is wrong."""
    form = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
    logging.basicConfig(level=logging.WARNING, format=form)
    logging.getLogger("bot").setLevel(logging.INFO)


@contextmanager
def _workspace(
    settings: Settings, *, local: bool, says: Says
) -> Iterator[tuple[Settings, Mapping[str, str]]]:
    """Slack itself, or the stand-in with everybody whom the configuration names."""
    if not local:
        yield settings, os.environ
        return
    slack = settings.slack.model_copy(update={"mode": "socket"})
    handles = {"you"}
    for model in settings.models.values():
        handles |= {name.removeprefix("@") for name in (model.owner, *model.experts) if name}
    announce = (slack.announce or "incidents").removeprefix("#")
    with LocalWorkspace(
        members=sorted(handles),
        channels=("general", announce),
        manifest=manifest(settings.model_copy(update={"slack": slack})),
    ) as workspace:
        says(f"Page       {workspace.url}")
        slack = slack.model_copy(update={"api_url": workspace.api_url, "announce": announce})
        tokens = {
            "SLACK_BOT_TOKEN": workspace.bot_token,
            "SLACK_APP_TOKEN": workspace.app_token,
            "SLACK_SIGNING_SECRET": workspace.signing_secret,
        }
        yield settings.model_copy(update={"slack": slack}), os.environ | tokens
