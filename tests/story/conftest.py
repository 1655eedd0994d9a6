"""A workspace, a bot and a model's data: everything real, on 127.0.0.1."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.settings import read_settings
from bot.slack import manifest
from bot.wiring import Bot
from bot.workspace import LocalWorkspace, Member

TOKEN = "an-alert-token"
SETTINGS = """
[server]
port = 0

[slack]
announce = "#incidents"
mode = "{mode}"


[alerts.alertmanager]
bearer = "${{ALERTS_TOKEN}}"

[store]
path = "plummet.db"
settle_seconds = 1.0
"""


class SteppedClock:
    """A clock that a test moves."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self._now += timedelta(milliseconds=1)
            return self._now

    def forward(self, step: timedelta) -> None:
        with self._lock:
            self._now += step


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a story plays in."""

    folder: Path
    workspace: LocalWorkspace
    bot: Bot
    clock: SteppedClock
    serve: Callable[..., None]

    def member(self, handle: str) -> Member:
        return self.workspace.member(handle)

    def alert(self, **labels: str) -> httpx.Response:
        """Alertmanager says that something fires."""
        return self.deliver("firing", **labels)

    def deliver(self, status: str, **labels: str) -> httpx.Response:
        now = self.clock()
        body = {
            "version": "4",
            "groupKey": f"{{}}:{sorted(labels.items())}",
            "status": status,
            "receiver": "plummet",
            "groupLabels": {},
            "commonLabels": labels,
            "commonAnnotations": {},
            "externalURL": "http://alertmanager.example",
            "truncatedAlerts": 0,
            "alerts": [
                {
                    "status": status,
                    "labels": labels,
                    "annotations": {"summary": labels.get("alertname", "")},
                    "startsAt": now.isoformat(),
                    "endsAt": "0001-01-01T00:00:00Z",
                    "generatorURL": "http://prometheus.example/graph",
                    "fingerprint": f"{abs(hash(tuple(sorted(labels.items())))):016x}",
                }
            ],
        }
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return httpx.post(f"{self.bot.url}/alerts/alertmanager", json=body, headers=headers)


@pytest.fixture(params=["socket"])
def mode(request: pytest.FixtureRequest) -> str:
    """Slack by Socket Mode; a test may ask for `http`."""
    return str(request.param)


@pytest.fixture
def world(own_case: Path, mode: str, serve_rows: Callable[..., None]) -> Iterator[World]:
    """A model whose data broke a day ago, a workspace, and the bot between them."""
    path = own_case / "plummet.toml"
    path.write_text(path.read_text() + SETTINGS.format(mode=mode), encoding="utf-8")
    clock = SteppedClock(datetime.fromisoformat((own_case / "at.txt").read_text()))
    settings = read_settings(path)
    with LocalWorkspace(members=["maria", "li", "ben"], manifest=manifest(settings)) as workspace:
        bot = Bot.start(
            pointed_at(settings, workspace), clock=clock, environment=environment_of(workspace)
        )
        try:
            yield World(
                folder=own_case, workspace=workspace, bot=bot, clock=clock, serve=serve_rows
            )
        finally:
            bot.stop()


def pointed_at(settings: Any, workspace: LocalWorkspace) -> Any:
    slack = settings.slack.model_copy(update={"api_url": workspace.api_url})
    return settings.model_copy(update={"slack": slack})


def environment_of(workspace: LocalWorkspace) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_SIGNING_SECRET": workspace.signing_secret,
        "ALERTS_TOKEN": TOKEN,
    }
