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
def world(own_case: Path, mode: str, serve_rows: Callable[..., None]) -> Iterator[World]:
    """A model whose data broke a day ago, a workspace, and the bot between them."""
    path = own_case / "plummet.toml"
    port = free_port()
    path.write_text(path.read_text() + SETTINGS.format(mode=mode, port=port), encoding="utf-8")
    clock = SteppedClock(datetime.fromisoformat((own_case / "at.txt").read_text()))
    settings = read_settings(path)
    door = f"http://127.0.0.1:{port}/slack/events" if mode == "http" else None
    with LocalWorkspace(
        members=["maria", "li", "ben"], manifest=manifest(settings), request_url=door
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
