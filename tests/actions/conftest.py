from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.actions import Target, open_rollbacks
from bot.settings import Settings

SECRETS = {"MLFLOW_TOKEN": "a-token", "HOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}

Opened = Callable[..., Target]


@pytest.fixture
def opened() -> Opened:
    """The rollback of model `fraud`, as these keys configure it."""

    def made(*, private: tuple[str, ...] = ("loopback",), **keys: Any) -> Target:
        return open_rollbacks(configured(private=private, **keys), environment=SECRETS)["fraud"]

    return made


def configured(*, private: tuple[str, ...] = ("loopback",), **keys: Any) -> Settings:
    columns = {"time": "t", "prediction": "p", "label": "l"}
    model = {
        "task": "binary", "metric": "accuracy", "actions": {"rollback": keys},
        "predictions": {"source": "x", "table": "y", "columns": columns},
    }  # fmt: skip
    return Settings.model_validate(
        {"folder": Path(), "models": {"fraud": model}, "outgoing": {"private": private}}
    )
