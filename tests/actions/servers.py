"""A registry and a webhook on loopback: real HTTP, with the shapes that MLflow 3.17 answers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.loopback import Answer, Asked, answering

ALIAS = "/api/2.0/mlflow/registered-models/alias"
SEARCH = "/api/2.0/mlflow/model-versions/search"


@dataclass(kw_only=True)
class Registry:
    """One registered model with an alias; `fails` is what the moves meet, in turn.

    A failure is a status, or the word `lost` where the move is made and no answer comes.
    """

    name: str = "fraud"
    alias: str = "champion"
    live: str = "2"
    ready: tuple[str, ...] = ("1", "2")
    broken: tuple[str, ...] = ()
    fails: list[int | str] = field(default_factory=list)
    told: list[Asked] = field(default_factory=list)
    url: str = ""

    @property
    def moves(self) -> list[Asked]:
        return [one for one in self.told if one.method == "POST"]

    def answer(self, told: Asked) -> tuple[int, object]:
        if told.method == "POST":
            return self._moved(told)
        if told.path == ALIAS:
            if (told.query["name"], told.query["alias"]) != (self.name, self.alias):
                message = f"Registered model alias {told.query['alias']} not found."
                return 400, {"error_code": "INVALID_PARAMETER_VALUE", "message": message}
            return 200, {"model_version": self._version(self.live)}
        assert told.path == SEARCH
        assert told.query["filter"] == f"name='{self.name}'"
        known = [self._version(one) for one in self.ready]
        known += [self._version(one) | {"status": "FAILED_REGISTRATION"} for one in self.broken]
        return 200, {"model_versions": known}

    def _moved(self, told: Asked) -> tuple[int, object]:
        wanted = json.loads(told.text)
        meets = self.fails.pop(0) if self.fails else 200
        if meets in {200, "lost"}:
            assert set(wanted) == {"name", "alias", "version"}
            self.live = wanted["version"]
        if meets == "lost":
            return 0, None
        error = {"error_code": "X", "message": f"it says {meets}"}
        return int(meets), {} if meets == 200 else error

    def _version(self, version: str) -> dict[str, Any]:
        return {
            "name": self.name, "version": version, "creation_timestamp": 1795289907196,
            "last_updated_timestamp": 1795289909788, "current_stage": "None", "description": "",
            "run_id": "a633917ba8b44ff9a8982534ee5a9542", "status": "READY", "run_link": "",
            "aliases": [self.alias] if version == self.live else [],
        }  # fmt: skip


@dataclass(kw_only=True)
class Hook:
    """A team's own webhook; a key that it knows already is done no second time."""

    fails: list[int | str] = field(default_factory=list)
    told: list[Asked] = field(default_factory=list)
    done: dict[str, str] = field(default_factory=dict)
    url: str = ""

    def answer(self, told: Asked) -> tuple[int, object]:
        meets = self.fails.pop(0) if self.fails else 200
        if meets in {200, "lost"}:
            self.done.setdefault(told.headers["idempotency-key"], told.text)
        if meets == "lost":
            return 0, None
        return int(meets), {"message": f"it says {meets}"}


@contextmanager
def serving(service: Registry | Hook) -> Iterator[None]:
    """Have it answer at its `url`."""

    def answer(asked: Asked) -> Answer | None:
        service.told.append(asked)
        status, body = service.answer(asked)
        return Answer.of(body, status=status) if status else None

    with answering(answer) as service.url:
        yield
