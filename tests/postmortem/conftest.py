"""Incidents told as facts, the way the store would hand them over."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.incident import (
    PLUMMET,
    Action,
    Alert,
    Diagnosis,
    Entry,
    Fact,
    Finding,
    Hypothesis,
    Incident,
    IncidentKey,
    Measure,
    Onset,
    Person,
    Reading,
    fold,
)
from bot.incident import timeline as t
from bot.postmortem import Postmortem, write_postmortem
from bot.render import Renderer
from bot.shipped import shipped

ONSET = datetime(2026, 3, 3, 14, tzinfo=UTC)
MARIA, LI = Person(name="maria", id="U1"), Person(name="li", id="U2")


@dataclass
class Story:
    """Facts in the order they are told; each `minutes` after the onset."""

    entries: list[Entry] = field(default_factory=list)

    def tell(
        self, minutes: float, fact: Fact, by: Person = PLUMMET, link: str | None = None
    ) -> None:
        entry = Entry(
            seq=len(self.entries) + 1,
            incident="0a0b0c0d",
            at=ONSET + timedelta(minutes=minutes),
            by=by,
            fact=fact,
            link=link,
        )
        self.entries.append(entry)

    @property
    def incident(self) -> Incident:
        return fold(self.entries)

    @property
    def timeline(self) -> tuple[Entry, ...]:
        return tuple(self.entries)


def after(minutes: float) -> datetime:
    return ONSET + timedelta(minutes=minutes)


def alert(minutes: float = 35, **given: object) -> Alert:
    values: dict[str, object] = {
        "id": "a1", "sender": "alertmanager", "status": "firing",
        "title": "Accuracy of delays below 0.85", "starts_at": after(minutes), "model": "delays",
        "metric": "accuracy", "value": 0.79, "link": "https://monitor.example/alerts/1",
    }  # fmt: skip
    return Alert(**(values | given))  # type: ignore[arg-type]  # the values of an Alert by name


def opening(given: Alert | None, **more: object) -> t.Opened:
    values: dict[str, object] = {
        "number": 7, "title": given.title if given else "Somebody is worried",
        "key": given.key if given else IncidentKey(model="delays", metric="accuracy"),
        "severity": "sev2", "playbook": "accuracy-drop", "alert": given,
    }  # fmt: skip
    return t.Opened(**(values | more))  # type: ignore[arg-type]  # the values of Opened by name


FINDINGS = (
    Finding(
        id="f1", check="metric.recompute", verdict="suspect", strength=9.1, rows=129_000,
        says="accuracy recomputed from rows fell from 0.912 to 0.781", since=ONSET,
        figures={"drop": 0.131, "low": 0.119, "high": 0.143},
    ),
    Finding(
        id="f2", check="data.missing", verdict="suspect", strength=12.4, rows=9_000, since=ONSET,
        says="distance is missing in 62 % of rows from region eu since 14:00, never before",
        subject={"feature": "distance", "region": "eu"}, figures={"share": 0.62},
        doubt="the same share missing in the offline table before the onset",
    ),
    Finding(id="f3", check="data.volume", verdict="clear", says="as many rows as before"),
    Finding(id="f4", check="model.version", verdict="clear", says="v12 served before and since"),
    Finding(id="f5", check="system.metrics", verdict="unknown", says="no source of system metrics"),
)  # fmt: skip


def diagnosis(minutes: float = 40, **given: object) -> Diagnosis:
    values: dict[str, object] = {
        "model": "delays", "metric": "accuracy", "at": after(minutes), "verdict": "degraded",
        "baseline": Measure(
            value=0.912, rows=120_000, start=after(-20_000), end=ONSET
        ),
        "current": Measure(value=0.781, rows=2_000, start=ONSET, end=after(minutes)),
        "onset": Onset(time=ONSET, low=after(-10), high=after(10), shape="step"),
        "findings": FINDINGS,
        "hypotheses": (
            Hypothesis(
                cause="missing_values", confidence=0.93, features=("distance",),
                says="distance is missing in 62 % of rows from region eu since 14:00",
                segments=({"region": "eu"},), since=ONSET, change="chg-17", evidence=("f2", "f1"),
                against=(), actions=(Action(kind="quarantine_feature", says="Quarantine it"),),
            ),
            Hypothesis(
                cause="model_version", confidence=0.03, says="another version might serve",
                evidence=("f1",), against=("f4",), missing=("the hash of the served model",),
            ),
            Hypothesis(cause="unknown", confidence=0.02, says="something else"),
        ),
    }  # fmt: skip
    return Diagnosis(**(values | given))  # type: ignore[arg-type]  # the values by name


def reading(minutes: float, value: float | None, *, rows: int = 900) -> Reading:
    good = None if value is None or rows < 100 else value >= 0.879
    return Reading(
        at=after(minutes), until=after(minutes + 60), value=value, rows=rows, floor=0.879, good=good
    )


def checks_ran(story: Story, minutes: float) -> None:
    for number, finding in enumerate(FINDINGS):
        title = f"Question {number + 1}?"
        step = finding.check.replace(".", "-")
        at = minutes + number / 60
        story.tell(at, t.StepMoved(step=step, title=title, state="running"))
        story.tell(
            at,
            t.StepMoved(
                step=step, title=title, state=finding.verdict, says=finding.says,
                findings=(finding,),
            ),
        )  # fmt: skip


@pytest.fixture
def full() -> Story:
    """An incident that went through everything."""
    story = Story()
    story.tell(36, opening(alert()))
    story.tell(36, t.RoomOpened(id="C1", name="inc-20260303-delays-0a0b0c0d"))
    checks_ran(story, 36.5)
    story.tell(37, t.Diagnosed(diagnosis=diagnosis()))
    story.tell(38, t.RoleTaken(role="lead", person=MARIA), MARIA)
    story.tell(40, t.AlertJoined(alert=alert(40, id="a2")))
    story.tell(45, t.AlertJoined(alert=alert(45, id="a3")))
    story.tell(47, t.SeveritySet(severity="sev1"), MARIA)
    story.tell(
        48,
        t.StepMoved(step="harm", title="Who is hurt?", state="answered", says="customers"),
        LI,
        link="https://chat.example/p48",
    )
    story.tell(
        50,
        t.FindingRecorded(says="The EU feed was migrated at 14:00", link="https://wiki.example/1"),
        LI,
    )
    story.tell(51, t.FindingRecorded(says="Badly: the feed team told nobody"), MARIA)
    story.tell(55, t.CheckRun(check="data.volume", findings=(FINDINGS[2],)), LI)
    story.tell(60, t.StepMoved(step="fix", title="Fall back.", state="done"), MARIA)
    story.tell(
        60, t.Mitigated(says="Fell back to the last good distances"), MARIA,
        link="https://chat.example/p60",
    )  # fmt: skip
    story.tell(65, t.AlertCleared(alert=alert(65, id="a4", status="resolved")))
    story.tell(90, t.Watched(reading=reading(60, None, rows=40)))
    story.tell(120, t.Watched(reading=reading(60, 0.861)))
    for minutes in (120, 180, 240):
        story.tell(minutes + 60, t.Watched(reading=reading(minutes, 0.908 + minutes / 100_000)))
    story.tell(300, t.Recovered(reading=reading(240, 0.91), windows=3))
    story.tell(301, t.ActionAdded(number=1, says="Alert on missing distance", owner=LI,
                                  due=date(2026, 3, 10)), MARIA)  # fmt: skip
    story.tell(302, t.ActionAdded(number=2, says="Tell us of migrations", owner=MARIA,
                                  due=date(2026, 3, 12)), MARIA)  # fmt: skip
    story.tell(303, t.ActionDone(number=2), MARIA)
    story.tell(
        305, t.Resolved(cause="missing_values", says="The feed sends distances again."), MARIA
    )
    return story


Written = Callable[[Story], Postmortem]


@pytest.fixture
def renderer() -> Renderer:
    return Renderer([shipped("templates")])


@pytest.fixture
def written(renderer: Renderer) -> Written:
    def write(story: Story) -> Postmortem:
        return write_postmortem(story.incident, story.timeline, renderer=renderer)

    return write
