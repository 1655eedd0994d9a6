"""Deliveries, alerts and dead letters."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import StoreError
from bot.store import Store
from tests.store.conftest import Desk

HOSTILE = st.text(st.characters(exclude_categories=[]))


def test_a_new_alert_gives_one_job_that_names_it(store: Store, desk: Desk) -> None:
    alert = desk.alert("a1", labels={"team": "risk"}, value=0.71)

    receipt = store.receive(sender="am", body=b"raw", headers={"X": "1"}, alerts=[alert])

    job = store.take()
    assert (receipt.new, receipt.repeated) == (1, 0)
    assert job is not None
    assert job.kind == "alert"
    assert store.alert(job.payload["alert"]) == alert
    assert store.take() is None


def test_a_repeat_is_counted_and_gives_no_second_job(store: Store, desk: Desk) -> None:
    desk.receive(desk.alert("a1"))

    receipt = store.receive(
        sender="am", body=b"", headers={}, alerts=[desk.alert("a1"), desk.alert("a2")]
    )

    assert (receipt.new, receipt.repeated) == (1, 1)
    assert store.waiting() == 2


def test_two_senders_may_use_the_same_id(store: Store, desk: Desk) -> None:
    desk.receive(desk.alert("a1", title="one"), sender="am")
    desk.receive(desk.alert("a1", title="two"), sender="grafana")

    assert store.alert("am/a1").title == "one"
    assert store.alert("grafana/a1").title == "two"


def test_alerts_of_one_key_are_worked_on_in_turn_and_others_beside_them(
    store: Store, desk: Desk
) -> None:
    desk.receive(desk.alert("a1"), desk.alert("a2"), desk.alert("b1", model="churn"))

    taken = [store.take(), store.take(), store.take()]

    assert [job.payload["alert"] for job in taken if job] == ["am/a1", "am/b1"]


def test_waiting_counts_alerts_until_they_are_worked_through(store: Store, desk: Desk) -> None:
    desk.receive(desk.alert("a1"), desk.alert("a2"))
    store.enqueue("cards", {}, lane="x")
    job = store.take()
    assert job is not None

    before = store.waiting()
    store.finish(job)

    assert (before, store.waiting()) == (2, 1)


def test_the_raw_body_is_kept_and_the_proof_of_origin_is_not(
    store: Store, path: Path, desk: Desk
) -> None:
    headers = {"Authorization": "Bearer planted", "Cookie": "planted", "User-Agent": "am/0.25"}

    store.receive(sender="am", body=b"\x00\xff{raw", headers=headers, alerts=[desk.alert()])
    store.bury(sender="am", reason="no JSON", status=400, body=b"\xff", headers=headers)

    (letter,) = store.dead_letters()
    with closing(sqlite3.connect(path)) as connection:
        ((body, kept),) = connection.execute("select body, headers from delivery").fetchall()
    assert body == b"\x00\xff{raw"
    assert "am/0.25" in kept
    assert "planted" not in kept
    assert (letter.body, letter.status, letter.reason) == (b"\xff", 400, "no JSON")
    assert letter.headers == {"User-Agent": "am/0.25"}


def test_an_alert_that_is_not_there_is_named(store: Store) -> None:
    with pytest.raises(StoreError, match="no alert 'am/zz'"):
        store.alert("am/zz")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(word=HOSTILE, value=st.floats(allow_nan=False) | st.none())
def test_hostile_text_is_received_and_read_again(
    store: Store, desk: Desk, word: str, value: float | None
) -> None:
    alert = desk.alert(f"{word} {value}", title=word, labels={word: word}, value=value)

    receipt = store.receive(sender=word, body=b"", headers={word: word}, alerts=[alert])

    assert receipt.new + receipt.repeated == 1
    read = store.alert(f"{word}/{word} {value}")
    readable = word.encode("utf-8", "backslashreplace").decode()
    assert (read.title, read.labels, read.value) == (readable, {readable: readable}, value)


def test_lone_surrogates_that_differ_stay_two_alerts(store: Store, desk: Desk) -> None:
    receipt = store.receive(
        sender="am", body=b"", headers={}, alerts=[desk.alert("\ud800"), desk.alert("\ud801")]
    )

    assert receipt.new == 2


def test_a_number_that_is_none_can_be_kept(store: Store, desk: Desk) -> None:
    desk.receive(desk.alert("a1", value=float("nan")), desk.alert("a2", value=float("-inf")))

    assert str(store.alert("am/a1").value) == "nan"
    assert store.alert("am/a2").value == float("-inf")


def test_a_value_of_a_wrong_type_is_refused_before_it_is_written(store: Store, desk: Desk) -> None:
    with pytest.raises(StoreError, match="this Alert"):
        desk.receive(desk.alert("a1"), desk.alert("a2", value="much"))

    assert store.waiting() == 0


def test_a_status_beyond_the_columns_range_is_refused_with_words(store: Store) -> None:
    with pytest.raises(StoreError, match="refuses a value"):
        store.bury(sender="am", reason="", status=2**70, body=b"", headers={})


def test_many_senders_at_once_lose_nothing_and_share_commits(
    store: Store, desk: Desk, at_once: Callable[[int, Callable[[int], object]], None]
) -> None:
    before = store.commits

    def send(thread: int) -> None:
        for number in range(20):
            desk.receive(desk.alert(f"{thread}-{number}"))

    at_once(16, send)

    assert store.waiting() == 320
    assert store.commits - before < 320
