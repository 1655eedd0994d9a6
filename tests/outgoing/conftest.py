"""A server on loopback that answers as a test wants, and remembers what it was asked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.outgoing import Endpoint
from bot.settings import OutgoingSettings, Settings
from tests.loopback import Answer, Asked, answering


@dataclass
class Service:
    """Its address; `answers` are given one after the other, the last one for ever."""

    url: str = ""
    answers: list[Answer] = field(default_factory=lambda: [Answer.of({})])
    asked: list[Asked] = field(default_factory=list)

    def says(self, *statuses: int, body: object = None, **headers: str) -> None:
        """Answer with these statuses in turn."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers = [Answer.of(body or {}, status=status, headers=told) for status in statuses]

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    with answering(made.answer) as made.url:
        yield made


def allowing(*private: Any) -> Settings:
    return Settings(folder=Path(), outgoing=OutgoingSettings(private=private))


@pytest.fixture
def endpoint(service: Service) -> Endpoint:
    return Endpoint.of(allowing("loopback"), service.url, where="sources.x.url", seconds=2)
