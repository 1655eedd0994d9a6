"""What the stories are played with: a clock, a world, an alert."""

import socket
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from bot.wiring import Bot
from bot.workspace import LocalWorkspace, Member, Timing

TOKEN = "an-alert-token"
SETTINGS = """
[server]
port = {port}
public_url = "http://127.0.0.1:{port}"

[slack]
announce = "#incidents"
mode = "{mode}"
edit_seconds = {spacing}

[alerts.alertmanager]
bearer = "${{ALERTS_TOKEN}}"

[store]
path = "plummet.db"
settle_seconds = 1.0
"""


PATIENT = Timing(ack=20, trigger=20)
"""No measurement: the tests of the listeners hold Slack's own three seconds."""


class SteppedClock:
    """A clock that a test moves on; between the moves it runs, or nothing put off would come due.

    What Slack refuses for two seconds is tried again after them by this clock: one that stood
    still would leave such a job undone for ever, on a slow machine only.
    """

    def __init__(self, start: datetime) -> None:
        self._began = time.monotonic()
        self._start = start
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            return self._start + timedelta(seconds=time.monotonic() - self._began)

    def forward(self, step: timedelta) -> None:
        with self._lock:
            self._start += step


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
        body = alert_body(status, labels, starts_at=self.clock())
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return httpx.post(
            f"{self.bot.url}/alerts/alertmanager", json=body, headers=headers, timeout=60
        )


def alert_body(
    status: str, labels: dict[str, str], *, starts_at: datetime = datetime(2026, 3, 14, tzinfo=UTC)
) -> dict[str, Any]:
    """A delivery of Alertmanager's."""
    return {
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
                "startsAt": starts_at.isoformat(),
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "http://prometheus.example/graph",
                "fingerprint": f"{zlib.crc32(repr(sorted(labels.items())).encode()):016x}",
            }
        ],
    }


def free_port() -> int:
    """A port that is free now; Slack has to know the bot's address before the bot runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
