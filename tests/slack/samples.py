"""Values that several tests of the Slack room put on cards."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bot.incident import (
    Action,
    ActionItem,
    Alert,
    Call,
    Diagnosis,
    Finding,
    Hypothesis,
    Incident,
    IncidentKey,
    Measure,
    Onset,
    Person,
    Playbook,
    Progress,
    Rollback,
    Step,
)

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MARIA = Person(name="Maria", id="U0MARIA")
LI = Person(name="Li", id="U0LI")
ALERT = Alert(
    id="am:1", sender="alertmanager", status="firing", title="Accuracy of delays is low",
    starts_at=NOON, model="delays", metric="accuracy", severity="sev2", value=0.78,
)  # fmt: skip
MISSING = Finding(
    id="f3", check="data.missing", verdict="suspect", strength=4.2, rows=129_000, since=NOON,
    says="distance is missing in 62 % of rows from region eu since 12:00, never before",
    subject={"feature": "distance"}, figures={"missing_before": 0.001, "missing_now": 0.62},
    doubt="a backfill of distance that leaves the metric low",
)  # fmt: skip
SCHEMA = Finding(id="f5", check="data.schema", verdict="clear", says="the schema has not changed")
LATENCY = Finding(
    check="system.latency", verdict="unknown", says="no system metrics are configured", id="f9"
)
DIAGNOSIS = Diagnosis(
    model="delays", metric="accuracy", at=NOON + timedelta(hours=2), verdict="degraded",
    baseline=Measure(value=0.912, rows=120_000, start=NOON - timedelta(days=20), end=NOON),
    current=Measure(value=0.781, rows=9_000, start=NOON, end=NOON + timedelta(hours=2)),
    onset=Onset(time=NOON, low=NOON, high=NOON + timedelta(minutes=10), shape="step"),
    hypotheses=(
        Hypothesis(
            cause="missing_values", confidence=0.93, features=("distance",), change="chg-17",
            says="distance is missing in 62 % of rows from region eu", evidence=("f3",),
            against=("f5",), missing=("an offline recomputation of distance",),
            actions=(Action(kind="quarantine_feature", says="Serve without distance"),),
        ),
        Hypothesis(cause="join_break", confidence=0.04, says="distance may be of other rows"),
        Hypothesis(cause="unknown", confidence=0.02, says="something else"),
    ),
    findings=(MISSING, SCHEMA, LATENCY),
)  # fmt: skip
PLAYBOOK = Playbook(
    name="accuracy-drop",
    says="Accuracy fell.",
    steps=(
        Step(key="scope", kind="check", section="Clarify", says="How deep, since when?",
             check="metric.recompute"),
        Step(key="users", kind="ask", section="Clarify", says="Do users notice?",
             options=("yes", "no"), who="owner"),
        Step(key="missing", kind="check", section="Verify the data", says="Missing values?",
             check="data.missing"),
        Step(key="schema", kind="check", section="Verify the data", says="Schema changes?",
             check="data.schema"),
        Step(key="rollback", kind="do", section="Stabilise", says="Roll back", who="lead"),
    ),
)  # fmt: skip
INCIDENT = Incident(
    id="1a2b3c4d", number=12,
    key=IncidentKey(model="delays", metric="accuracy", segment=(("region", "eu"),)),
    title="Accuracy of delays is low", severity="sev2", playbook="accuracy-drop",
    opened_at=NOON + timedelta(minutes=15), opened_by=Person(name="Plummet"),
    updated_at=NOON + timedelta(hours=2), alert=ALERT, firing=3, cleared=1, room="C0INC",
    room_name="inc-delays-1a2b3c4d", roles={"lead": MARIA}, diagnosis=DIAGNOSIS,
    findings=DIAGNOSIS.findings,
    progress={
        "scope": Progress(state="suspect", says="0.912 → 0.781 since 12:00"),
        "users": Progress(state="answered", says="yes", by="Maria"),
        "missing": Progress(state="running"),
    },
    actions=(
        ActionItem(number=1, says="Fix the join", owner=MARIA, due=date(2026, 12, 1)),
        ActionItem(number=2, says="Add a null-rate monitor", done_at=NOON),
    ),
)  # fmt: skip
FRESH = replace(
    INCIDENT, diagnosis=None, alert=None, roles={}, progress={}, room=None, room_name=None
)
MITIGATED = replace(
    INCIDENT, status="mitigated", mitigation="Serving without distance",
    mitigated_at=NOON + timedelta(hours=3), good_windows=1,
)  # fmt: skip
RESOLVED = replace(
    INCIDENT, status="resolved", cause="distance arrived null", resolution="backfilled",
    resolved_at=NOON + timedelta(hours=5),
)  # fmt: skip
ROLLBACK = Rollback(
    id="1a2b3c4d-aa11", asked_by=MARIA, asked_at=NOON, until=NOON + timedelta(minutes=15),
    why="worse since <13>",
    call=Call(
        method="POST", url="https://mlflow.example/api/2.0/mlflow/registered-models/alias",
        body='{\n  "alias": "champion",\n  "name": "delays",\n  "version": "12"\n}',
        says="move the alias champion of delays from version 13 to 12", was="13",
    ),
)  # fmt: skip
