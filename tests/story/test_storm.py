"""More alerts than people could look at, through every real part."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.incident import Incident
from bot.response.storm import STORM

if TYPE_CHECKING:
    from tests.story.stage import World


@pytest.mark.parametrize("rate_limits", [True])
def test_a_storm_is_one_channel_with_a_list_that_slack_takes(world: "World") -> None:
    ben = world.member("ben")
    for number in range(60):
        answer = world.alert(alertname=f"Drift <!channel> of a model with a long name {number:02}")
        assert answer.status_code == 202

    ben.sees("#incidents", "Alert storm: more than 9 incidents within a minute", within=60)
    world.clock.forward(timedelta(seconds=10))
    storm = the_storm(world)
    room = storm.room_name or ""
    seen = world.member("maria").sees(room, "51 alerts about 51 things", within=60)

    channels = {each["name"]: each["messages"] for each in world.workspace.state()["channels"]}
    (listed,) = (message for message in channels[room] if message["ts"] == seen.ts)
    assert "and 26 more" in json.dumps(listed["blocks"])
    assert "<!channel>" not in json.dumps(listed["blocks"])
    assert len([name for name in channels if name.startswith("inc-")]) == 10
    assert world.bot.store.parked() == []


def the_storm(world: "World") -> Incident:
    (storm,) = (one for one in world.bot.store.incidents() if one.key == STORM)
    return storm
