"""Incidents: the state is the fold of the timeline, and both are written or neither."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import StoreError
from bot.incident import PLUMMET, Fact, IncidentKey, Person, fold
from bot.incident import timeline as t
from bot.store import Store, rows
from tests.store.conftest import Desk, HandClock
from tests.store.generated import any_of

MARIA = Person(id="U1", name="maria")
FACTS: tuple[type[Fact], ...] = get_args(Fact)
LATER_FACTS = [kind for kind in FACTS if kind is not t.Opened]

generated = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def statements(path: Path, *texts: str) -> None:
    """What somebody with the sqlite3 command does to the file."""
    with closing(sqlite3.connect(path)) as connection:
        for text in texts:
            connection.execute(text)
        connection.commit()


@pytest.mark.parametrize("kind", LATER_FACTS, ids=lambda kind: kind.__name__)
@generated
@given(data=st.data())
def test_the_state_is_the_fold_of_the_timeline_after_every_kind_of_fact(
    store: Store, desk: Desk, kind: type[Fact], data: st.DataObject
) -> None:
    incident, _ = desk.open()
    fact = data.draw(any_of(kind))

    told = store.append(incident.id, fact, by=MARIA, link="https://chat/1")

    entries = store.timeline(incident.id)
    assert fold(entries) == store.incident(incident.id) == told
    assert type(entries[-1].fact) is kind
    assert (entries[-1].by, entries[-1].link) == (MARIA, "https://chat/1")


@generated
@given(opened=any_of(t.Opened), facts=st.lists(st.one_of(*map(any_of, LATER_FACTS)), max_size=12))
def test_the_state_is_the_fold_of_any_timeline(
    store: Store, clock: HandClock, opened: t.Opened, facts: list[Fact]
) -> None:
    incident, _ = store.open_or_join(
        key=opened.key,
        since=datetime(9999, 1, 1, tzinfo=UTC),
        opened=lambda number: replace(opened, number=number),
        joined=t.PostmortemWritten(path="x"),
        by=MARIA,
    )
    for fact in facts:
        clock.forward(seconds=1)
        store.append(incident.id, fact, by=MARIA)

    entries = store.timeline(incident.id)
    assert fold(entries) == store.incident(incident.id)
    assert len(entries) == 1 + len(facts)
    assert [entry.seq for entry in entries] == sorted({entry.seq for entry in entries})


def test_every_kind_of_fact_has_a_name_of_its_own_in_the_store() -> None:
    assert {rows.FACTS[kind.__name__] for kind in FACTS} == set(FACTS)


def test_a_fact_that_is_no_number_is_kept_and_folded(store: Store, desk: Desk) -> None:
    incident, _ = desk.open()
    alert = desk.alert(value=float("nan"))

    store.append(incident.id, t.AlertJoined(alert=alert), by=PLUMMET)

    state = store.incident(incident.id)
    assert state is not None
    assert rows.dumped(fold(store.timeline(incident.id))) == rows.dumped(state)


def test_a_crash_between_entry_and_state_leaves_neither(store: Store, desk: Desk) -> None:
    incident, _ = desk.open()
    before = store.timeline(incident.id)
    store._writer.do(
        lambda c: c.execute(
            "create temp trigger crash before update on main.incident"
            " begin select raise(abort, 'between the two'); end"
        )
    )

    with pytest.raises(StoreError, match="between the two"):
        store.append(incident.id, t.SeveritySet(severity="sev1"), by=MARIA, once="r1")

    assert store.timeline(incident.id) == before
    assert store.incident(incident.id) == incident
    store._writer.do(lambda c: c.execute("drop trigger crash"))
    again = store.append(incident.id, t.SeveritySet(severity="sev1"), by=MARIA, once="r1")
    assert again.severity == "sev1"


def test_facts_of_one_call_are_written_all_or_none(store: Store, desk: Desk) -> None:
    incident, _ = desk.open()
    opening = store.timeline(incident.id)[0].fact

    with pytest.raises(StoreError, match="is open already"):
        store.append(incident.id, t.SeveritySet(severity="sev1"), opening, by=MARIA)

    assert len(store.timeline(incident.id)) == 1
    assert store.incident(incident.id) == incident


def test_a_redelivery_appends_nothing(store: Store, desk: Desk) -> None:
    incident, _ = desk.open()
    store.append(incident.id, t.FindingRecorded(says="late"), by=MARIA, once="E1")

    again = store.append(incident.id, t.FindingRecorded(says="late"), by=MARIA, once="E1")

    assert len(again.notes) == 1
    assert len(store.timeline(incident.id)) == 2


def test_the_same_word_in_two_incidents_is_no_redelivery(store: Store, desk: Desk) -> None:
    one, _ = desk.open()
    two, _ = desk.open(key=IncidentKey(model="churn", metric="auc"))

    store.append(one.id, t.FindingRecorded(says="a"), by=MARIA, once="E1")
    other = store.append(two.id, t.FindingRecorded(says="b"), by=MARIA, once="E1")

    assert [note.says for note in other.notes] == ["b"]


def test_an_alert_of_a_known_key_joins_and_others_open(store: Store, desk: Desk) -> None:
    first, opened = desk.open()
    joined, opened_again = desk.open()
    other, other_opened = desk.open(key=IncidentKey(model="fraud", metric="recall"))

    assert (opened, opened_again, other_opened) == (True, False, True)
    assert (joined.id, joined.firing) == (first.id, 1)
    assert (first.number, other.number) == (1, 2)
    assert len(first.id) == 8
    assert [incident.id for incident in store.incidents()] == [other.id, first.id]


def test_the_same_alert_again_changes_nothing_and_gets_the_same_answer(
    store: Store, desk: Desk
) -> None:
    first = desk.open(once="am/a1")
    joined = desk.open(once="am/a2")

    again = [desk.open(once="am/a1"), desk.open(once="am/a2")]

    assert [(incident.id, new) for incident, new in (first, joined)] == [
        (incident.id, new) for incident, new in again
    ]
    assert len(store.timeline(first[0].id)) == 2


def test_many_alerts_of_one_key_at_once_open_one_incident(
    store: Store, desk: Desk, at_once: Callable[[int, Callable[[int], object]], None]
) -> None:
    at_once(12, lambda number: desk.open(once=f"am/{number}"))

    (incident,) = store.incidents()
    assert incident.firing == 11


def test_a_resolved_incident_is_not_joined(store: Store, desk: Desk) -> None:
    first, _ = desk.open()
    store.append(first.id, t.Resolved(), by=MARIA)

    second, opened = desk.open()

    assert opened
    assert second.id != first.id
    assert [incident.id for incident in store.incidents()] == [second.id]
    assert len(store.incidents(open_only=False)) == 2


def test_a_reopened_incident_is_joined(store: Store, desk: Desk) -> None:
    first, _ = desk.open()
    store.append(first.id, t.Resolved(), t.Reopened(), by=MARIA)

    again, opened = desk.open()

    assert (again.id, opened) == (first.id, False)


def test_an_incident_untouched_for_long_is_not_joined(desk: Desk, clock: HandClock) -> None:
    first, _ = desk.open()
    clock.forward(hours=50)

    second, opened = desk.open(since=clock() - timedelta(hours=48))

    assert opened
    assert second.id != first.id


def test_a_repeat_without_a_model_still_joins_once_the_model_was_named(
    store: Store, desk: Desk
) -> None:
    nameless = IncidentKey(model=None, metric="accuracy")
    first, _ = desk.open(key=nameless)
    store.append(
        first.id, t.ModelNamed(model="fraud", metric="accuracy", playbook="accuracy-drop"), by=MARIA
    )

    repeat, _ = desk.open(key=nameless)
    named, _ = desk.open(key=IncidentKey(model="fraud", metric="accuracy"))

    assert (repeat.id, named.id) == (first.id, first.id)


def test_an_incident_is_found_by_its_channel(store: Store, desk: Desk) -> None:
    incident, _ = desk.open()
    store.append(incident.id, t.RoomOpened(id="C7", name="inc-7"), by=PLUMMET)

    found = store.incident_in_room("C7")

    assert found is not None
    assert found.id == incident.id
    assert store.incident_in_room("C8") is None


def test_what_is_not_there_is_said_so(store: Store) -> None:
    with pytest.raises(StoreError, match="no incident 'ffffffff'"):
        store.append("ffffffff", t.SeveritySet(severity="sev1"), by=MARIA)

    assert store.incident("ffffffff") is None
    assert store.timeline("ffffffff") == ()


def test_an_opening_that_fails_leaves_no_incident(store: Store) -> None:
    def opened(number: int) -> t.Opened:
        raise LookupError(f"no playbook for {number}")

    with pytest.raises(LookupError, match="no playbook for 1"):
        store.open_or_join(
            key=IncidentKey(model="m", metric="f1"),
            since=datetime(2026, 1, 1, tzinfo=UTC),
            opened=opened,
            joined=t.PostmortemWritten(path="x"),
            by=PLUMMET,
        )

    assert store.incidents(open_only=False) == ()


@pytest.mark.parametrize(
    "change",
    [
        "update timeline set at = 'x'",
        "delete from timeline",
        "insert or replace into timeline select * from timeline",
        "replace into timeline(seq, incident, at, by, kind, fact) values (1, '', '', '', '', '')",
    ],
)
def test_the_timeline_cannot_be_changed_even_from_outside(
    store: Store, path: Path, desk: Desk, change: str
) -> None:
    incident, _ = desk.open()
    before = store.timeline(incident.id)

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        statements(path, change)

    assert store.timeline(incident.id) == before


def test_an_entry_of_a_newer_version_is_named(store: Store, path: Path, desk: Desk) -> None:
    incident, _ = desk.open()
    statements(
        path,
        "insert into timeline(incident, at, by, kind, fact)"  # noqa: S608 - a test's own id
        f" select '{incident.id}', at, by, 'Teleported', '{{}}' from timeline",
    )

    with pytest.raises(StoreError, match=r"entry 2 of incident .* is a 'Teleported'.*newer"):
        store.timeline(incident.id)


def test_a_fact_that_cannot_be_read_again_is_refused(store: Store, desk: Desk) -> None:
    incident, _ = desk.open()
    wrong: list[Fact] = [
        t.StepMoved(step=object(), title="x", state="done"),  # type: ignore[arg-type]  # the wrong type is the point
        t.SeveritySet(severity="sev9"),  # type: ignore[arg-type]  # likewise
    ]

    for fact in wrong:
        with pytest.raises(StoreError, match=f"this {type(fact).__name__}"):
            store.append(incident.id, fact, by=MARIA)

    assert len(store.timeline(incident.id)) == 1


def test_a_time_that_utc_cannot_say_is_refused(store: Store, desk: Desk) -> None:
    with pytest.raises(StoreError, match="out of the calendar"):
        desk.open(since=datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))))

    assert store.incidents() == ()
