"""The name of an incident's channel."""

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.incident import PLUMMET, Incident, IncidentKey
from bot.response.opening import room_name

WHEN = datetime(2026, 3, 5, 3, 12, tzinfo=UTC)


def incident(*, model: str | None = None, title: str = "accuracy fell") -> Incident:
    return Incident(
        id="3f9a2c1b",
        number=7,
        key=IncidentKey(model=model, metric="accuracy"),
        title=title,
        severity="sev2",
        playbook="accuracy-drop",
        opened_at=WHEN,
        opened_by=PLUMMET,
        updated_at=WHEN,
    )


def test_it_tells_the_day_the_model_and_the_incident() -> None:
    assert room_name(incident(model="Delays v2"), "inc") == "inc-20260305-delays-v2-3f9a2c1b"


def test_an_incident_without_a_model_is_named_after_its_title() -> None:
    assert room_name(incident(title="CTR is odd!"), "inc") == "inc-20260305-ctr-is-odd-3f9a2c1b"


@given(model=st.text() | st.none(), title=st.text())
def test_it_is_always_within_slacks_rules(model: str | None, title: str) -> None:
    name = room_name(incident(model=model, title=title), "inc")

    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,79}", name)
    assert name.endswith("3f9a2c1b")
