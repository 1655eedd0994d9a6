"""A first look stands on the card until the diagnosis takes its place; rollups keep to a timer."""

import logging
from pathlib import Path

import pytest

from bot.cards import Situation
from bot.response import begin_rollups
from bot.response.board import refresh
from bot.response.worker import perform
from bot.settings import read_settings
from bot.slack.blocks.situation import situation
from bot.store.rollups import Rollups
from tests.response.conftest import Built, House


def until_investigated(house: House) -> Situation:
    """Everything up to the first look; the card as it reads then."""
    house.alert()
    while True:
        job = house.desk.store.take()
        assert job is not None
        if job.kind == "investigate":
            break
        perform(house.desk, job)
        house.desk.store.finish(job)
    refresh(house.desk, house.incident.id)
    card = house.chat.card("situation")
    assert isinstance(card, Situation)
    perform(house.desk, job)
    house.desk.store.finish(job)
    house.work()
    return card


def test_the_card_says_what_a_sample_says_until_there_is_a_diagnosis(sighted: House) -> None:
    early = until_investigated(sighted)
    late = sighted.chat.card("situation")

    assert early.first_look.startswith("first look (preliminary, ")
    assert "accuracy" in early.first_look
    assert "distance (missing" in early.first_look
    assert early.first_look in situation(early)[1][1]["text"]["text"]
    assert isinstance(late, Situation)
    assert late.incident.diagnosis is not None
    assert late.first_look == ""
    assert "first look" not in str(situation(late))


def test_data_that_cannot_be_looked_at_costs_nothing(house: House) -> None:
    card = until_investigated(house)

    assert card.first_look == ""
    assert house.desk.store.parked() == []


@pytest.fixture
def rolling(build: Built, own_case: Path) -> House:
    """A house that brings the rollup of its model up to date every quarter of an hour."""
    path = own_case / "plummet.toml"
    words = path.read_text("utf-8").replace(
        'owner = "@maria"', 'owner = "@maria"\nrollup_minutes = 15'
    )
    path.write_text(words, encoding="utf-8")
    return build(path)


def test_a_rollup_is_counted_at_the_start_and_every_so_often(
    rolling: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    begin_rollups(rolling.desk)
    begin_rollups(rolling.desk)

    rolling.work()
    rolling.later(14 * 60)
    once = [line for line in caplog.messages if line.startswith("rollup of delays")]
    rolling.later(60)
    twice = [line for line in caplog.messages if line.startswith("rollup of delays")]

    assert len(once) == 1
    assert len(twice) == 2
    assert ": 0 of " in twice[1]


def test_the_first_look_is_the_rollups_where_there_is_one(rolling: House) -> None:
    begin_rollups(rolling.desk)
    rolling.work()

    card = until_investigated(rolling)

    assert card.first_look.startswith("first look (from the rollup, all 14,000 rows up to ")
    assert "largest movement: distance" in card.first_look


def test_by_default_there_is_none(sighted: House) -> None:
    begin_rollups(sighted.desk)
    sighted.work()

    settings = read_settings(sighted.settings.folder / "plummet.toml")
    assert not Rollups.there(settings.path(settings.store.path))
