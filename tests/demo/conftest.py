from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.demo import flights, model
from bot.demo.clock import SimulatedClock
from bot.demo.flights import Frame
from bot.demo.model import Model
from bot.demo.stream import Stream
from bot.demo.world import World

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture(scope="session")
def training() -> Frame:
    return flights.load()[0]


@pytest.fixture(scope="session")
def served() -> Frame:
    return flights.load()[1]


@pytest.fixture(scope="session")
def models(training: Frame) -> dict[str, Model]:
    return model.train(training)


@pytest.fixture(scope="session")
def stream(served: Frame) -> Stream:
    return Stream(served, monday=MONDAY)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world that stands still until a test lets time leap."""
    return World(tmp_path, clock=SimulatedClock(datetime(2026, 11, 21, 21, tzinfo=UTC), rate=0))
