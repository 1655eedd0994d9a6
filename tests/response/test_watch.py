"""After a mitigation the metric is watched: on real rows, window by window."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import ChatError
from bot.incident import Fact, Incident, Reading, fold
from bot.incident.timeline import Recovered, Watched
from bot.response.outlook import what_next
from bot.response.watch import next_window
from bot.shipped import shipped
from tests.response.conftest import DOWN, NOW, REFUSED, Built, Died, House

HOUR = timedelta(hours=1)


class Traffic:
    """The model serves on; an hour is served, then looked at."""

    def __init__(self, house: House, folder: Path, serve: Callable[..., None]) -> None:
        self._house, self._folder, self._serve = house, folder, serve

    def hours(self, *served: str) -> None:
        """An hour each: `good`, `bad`, or `thin` (too few rows)."""
        for kind in served:
            self.rows(kind)
            self._house.later(3600)

    def rows(self, kind: str) -> None:
        start = self._house.clock()
        rows = 20 if kind == "thin" else 400
        self._serve(self._folder, start=start, end=start + HOUR, rows=rows, broken=kind == "bad")


@pytest.fixture
def few_rows_are_enough(tmp_path: Path) -> None:
    """The shipped playbook, but for the labelled rows that a window needs to count."""
    name = "accuracy-drop.yaml"
    shelf = tmp_path / "playbooks"
    shelf.mkdir()
    shipped_one = (shipped("playbooks") / name).read_text()
    assert "rows: 100 " in shipped_one
    (shelf / name).write_text(shipped_one.replace("rows: 100 ", "rows: 10 "))


@pytest.fixture
def mitigated(sighted: House) -> House:
    sighted.opened()
    sighted.ask("mitigate", says="rolled back")
    return sighted


@pytest.fixture
def traffic(mitigated: House, own_case: Path, serve_rows: Callable[..., None]) -> Traffic:
    return Traffic(mitigated, own_case, serve_rows)


def facts(house: House, kind: type[Fact]) -> list[Fact]:
    timeline = house.desk.store.timeline(house.incident.id)
    return [entry.fact for entry in timeline if isinstance(entry.fact, kind)]


def said(house: House, part: str) -> int:
    return sum(step.startswith(part) for step in house.chat.steps())


def test_three_good_windows_in_a_row_are_a_recovery(mitigated: House, traffic: Traffic) -> None:
    traffic.hours("good", "good")
    assert mitigated.incident.recovered_at is None
    assert mitigated.incident.good_windows == 2

    traffic.hours("good")

    assert mitigated.incident.recovered_at == mitigated.clock()
    assert mitigated.chat.words().count("Recovered:") == 1
    assert mitigated.incident.is_open


def test_a_bad_window_begins_the_row_anew(mitigated: House, traffic: Traffic) -> None:
    traffic.hours("good", "good", "bad", "good", "good")
    assert mitigated.incident.recovered_at is None

    traffic.hours("good")

    assert mitigated.incident.recovered_at is not None


def test_only_change_is_told(mitigated: House, traffic: Traffic) -> None:
    traffic.hours("bad", "bad", "bad", "good", "good")

    assert said(mitigated, "watched:") == 2
    assert "not back yet" in mitigated.chat.words()


@pytest.mark.usefixtures("few_rows_are_enough")
def test_good_windows_of_few_rows_are_doubted_once_and_watched_on(
    mitigated: House, traffic: Traffic
) -> None:
    traffic.hours("thin", "thin", "thin")
    assert mitigated.incident.good_windows == 3
    assert facts(mitigated, Recovered) == []
    assert "too few rows to be sure" in mitigated.chat.words()

    traffic.hours("good", "good", "good")

    assert len(facts(mitigated, Recovered)) == 1
    assert said(mitigated, "doubted:") == 1


def test_a_window_with_too_few_labels_neither_counts_nor_breaks_the_row(
    mitigated: House, traffic: Traffic
) -> None:
    traffic.hours("good", "thin")
    assert mitigated.incident.good_windows == 1
    assert mitigated.incident.reading is not None
    assert mitigated.incident.reading.good is None

    traffic.hours("good", "good")

    assert mitigated.incident.recovered_at is not None


def test_the_same_window_is_told_again_when_its_labels_have_come(
    mitigated: House, traffic: Traffic
) -> None:
    traffic.hours("thin", "good")

    assert "too early to tell" in mitigated.chat.words()
    assert "over 420 rows, back" in mitigated.chat.words()


def test_after_a_long_sleep_every_window_is_read(mitigated: House, traffic: Traffic) -> None:
    for _ in range(3):
        traffic.rows("good")
        mitigated.clock.forward(3600)

    mitigated.work()

    assert len(facts(mitigated, Watched)) == 3
    assert len(facts(mitigated, Recovered)) == 1


def test_a_source_that_fails_is_said_once_and_asked_again(
    mitigated: House, traffic: Traffic, own_case: Path
) -> None:
    hidden = own_case / "hidden"
    (own_case / "predictions").rename(hidden)
    for _ in range(30):
        mitigated.later(300)
    assert mitigated.chat.words().count("The metric cannot be read; trying again.") == 1
    assert mitigated.desk.store.parked() == []

    hidden.rename(own_case / "predictions")
    traffic.hours("good", "good", "good", "good")

    assert mitigated.incident.recovered_at is not None


def test_a_defect_does_not_end_the_watch(mitigated: House, traffic: Traffic) -> None:
    sources = mitigated.desk.sources
    mitigated.desk = replace(mitigated.desk, sources=object())  # type: ignore[arg-type]  # a defect
    for _ in range(30):
        mitigated.later(300)
    mitigated.desk = replace(mitigated.desk, sources=sources)

    traffic.hours("good", "good", "good", "good", "good", "good")

    assert mitigated.incident.recovered_at is not None


@pytest.mark.parametrize("landed", [False, True])
def test_a_recovery_that_a_kill_cut_in_two_is_told_once(
    mitigated: House, traffic: Traffic, *, landed: bool
) -> None:
    traffic.hours("good", "good")
    traffic.rows("good")
    mitigated.chat.fails("post", error=Died(), times=1, landed=landed)
    with pytest.raises(Died):
        mitigated.later(3600)

    mitigated.restart()
    mitigated.later(60)

    assert mitigated.incident.recovered_at is not None
    assert said(mitigated, "recovered:") == 1
    assert len(facts(mitigated, Recovered)) == 1


def test_an_outage_of_the_chat_loses_no_word(mitigated: House, traffic: Traffic) -> None:
    traffic.hours("good", "good")
    mitigated.chat.fails("post", error=DOWN, times=3)
    traffic.hours("good")
    assert said(mitigated, "recovered:") == 0

    for _ in range(4):
        mitigated.later(60)

    assert said(mitigated, "recovered:") == 1


def test_an_archived_channel_does_not_end_the_watch(mitigated: House, traffic: Traffic) -> None:
    mitigated.chat.fails("post", "edit", "set_topic", error=REFUSED)

    traffic.hours("good", "good", "good")

    assert mitigated.incident.recovered_at is not None
    assert mitigated.desk.store.parked() == []


def test_another_mitigation_begins_the_watch_anew(mitigated: House, traffic: Traffic) -> None:
    traffic.hours("good", "good")

    mitigated.ask("mitigate", says="and restarted it")
    assert mitigated.incident.good_windows == 0
    traffic.hours("good", "good", "good")

    assert mitigated.incident.recovered_at is not None
    assert fold(mitigated.desk.store.timeline(mitigated.incident.id)) == mitigated.incident


def test_a_resolved_incident_is_watched_no_more(mitigated: House, traffic: Traffic) -> None:
    mitigated.ask("resolve")

    traffic.hours("good", "good", "good")

    assert facts(mitigated, Watched) == []


def test_reopened_and_mitigated_again_it_is_watched_again(
    mitigated: House, traffic: Traffic
) -> None:
    mitigated.ask("resolve")
    mitigated.later(600)
    mitigated.ask("reopen", says="still low")
    mitigated.ask("mitigate", says="rolled back further")

    traffic.hours("good", "good", "good", "good")

    assert mitigated.incident.recovered_at is not None


def test_an_alert_after_the_mitigation_is_told(mitigated: House) -> None:
    mitigated.alert()
    mitigated.work()

    assert "The alert fired again after the mitigation" in mitigated.chat.words()


def test_a_mitigation_before_the_diagnosis_is_watched_once_there_is_one(
    build: Built, own_case: Path, serve_rows: Callable[..., None]
) -> None:
    hidden = own_case / "hidden"
    (own_case / "predictions").rename(hidden)
    house = build(own_case / "plummet.toml")
    house.opened()
    house.ask("mitigate", says="rolled back")
    hidden.rename(own_case / "predictions")
    house.later(300)
    assert house.incident.diagnosis is not None

    Traffic(house, own_case, serve_rows).hours("good", "good", "good", "good")

    assert house.incident.recovered_at is not None


def test_without_a_model_nobody_says_that_a_metric_is_watched(house: House) -> None:
    house.opened(model=None, title="Weird")

    house.ask("mitigate", says="rolled back")

    assert "no metric is watched" in house.chat.words()
    playbook = house.desk.playbook(house.incident)
    assert "no metric is watched" in what_next(house.incident, playbook)


def test_windows_follow_one_another_and_a_thin_one_grows(mitigated: House) -> None:
    rule = mitigated.desk.playbook(mitigated.incident).watch
    read = Reading(at=NOW, until=NOW + HOUR, value=0.9, rows=400, floor=0.8, good=True)

    def window(incident: Incident, hours: float) -> tuple[float, float]:
        now = NOW + hours * HOUR
        start, end = next_window(incident, NOW, rule, now=now)
        return (start - NOW) / HOUR, (end - NOW) / HOUR

    sick = mitigated.incident
    thin = replace(read, good=None)
    assert window(sick, 0.5) == (0, 1)
    assert window(replace(sick, reading=read), 1.5) == (1, 2)
    assert window(replace(sick, reading=thin), 0.5) == (0, 1)
    assert window(replace(sick, reading=thin), 3.5) == (0, 3)
    assert window(replace(sick, reading=replace(read, at=NOW - HOUR, until=NOW)), 1.5) == (0, 1)


def test_an_edit_that_is_limited_waits_and_says_nothing_twice(
    mitigated: House, traffic: Traffic
) -> None:
    limited = ChatError("limited", code="ratelimited", retry_after=20)
    mitigated.chat.fails("edit", error=limited, times=2)

    traffic.hours("good", "good", "good")

    assert said(mitigated, "recovered:") == 1
