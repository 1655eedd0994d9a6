"""Recorded deliveries, and senders as the configuration makes them."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.alerts import Sender, open_senders
from bot.settings import ModelSettings, Predictions, SenderSettings, Settings
from bot.settings.model import Columns

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)

Payload = Callable[[str], Any]
MakeSender = Callable[..., Sender]


@pytest.fixture(scope="session")
def payload() -> Payload:
    """The body of a recorded delivery, by its file's name."""
    folder = Path(__file__).parent / "payloads"
    return lambda name: json.loads((folder / f"{name}.json").read_text())["body"]


@pytest.fixture(scope="session")
def make_sender() -> MakeSender:
    """A sender from the keys of its table in the configuration; open unless it says otherwise."""

    def make(
        kind: str = "alertmanager",
        *,
        models: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
        now: Callable[[], datetime] = lambda: NOW,
        **keys: Any,
    ) -> Sender:
        if not keys.keys() & {"bearer", "basic", "token", "hmac_secret", "topics", "open"}:
            keys["open"] = True
        settings = Settings(
            folder=Path(),
            alerts={"am": SenderSettings(kind=kind, **keys)},
            models={name: _model() for name in models},
        )
        return open_senders(settings, environment=environment or {}, clock=now)["am"]

    return make


def _model() -> ModelSettings:
    columns = Columns(time="time", prediction="prediction", label="label")
    return ModelSettings(
        task="binary",
        metric="accuracy",
        predictions=Predictions(source="log", table="log", columns=columns),
    )
