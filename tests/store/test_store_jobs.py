"""Jobs: lanes, keys, due times, attempts, parking."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store import Job, Store
from tests.store.conftest import HandClock

AtOnce = Callable[[int, Callable[[int], object]], None]


def taken(store: Store) -> Job:
    job = store.take()
    assert job is not None
    return job


def test_a_job_comes_back_as_it_went_in(store: Store) -> None:
    store.enqueue("say", {"words": ["a", 1, None, 2.5], "odd": "\ud800"}, lane="x", key="k")

    job = taken(store)

    assert (job.kind, job.lane, job.key, job.attempts) == ("say", "x", "k", 1)
    assert job.payload == {"words": ["a", 1, None, 2.5], "odd": "\\ud800"}


def test_jobs_are_taken_oldest_first(store: Store) -> None:
    for number in range(5):
        store.enqueue("n", number, lane=f"lane {number}")

    assert [taken(store).payload for _ in range(5)] == [0, 1, 2, 3, 4]


def test_a_lane_is_busy_until_its_job_is_finished(store: Store) -> None:
    store.enqueue("n", 1, lane="x")
    store.enqueue("n", 2, lane="x")
    store.enqueue("n", 3, lane="y")

    first, other = taken(store), taken(store)
    blocked = store.take()
    store.finish(first)

    assert (first.payload, other.payload, blocked) == (1, 3, None)
    assert taken(store).payload == 2


def test_no_lane_has_two_jobs_at_once_and_lanes_run_beside_each_other(
    store: Store, at_once: AtOnce
) -> None:
    for number in range(60):
        store.enqueue("n", number, lane=f"lane {number % 4}")
    lock = threading.Lock()
    running: set[str] = set()
    done: list[int] = []
    widest = 0

    def work(_: int) -> None:
        nonlocal widest
        while len(done) < 60:
            job = store.take()
            if job is None:
                store.wait(0.05)
                continue
            with lock:
                assert job.lane not in running
                running.add(job.lane)
                widest = max(widest, len(running))
            time.sleep(0.001)
            with lock:
                running.discard(job.lane)
                done.append(job.payload)
            store.finish(job)

    at_once(6, work)

    assert sorted(done) == list(range(60))
    assert widest > 1
    for lane in range(4):
        mine = [number for number in done if number % 4 == lane]
        assert mine == sorted(mine)


def test_a_pending_job_of_a_key_is_not_added_twice(store: Store) -> None:
    first = store.enqueue("cards", 1, lane="x", key="cards of 7")
    again = store.enqueue("cards", 2, lane="x", key="cards of 7")
    other = store.enqueue("cards", 3, lane="x", key="cards of 8")

    assert (first, again, other) == (True, False, True)


def test_a_change_during_the_run_is_not_lost(store: Store) -> None:
    store.enqueue("cards", {}, lane="x", key="cards")
    running = taken(store)

    added = store.enqueue("cards", {}, lane="x", key="cards")
    store.finish(running)

    assert added
    assert taken(store).key == "cards"


def test_a_failed_job_gives_way_to_its_successor_and_hands_over_its_pause(
    store: Store, clock: HandClock
) -> None:
    store.enqueue("cards", {}, lane="x", key="cards")
    running = taken(store)
    store.enqueue("cards", {}, lane="x", key="cards")

    store.fail(running, reason="rate limited", retry_at=clock() + timedelta(seconds=30))
    during = store.take()
    clock.forward(seconds=30)
    after = taken(store)
    store.finish(after)

    assert during is None
    assert (after.attempts, after.reason) == (2, "rate limited")
    assert store.take() is None


def test_a_remembered_key_is_known_for_ever(path: Path) -> None:
    with Store.open(path) as store:
        first = store.enqueue("request", {}, lane="x", key="E1", remember=True)
        running = store.enqueue("request", {}, lane="x", key="E1", remember=True)
        store.finish(taken(store))
        finished = store.enqueue("request", {}, lane="x", key="E1", remember=True)

    with Store.open(path) as store:
        restarted = store.enqueue("request", {}, lane="x", key="E1", remember=True)

    assert (first, running, finished, restarted) == (True, False, False, False)


def test_a_timer_waits_for_its_time(store: Store, clock: HandClock) -> None:
    store.enqueue("remind", "later", lane="x", due=clock() + timedelta(minutes=5))
    store.enqueue("remind", "sooner", lane="x", due=clock() + timedelta(minutes=1))

    early = store.take()
    clock.forward(minutes=6)

    assert early is None
    assert taken(store).payload == "sooner"


def test_the_earlier_time_of_a_key_counts(store: Store, clock: HandClock) -> None:
    store.enqueue("poll", {}, lane="x", key="poll", due=clock() + timedelta(hours=1))
    store.enqueue("poll", {}, lane="x", key="poll", due=clock() + timedelta(minutes=1))
    store.enqueue("poll", {}, lane="x", key="poll", due=clock() + timedelta(hours=2))

    clock.forward(minutes=1)

    assert taken(store).kind == "poll"


def test_a_new_demand_does_not_cut_the_pause_of_a_failed_job_short(
    store: Store, clock: HandClock
) -> None:
    store.enqueue("cards", {}, lane="x", key="cards")
    store.fail(taken(store), reason="429", retry_at=clock() + timedelta(seconds=30))

    store.enqueue("cards", {}, lane="x", key="cards")

    assert store.take() is None


def test_a_job_is_tried_again_and_knows_why(store: Store, clock: HandClock) -> None:
    store.enqueue("n", 1, lane="x")
    parked = store.fail(taken(store), reason="timeout", retry_at=clock())

    again = taken(store)

    assert not parked
    assert (again.attempts, again.reason) == (2, "timeout")


def test_a_poison_job_is_parked_with_its_reason_and_frees_its_lane(
    store: Store, clock: HandClock
) -> None:
    store.enqueue("n", "poison", lane="x")
    store.enqueue("n", "fine", lane="x", due=clock() + timedelta(seconds=1))

    parked = [store.fail(taken(store), reason="boom", retry_at=clock()) for _ in range(3)]
    clock.forward(seconds=1)

    assert parked == [False, False, True]
    (job,) = store.parked()
    assert (job.payload, job.reason) == ("poison", "given up after 3 attempts: boom")
    assert taken(store).payload == "fine"


def test_a_job_can_be_parked_at_once_and_let_go_again(store: Store) -> None:
    store.enqueue("n", 1, lane="x", key="k")
    store.fail(taken(store), reason="no such channel", retry_at=None)

    (job,) = store.parked()
    before = store.take()
    found = store.unpark(job.id)

    assert (job.reason, before, found) == ("no such channel", None, True)
    assert taken(store).attempts == 1
    assert not store.unpark(job.id)


def test_a_parked_job_does_not_block_its_key(store: Store) -> None:
    store.enqueue("cards", 1, lane="x", key="cards")
    store.fail(taken(store), reason="no", retry_at=None)

    assert store.enqueue("cards", 2, lane="x", key="cards")


def test_what_a_dead_process_had_taken_waits_again(path: Path) -> None:
    with Store.open(path) as store:
        store.enqueue("n", 1, lane="x")
        taken(store)

    with Store.open(path) as store:
        job = taken(store)

    assert (job.payload, job.attempts) == (1, 2)
    assert "process ended" in job.reason


def test_a_job_that_kills_its_process_is_parked_in_the_end(path: Path) -> None:
    with Store.open(path, deaths=3) as store:
        store.enqueue("n", "deadly", lane="x")
    for _ in range(3):
        with Store.open(path, deaths=3) as store:
            taken(store)

    with Store.open(path, deaths=3) as store:
        (parked,) = store.parked()
        nothing = store.take()

    assert nothing is None
    assert parked.reason == "the process ended 3 times at work on it"


def test_finishing_twice_or_late_changes_nothing(store: Store) -> None:
    store.enqueue("n", 1, lane="x")
    job = taken(store)
    store.finish(job)

    store.finish(job)
    parked = store.fail(job, reason="too late", retry_at=None)

    assert not parked
    assert store.parked() == []
    assert store.take() is None


def test_waiting_ends_when_a_job_arrives(store: Store) -> None:
    timer = threading.Timer(0.05, lambda: store.enqueue("n", 1, lane="x"))
    began = time.monotonic()
    timer.start()

    found = store.wait(10)

    assert found
    assert time.monotonic() - began < 5
    timer.join()


def test_waiting_ends_when_a_lane_becomes_free(store: Store) -> None:
    store.enqueue("n", 1, lane="x")
    store.enqueue("n", 2, lane="x")
    job = taken(store)
    blocked = store.wait(0.05)
    timer = threading.Timer(0.05, lambda: store.finish(job))
    timer.start()

    found = store.wait(10)

    assert (blocked, found) == (False, True)
    timer.join()


def test_waiting_follows_the_injected_clock(store: Store, clock: HandClock) -> None:
    store.enqueue("n", 1, lane="x", due=clock() + timedelta(hours=3))
    early = store.wait(0.05)
    timer = threading.Timer(0.05, lambda: clock.forward(hours=3))
    timer.start()

    found = store.wait(10)

    assert (early, found) == (False, True)
    timer.join()


def test_waiting_ends_in_time_when_there_is_nothing(store: Store) -> None:
    began = time.monotonic()

    found = store.wait(0.1)

    assert not found
    assert 0.09 < time.monotonic() - began < 5


def test_waiting_ends_when_the_store_closes(path: Path) -> None:
    store = Store.open(path)
    timer = threading.Timer(0.05, store.close)
    timer.start()

    found = store.wait(10)

    timer.join()
    assert not found
    assert not store.wait(10)


def test_a_time_without_a_zone_is_refused(store: Store, clock: HandClock) -> None:
    with pytest.raises(StoreError, match="no zone"):
        store.enqueue("n", 1, lane="x", due=clock().replace(tzinfo=None))


def test_a_payload_that_is_no_json_is_refused(store: Store) -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]

    for payload in (object(), {"a": {1, 2}}, deep, 10**5000):
        with pytest.raises(StoreError, match="kept"):
            store.enqueue("n", payload, lane="x")

    assert store.take() is None


def test_an_integer_beyond_sqlite_is_a_payload_all_the_same(store: Store) -> None:
    store.enqueue("n", {"big": 2**70}, lane="x")

    assert taken(store).payload == {"big": 2**70}
