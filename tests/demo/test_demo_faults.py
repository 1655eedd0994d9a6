"""What the demo breaks, the diagnosis names: one of its own data sets, every way."""

from datetime import timedelta

import pytest

from bot.demo.configuration import write_configuration
from bot.demo.faults import FAULTS
from bot.demo.world import World
from bot.diagnosis import diagnose
from bot.settings import read_settings
from bot.sources import open_sources


@pytest.mark.parametrize("hours", [24, 36])
@pytest.mark.parametrize("name", sorted(FAULTS))
def test_the_cause_of_a_fault_comes_first(world: World, name: str, hours: int) -> None:
    fault = world.break_model(name)
    for _ in range(hours // 4):
        world.clock.leap(timedelta(hours=4))
        world.step()
    settings = read_settings(write_configuration(world.folder))

    with open_sources(settings) as sources:
        found = diagnose(settings, "delays", sources=sources, at=world.clock())

    assert found.hypotheses[0].cause == fault.cause
