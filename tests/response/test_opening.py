"""An incident is opened, whatever the chat does meanwhile."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import ChatError
from bot.incident import Incident, fold
from bot.incident.timeline import Opened
from bot.response.worker import perform
from tests.response.conftest import DOWN, REFUSED, Built, Died, House

OPENING = ("open_room", "post", "link", "invite", "pin", "bookmark", "set_topic")
POSTED = {"situation", "checklist", "announcement"}


def is_complete(house: House) -> bool:
    steps = Counter(house.chat.steps())
    return (
        set(steps.values()) == {1}
        and set(steps) >= POSTED
        and len(house.chat.rooms) == 1
        and {"maria", "li"} <= set(house.chat.invited)
        and bool(house.chat.pins and house.chat.bookmarks and house.chat.topics)
    )


def test_an_alert_opens_a_channel_with_its_cards_and_people(house: House) -> None:
    house.opened()

    assert is_complete(house)
    assert house.incident.room == "C1"
    assert house.desk.store.parked() == []


@pytest.mark.parametrize("method", OPENING)
def test_a_step_that_fails_once_is_done_once_in_the_end(house: House, method: str) -> None:
    house.chat.fails(method, error=DOWN, times=1)

    house.opened()
    house.later(120)

    assert is_complete(house)


@pytest.mark.parametrize("method", OPENING)
def test_a_step_whose_answer_was_lost_is_not_repeated(house: House, method: str) -> None:
    lost = ChatError("no answer", code="connection", uncertain=True)
    house.chat.fails(method, error=lost, times=1, landed=True)

    house.opened()
    house.later(120)

    assert is_complete(house)


@pytest.mark.parametrize("landed", [False, True])
@pytest.mark.parametrize("method", OPENING)
def test_a_process_that_dies_at_a_step_leaves_nothing_undone_or_done_twice(
    house: House, method: str, *, landed: bool
) -> None:
    house.chat.fails(method, error=Died(), times=1, landed=landed)
    house.alert()
    with pytest.raises(Died):
        house.work()

    house.restart()
    house.later(120)

    assert is_complete(house)
    assert fold(house.desk.store.timeline(house.incident.id)) == house.incident


@pytest.mark.parametrize("method", ["link", "invite", "pin", "bookmark", "set_topic", "edit"])
def test_what_is_refused_for_good_is_done_without(house: House, method: str) -> None:
    house.chat.fails(method, error=REFUSED)

    house.opened()

    assert set(house.chat.steps()) >= POSTED
    assert house.desk.store.parked() == []


def test_a_channel_that_was_archived_keeps_nobody_from_looking_at_the_data(
    sighted: House,
) -> None:
    sighted.chat.fails("post", "edit", "set_topic", "invite", "pin", "bookmark", error=REFUSED)

    incident = sighted.opened()

    assert incident.diagnosis is not None
    assert sighted.desk.store.parked() == []


def test_without_a_channel_the_announcement_says_so_and_the_job_waits_for_a_person(
    house: House,
) -> None:
    house.chat.fails("open_room", error=ChatError("no", code="restricted_action", permanent=True))

    house.opened()

    assert "Incident 1 has no channel of its own." in house.chat.words()
    (parked,) = house.desk.store.parked()
    house.chat.troubles.clear()
    house.desk.store.unpark(parked.id)
    house.work()
    assert house.incident.room == "C1"


def test_a_taken_name_gets_a_suffix(house: House) -> None:
    house.alert()
    alert = house.desk.store.take()
    assert alert is not None
    house.desk.store.fail(alert, reason="not yet", retry_at=house.clock())
    house.work()
    (name,) = house.chat.rooms

    house.chat.rooms = {name: ("C9", "another")}
    second = house.opened(metric="auc")

    assert second.room_name is not None
    assert second.room_name != name


def test_slacks_pace_is_kept(house: House) -> None:
    slow = ChatError("limited", code="ratelimited", retry_after=30)
    house.chat.fails("open_room", error=slow, times=1)
    house.opened()
    assert house.chat.calls["open_room"] == 1

    house.later(29)
    assert house.chat.calls["open_room"] == 1
    house.later(31)

    assert house.incident.room == "C1"


def test_whoever_is_limited_again_and_again_asks_ever_less_often(house: House) -> None:
    slow = ChatError("limited", code="ratelimited", retry_after=1)
    house.chat.fails("open_room", error=slow)
    house.opened()

    for _ in range(120):
        house.later(1)

    assert 4 < house.chat.calls["open_room"] < 10


def test_a_storm_of_alerts_opens_every_incident_in_the_end(house: House) -> None:
    slow = ChatError("limited", code="ratelimited", retry_after=1)
    house.chat.fails("open_room", error=slow, times=300)
    for number in range(30):
        house.alert(metric=f"metric{number}")
        house.later(8)  # no more in a minute than may have channels of their own

    for _ in range(40):
        house.later(60)

    incidents = house.desk.store.incidents(open_only=True)
    assert len(incidents) == len(house.chat.rooms) == 30
    assert all(incident.room for incident in incidents)
    assert house.desk.store.parked() == []


def test_nobody_is_asked_for_a_lead_twice(house: House) -> None:
    house.opened()

    house.later(700)
    house.later(700)

    assert house.chat.words().count("Nobody leads this incident yet") == 1


def test_somebody_who_leads_hears_no_reminder(house: House) -> None:
    house.opened()
    house.ask("role", role="lead")

    house.later(700)

    assert "Nobody leads" not in house.chat.words()


def test_people_who_cannot_be_found_are_named(house: House) -> None:
    del house.chat.people["li"]

    house.opened()

    assert "not invited: @li" in house.chat.words()


def test_an_alert_that_fires_again_joins(house: House) -> None:
    house.opened()
    house.alert()
    house.work()

    assert house.incident.firing == 2
    assert len(house.desk.store.incidents()) == 1


def test_an_alert_without_a_metric_is_about_the_models_own(house: House) -> None:
    house.opened()
    house.alert(metric=None)
    house.work()

    assert house.incident.firing == 2


def test_an_alert_after_the_resolution_opens_a_new_incident(house: House) -> None:
    first = house.opened()
    house.ask("resolve", cause="a feed")

    second = house.opened()

    assert second.id != first.id
    assert second.number == 2


def asleep(house: House, *, hours: float) -> Incident:
    """The incident of an alert that comes so much later, in which nothing else was done."""
    house.clock.forward(hours * 3600)
    house.alert()
    job = house.desk.store.take()
    while job and job.kind != "alert":
        house.desk.store.finish(job)
        job = house.desk.store.take()
    assert job is not None
    perform(house.desk, job)
    house.desk.store.finish(job)
    return house.incident


def test_an_open_incident_is_joined_for_48_hours_after_its_last_event(house: House) -> None:
    first = house.opened()

    assert asleep(house, hours=47).id == first.id
    assert asleep(house, hours=47).id == first.id
    assert asleep(house, hours=49).id != first.id


def test_the_window_is_the_configuration_s(build: Built, own_case: Path) -> None:
    path = own_case / "plummet.toml"
    path.write_text(path.read_text() + "\n[incidents]\nwindow_hours = 2\n")
    house = build(path)
    first = house.opened()

    assert asleep(house, hours=1).id == first.id
    assert asleep(house, hours=3).id != first.id


def test_an_alert_that_clears_is_noted_and_closes_nothing(house: House) -> None:
    house.opened()
    house.alert(status="resolved")
    house.work()

    assert house.incident.cleared == 1
    assert house.incident.is_open
    assert house.chat.words().count("the alert has cleared") == 1


def test_an_alert_of_a_model_that_left_the_configuration_is_not_lost(house: House) -> None:
    house.alert(model="gone")

    house.work()

    assert house.incident.model is None
    assert house.incident.playbook == "unknown-model"


def test_a_model_that_left_the_configuration_leaves_its_incident_working(house: House) -> None:
    house.opened()
    left = house.settings.model_copy(update={"models": {}})
    house.desk = replace(house.desk, settings=left)

    house.ask("severity", level="sev1")
    house.later(400)

    assert house.incident.severity == "sev1"
    assert house.desk.store.parked() == []


def test_the_timeline_has_the_alerts_link(house: House) -> None:
    house.opened()
    house.alert(link="https://monitor.example/2")
    house.work()

    entries = house.desk.store.timeline(house.incident.id)

    assert isinstance(entries[0].fact, Opened)
    assert entries[0].link == "https://monitor.example/1"
    assert "https://monitor.example/2" in [entry.link for entry in entries]


def test_data_that_cannot_be_read_is_said_once_and_tried_again(
    build: Built, own_case: Path
) -> None:
    hidden = own_case / "hidden"
    (own_case / "predictions").rename(hidden)
    house = build(own_case / "plummet.toml")
    house.opened()
    house.later(300)
    assert {finding.verdict for finding in house.incident.findings} == {"unknown"}
    assert house.chat.words().count("The data cannot be read") == 1

    hidden.rename(own_case / "predictions")
    house.later(300)

    diagnosis = house.incident.diagnosis
    assert diagnosis is not None
    assert diagnosis.best is not None
    assert diagnosis.best.cause == "missing_values"


def test_a_broken_playbook_is_told_to_the_channel(house: House, tmp_path: Path) -> None:
    house.opened()
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "accuracy-drop.yaml").write_text("says: x\nsections: []\nno: 1\n")

    house.ask("status")
    for _ in range(8):
        house.later(60)

    assert "accuracy-drop.yaml" in house.told()
    house.desk.refresh(house.incident.id)
    for _ in range(8):
        house.later(60)
    assert "The cards cannot be brought up to date." in house.chat.words()


def test_a_card_that_somebody_deleted_is_missed_once(house: House) -> None:
    house.opened()
    gone = ChatError("gone", code="message_not_found", permanent=True)
    house.chat.fails("edit", error=gone)

    house.ask("severity", level="sev1")
    edits = house.chat.calls["edit"]
    house.ask("severity", level="sev2")

    assert house.chat.words().count("Somebody deleted the situation card") == 1
    assert house.chat.calls["edit"] == edits
    assert house.desk.store.parked() == []
