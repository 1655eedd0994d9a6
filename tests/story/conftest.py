"""A workspace, a bot and a model's data: everything real, on 127.0.0.1."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bot.settings import read_settings
from bot.slack import manifest
from bot.wiring import Bot
from bot.workspace import LocalWorkspace
from tests.story.stage import (
    PATIENT,
    SETTINGS,
    SteppedClock,
    World,
    environment_of,
    free_port,
    pointed_at,
)


@pytest.fixture(params=["socket"])
def mode(request: pytest.FixtureRequest) -> str:
    """Slack by Socket Mode; a test may ask for `http`."""
    return str(request.param)


@pytest.fixture
def rate_limits() -> bool:
    """Whether Slack limits calls and cards keep their distance; a test that holds it says so."""
    return False


@pytest.fixture
def more_settings() -> str:
    """What a test adds to the configuration."""
    return ""


@pytest.fixture
def world(
    *,
    own_case: Path,
    mode: str,
    rate_limits: bool,
    more_settings: str,
    serve_rows: Callable[..., None],
) -> Iterator[World]:
    """A model whose data broke a day ago, a workspace, and the bot between them."""
    path = own_case / "plummet.toml"
    port = free_port()
    settled = SETTINGS.format(mode=mode, port=port, spacing=1.5 if rate_limits else 0.1)
    path.write_text(path.read_text() + settled + more_settings, encoding="utf-8")
    clock = SteppedClock(datetime.fromisoformat((own_case / "at.txt").read_text()))
    settings = read_settings(path)
    door = f"http://127.0.0.1:{port}/slack/events" if mode == "http" else None
    with LocalWorkspace(
        members=["maria", "li", "ben"],
        manifest=manifest(settings),
        request_url=door,
        rate_limits=rate_limits,
        timing=PATIENT,
    ) as workspace:
        bot = Bot.start(
            pointed_at(settings, workspace), clock=clock, environment=environment_of(workspace)
        )
        try:
            yield World(
                folder=own_case, workspace=workspace, bot=bot, clock=clock, serve=serve_rows
            )
        finally:
            bot.stop()
