from dataclasses import replace
from datetime import UTC, date, datetime
from typing import get_args

import pytest

from bot.incident import (
    PLUMMET,
    Alert,
    Call,
    Diagnosis,
    Entry,
    Fact,
    Finding,
    Hypothesis,
    IncidentKey,
    Measure,
    Person,
    Reading,
)
from bot.incident import timeline as t
from bot.incident.narration import figure, sentence

AT = datetime(2026, 3, 3, 14, tzinfo=UTC)
ALERT = Alert(
    id="a", sender="grafana", status="firing", title="Accuracy low", starts_at=AT, value=0.7912
)
MEASURE = Measure(value=0.912, rows=1_000, start=AT, end=AT)
DIAGNOSIS = Diagnosis(
    model="delays", metric="accuracy", at=AT, verdict="degraded", baseline=MEASURE,
    current=replace(MEASURE, value=0.781), onset=None, findings=(),
    hypotheses=tuple(
        Hypothesis(cause=cause, confidence=confidence, says="")
        for cause, confidence in (
            ("missing_values", 0.9), ("join_break", 0.05), ("unknown", 0.03), ("prior_shift", 0.02)
        )
    ),
)  # fmt: skip
RANKED = (
    "No drop of accuracy beyond what its history shows; "
    "probable causes: missing values 90%, join break 5%, unknown 3%"
)
READING = Reading(at=AT, until=AT, value=0.9, rows=1_200, floor=0.88, good=True)
CALL = Call(method="POST", url="https://x", body="{}", says="move the alias from version 2 to 1")
SUSPECT = Finding(check="data.missing", verdict="suspect", says="distance is missing")
CLEAR = Finding(check="data.missing", verdict="clear", says="all there")
UNKNOWN = Finding(check="data.missing", verdict="unknown", says="no table")

SAID: list[tuple[Fact, str]] = [
    (
        t.Opened(
            number=7, key=IncidentKey(model="delays", metric="accuracy"), title="Accuracy low",
            severity="sev2", playbook="p", alert=ALERT, says="Since lunch",
        ),
        "Opened incident 7 as sev2: Accuracy low, alert from grafana (at 0.791). Since lunch",
    ),
    (t.AlertJoined(alert=ALERT), "The alert fired again: Accuracy low (at 0.791)"),
    (t.AlertCleared(alert=ALERT), "grafana says that the alert no longer fires: Accuracy low"),
    (t.ModelNamed(model="delays", metric="accuracy", playbook="p"), "Named the model: delays"),
    (t.RoomOpened(id="C1", name="inc-1"), "Opened the channel #inc-1"),
    (t.StepMoved(step="a", title="A?", state="running"), "Began: A?"),
    (t.StepMoved(step="a", title="A?", state="waiting"), "Waits for its turn again: A?"),
    (t.StepMoved(step="a", title="A?", state="suspect", says="So."), "A? – suspect: So."),
    (t.StepMoved(step="a", title="A?", state="clear"), "A? – clear"),
    (t.StepMoved(step="a", title="A?", state="unknown", says="no log"), "A? – not known: no log"),
    (t.StepMoved(step="a", title="A?", state="answered", says="yes"), "A? – yes"),
    (t.StepMoved(step="a", title="Do it.", state="done"), "Done: Do it."),
    (t.StepMoved(step="a", title="Do it.", state="skipped"), "Skipped: Do it."),
    (
        t.CheckRun(check="data.missing", findings=(CLEAR, SUSPECT)),
        "Ran data.missing by hand: distance is missing",
    ),
    (t.CheckRun(check="x", findings=(CLEAR, UNKNOWN)), "Ran x by hand: not known: no table"),
    (t.CheckRun(check="x", findings=(CLEAR,)), "Ran x by hand: clear"),
    (
        t.Diagnosed(diagnosis=replace(DIAGNOSIS, hypotheses=DIAGNOSIS.hypotheses[:1])),
        "accuracy went from 0.912 to 0.781; probable causes: missing values 90%",
    ),
    (
        t.Diagnosed(diagnosis=replace(DIAGNOSIS, verdict="healthy")),
        RANKED,
    ),
    (
        t.Diagnosed(diagnosis=replace(DIAGNOSIS, verdict="healthy", hypotheses=())),
        "No drop of accuracy beyond what its history shows",
    ),
    (
        t.Diagnosed(diagnosis=replace(DIAGNOSIS, verdict="no_labels", hypotheses=())),
        "Too few labels to tell whether accuracy dropped",
    ),
    (t.FindingRecorded(says="A feed\nmoved"), "Found: A feed moved"),
    (t.SeveritySet(severity="sev1"), "Set the severity to sev1"),
    (t.RoleTaken(role="lead", person=Person(name="maria")), "maria is lead now"),
    (t.ActionAdded(number=1, says="Alert on it"), "Action item 1: Alert on it, nobody yet"),
    (
        t.ActionAdded(number=2, says="Fix", owner=Person(name="li"), due=date(2026, 3, 9)),
        "Action item 2: Fix, li, due 2026-03-09",
    ),
    (t.ActionDone(number=2), "Finished action item 2"),
    (
        t.RollbackAsked(id="r", call=CALL, until=AT, why="worse since v2"),
        "Asked for a rollback, to move the alias from version 2 to 1. worse since v2",
    ),
    (t.RollbackApproved(id="r", until=AT), "Approved the rollback"),
    (t.RollbackEnded(id="r", state="done", says=""), "The rollback was carried out"),
    (t.RollbackEnded(id="r", state="failed", says="403"), "The rollback failed: 403"),
    (t.Mitigated(says="rolled back"), "Mitigated: rolled back"),
    (
        t.Watched(reading=READING),
        "Looked at the metric: 0.900 over 1,200 rows, good, has to reach 0.880",
    ),
    (
        t.Watched(reading=replace(READING, good=None, rows=3)),
        "Looked at the metric: only 3 labelled rows, too few to tell",
    ),
    (
        t.Recovered(reading=replace(READING, floor=None), windows=3),
        "Recovered, 3 good windows in a row: 0.900 over 1,200 rows, good",
    ),
    (t.Resolved(), "Resolved"),
    (
        t.Resolved(cause="join_break", says="Feed fixed."),
        "Resolved, root cause: join break. Feed fixed.",
    ),
    (t.Resolved(cause="a bad_name"), "Resolved, root cause: a bad_name"),
    (t.Reopened(says="fell again"), "Reopened: fell again"),
    (t.PostmortemWritten(path="x.md"), "Wrote the post-mortem"),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "words"), SAID)
def test_every_fact_has_its_sentence(fact: Fact, words: str) -> None:
    assert sentence(Entry(seq=1, incident="i", at=AT, by=PLUMMET, fact=fact)) == words


def test_no_kind_of_fact_is_left_out() -> None:
    assert {type(fact) for fact, _ in SAID} == set(get_args(Fact))


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.5, "0.500"), (-1.23456, "-1.235"), (12345.6, "12,345.6"), (None, "not known")],
)
def test_a_figure_reads_as_people_write_it(value: float | None, words: str) -> None:
    assert figure(value) == words
