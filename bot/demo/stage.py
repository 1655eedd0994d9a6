"""Everything a demo needs, built and running: the workspace, the bot, the world, the monitor."""

import logging
import secrets
import socket
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.demo.clock import SimulatedClock
from bot.demo.configuration import ALERT_TOKEN_VARIABLE, ANNOUNCE, MODEL, write_configuration
from bot.demo.faults import FAULTS
from bot.demo.monitor import Monitor
from bot.demo.pace import IDLE
from bot.demo.world import World
from bot.errors import SettingsError
from bot.settings import Settings, read_settings
from bot.slack import manifest
from bot.sources import open_sources
from bot.wiring import Bot
from bot.workspace import Control, LocalWorkspace

_AGO = timedelta(days=7)
"""So long ago the play begins: its time runs ahead, and `plummet doctor` would find rows of
tomorrow in the folder that it leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What the play acts on."""

    folder: Path
    clock: SimulatedClock
    workspace: LocalWorkspace
    bot: Bot
    world: World
    monitor: Monitor


@contextmanager
def set_up(*, folder: Path | None, port: int, speed: float) -> Iterator[Stage]:
    """Build everything and start it; stop it in order at the end.

    Raises:
        PlummetError: The folder is in use, a port is taken, or the bot cannot start.
    """
    place = _empty(folder)
    clock = SimulatedClock(datetime.now(UTC) - _AGO, rate=0)
    with ExitStack() as stack:
        stack.enter_context(_logging(place / "plummet.log"))
        pool = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="demo"))
        world_made = pool.submit(World, place, clock=clock)
        bots_port = _free_port()
        workspace = stack.enter_context(_workspace(place, port, bots_port, clock, world_made))
        settings = read_settings(
            write_configuration(place, api_url=workspace.api_url, port=bots_port)
        )
        token = secrets.token_urlsafe(16)
        bot = Bot.start(settings, clock=clock, environment=_environment(workspace, token))
        stack.callback(bot.stop)
        world = world_made.result()
        stack.callback(world.stop)
        monitor = Monitor(world, url=f"{bot.url}/alerts/alertmanager", token=token)
        stack.callback(monitor.stop)
        pool.submit(_warm_up, settings)
        clock.run(rate=IDLE * speed)
        world.start()
        monitor.start()
        yield Stage(
            folder=place, clock=clock, workspace=workspace, bot=bot, world=world, monitor=monitor
        )


def _workspace(
    folder: Path, port: int, bots_port: int, clock: SimulatedClock, world: Future[World]
) -> LocalWorkspace:
    """The stand-in for Slack, with the app as its manifest describes it.

    Its limits count real seconds, in which the demo puts hours; so it has none.
    """
    settings = read_settings(write_configuration(folder, port=bots_port))
    return LocalWorkspace(
        port=port,
        channels=("general", ANNOUNCE),
        clock=clock,
        rate_limits=False,
        manifest=manifest(settings),
        controls=_controls(world),
        controls_title="Break the model",
    )


def _environment(workspace: LocalWorkspace, token: str) -> dict[str, str]:
    """What a team would set before it starts the bot."""
    return {
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_SIGNING_SECRET": workspace.signing_secret,
        ALERT_TOKEN_VARIABLE: token,
    }


@contextmanager
def _logging(path: Path) -> Iterator[None]:
    """Keep what the bot logs in a file, so that the terminal shows the story only."""
    root = logging.getLogger()
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


def _empty(folder: Path | None) -> Path:
    """The folder to keep everything in: a new one, or the one that was named and is empty."""
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="plummet-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise SettingsError(f"--folder {folder} is not empty; name a new one")
    return folder.resolve()


def _controls(world: Future[World]) -> tuple[Control, ...]:
    """What the page offers: every way to break the model, and the way back."""

    def breaking(name: str) -> Control:
        return Control(
            name=name,
            says=FAULTS[name].says,
            run=lambda: world.result().break_model(name).says,
        )

    def mend() -> str:
        mended = world.result().repair()
        return f"Repaired: {mended.undo.what}." if mended else "Nothing is broken."

    repair = Control(name="repair", says="Take back whatever was broken.", run=mend)
    return (*(breaking(name) for name in FAULTS), repair)


def _warm_up(settings: Settings) -> None:
    """Import what the first examination wants while everybody waits for the alert."""
    with open_sources(settings) as sources:
        sources.table(settings.model(MODEL).predictions).count().to_pyarrow()


def _free_port() -> int:
    """A port for the bot that is free now; its address goes into links, so it must be known."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
