"""The threads that take jobs."""

import time
from collections.abc import Callable

from bot.incident import Incident
from bot.response import Worker, accept
from tests.response.conftest import House


def eventually(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)


def test_threads_open_an_incident_and_stop_when_they_are_told(house: House) -> None:
    worker = Worker(threads=3)
    worker.start(house.desk)
    house.alert()

    eventually(lambda: bool(house.desk.store.incidents()) and bool(house.incident.room))
    assert worker.symptom() is None
    worker.stop()

    assert worker.symptom() == "0 of 3 threads work"


def test_a_store_that_is_closed_ends_no_thread_with_a_defect(house: House) -> None:
    worker = Worker(threads=2)
    worker.start(house.desk)
    house.desk.store.close()
    time.sleep(0.2)

    assert worker.symptom() is None
    worker.stop()


def test_presses_and_commands_of_many_people_at_once_are_all_numbered(house: House) -> None:
    incident: Incident = house.opened()
    worker = Worker(threads=6)
    worker.start(house.desk)

    for number in range(12):
        accept(house.desk.store, house.request("action.add", says=f"thing {number}"))
    eventually(lambda: len(house.incident.actions) == 12)
    worker.stop()

    assert [item.number for item in house.incident.actions] == list(range(1, 13))
    assert house.incident.id == incident.id
