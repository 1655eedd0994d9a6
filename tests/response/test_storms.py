"""Alerts that come and go, and more of them than people could look at."""

import itertools

from bot.cards import Notice
from bot.incident import Incident
from bot.incident.timeline import AlertJoined
from bot.response.storm import STORM
from bot.response.worker import perform
from tests.response.conftest import House


def storms(house: House) -> list[Incident]:
    return [one for one in house.desk.store.incidents(open_only=False) if one.key == STORM]


def listed(house: House) -> Notice:
    card = house.chat.card("storm")
    assert isinstance(card, Notice)
    return card


def test_an_alert_that_comes_and_goes_is_one_incident_with_a_counter(house: House) -> None:
    house.opened()
    for _ in range(6):
        house.alert(status="resolved")
        house.work()
        house.alert()
        house.work()

    (incident,) = house.desk.store.incidents(open_only=False)
    assert (incident.firing, incident.cleared) == (7, 6)
    assert house.chat.steps().count("cleared") == 1
    assert house.chat.steps().count("flapping") == 1
    card = house.chat.card("flapping")
    assert isinstance(card, Notice)
    assert card.says == "The alert comes and goes: fired 7×, cleared 6×."


def test_an_end_that_names_no_model_finds_what_it_ends_by_its_thread(house: House) -> None:
    house.opened(thread="alert 1")
    house.alert(model=None, metric=None, title="Closed", status="resolved", thread="alert 1")
    house.work()

    assert house.incident.cleared == 1


def test_an_end_of_another_thread_ends_nothing(house: House) -> None:
    house.opened(thread="alert 1")
    house.alert(model=None, metric=None, title="Closed", status="resolved", thread="alert 2")
    house.work()

    assert house.incident.cleared == 0


def test_a_storm_opens_no_more_channels_than_allowed_and_loses_no_alert(house: House) -> None:
    most = house.settings.incidents.channels_a_minute
    for number in range(60):
        house.alert(metric=f"metric{number}")

    house.work()
    house.later(10)

    (storm,) = storms(house)
    own = house.desk.store.incidents(open_only=False, limit=1_000)
    assert len(own) == len(house.chat.rooms) == most
    assert storm.firing == 60 - (most - 1)
    joined = [
        entry.fact.alert.metric
        for entry in house.desk.store.timeline(storm.id)
        if isinstance(entry.fact, AlertJoined)
    ]
    alone = {one.key.metric for one in own if one.id != storm.id}
    assert {*joined, *alone} == {f"metric{number}" for number in range(60)}
    assert house.desk.store.parked() == []


def test_no_minute_of_a_long_storm_has_more_channels_than_allowed(house: House) -> None:
    most = house.settings.incidents.channels_a_minute
    for number in range(90):
        house.alert(metric=f"metric{number}")
        house.later(2)

    opened = sorted(
        one.opened_at for one in house.desk.store.incidents(open_only=False, limit=1_000)
    )
    assert len(opened) > most
    for first, last in zip(opened, itertools.islice(opened, most, None), strict=False):
        assert (last - first).total_seconds() > 60


def test_the_storm_says_in_one_message_what_is_in_it(house: House) -> None:
    for number in range(60):
        house.alert(metric=f"metric{number:02}")
    house.work()
    house.later(10)
    house.alert(metric="metric59")
    house.alert(metric="metric58", status="resolved")
    house.later(10)

    assert house.chat.steps().count("storm") == 1
    card = listed(house)
    assert card.says == "52 alerts about 51 things are in this storm."
    assert card.lines[0] == "delays metric59: fired 2×"
    assert card.lines[-1] == "and 26 more; the timeline has every one"
    assert storms(house)[0].cleared == 1


def test_what_is_in_a_storm_stays_in_it_after_the_minute(house: House) -> None:
    for number in range(20):
        house.alert(metric=f"metric{number:02}")
    house.work()
    before = len(house.chat.rooms)

    house.later(600)
    house.alert(metric="metric19")
    house.work()

    assert len(house.chat.rooms) == before
    assert storms(house)[0].firing == 12


def test_after_the_storm_an_alert_opens_its_own_incident_again(house: House) -> None:
    for number in range(20):
        house.alert(metric=f"metric{number:02}")
    house.work()

    house.later(61)
    house.alert(metric="another")
    house.work()

    assert house.incident.key.metric == "another"


def test_a_process_that_dies_in_a_storm_counts_no_alert_twice(house: House) -> None:
    for number in range(20):
        house.alert(metric=f"metric{number:02}")
    for _ in range(12):
        job = house.desk.store.take()
        assert job is not None
        perform(house.desk, job)
        # It dies before the job is finished, so the job runs again.
        house.restart()

    house.work()

    assert storms(house)[0].firing == 11
    assert len(house.desk.store.incidents(open_only=False)) == 10
