"""No payload, however it was twisted, gets anything but alerts or `UnreadableAlert` out of us."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.alerts import FORMATS
from bot.errors import UnreadableAlert
from bot.incident import Delivery

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["firing", "resolved", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
RECORDED = {
    "alertmanager": "alertmanager_partial_resolved_status_firing",
    "grafana": "grafana_firing",
    "generic": "grafana_firing",
    "pagerduty": "pagerduty_triggered",
    "cloudwatch": "cloudwatch_alarm",
    "datadog": "datadog_triggered",
    "sentry": "sentry_critical",
    "newrelic": "newrelic_activated",
    "google": "google_open",
    "azure": "azure_events",
    "opsgenie": "opsgenie_create",
    "mlflow": "mlflow_alias_created",
    "changes": "mlflow_alias_created",
}
PROOFS: dict[str, Any] = {"cloudwatch": {"topics": ("arn:aws:sns:eu-west-1:123456789012:ml",)}}


def test_every_format_is_held() -> None:
    assert RECORDED.keys() == FORMATS.keys()


def places(document: Any, so_far: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    inside: list[tuple[Any, Any]] = []
    if isinstance(document, dict):
        inside = list(document.items())
    elif isinstance(document, list):
        inside = list(enumerate(document))
    return [so_far, *(place for key, value in inside for place in places(value, (*so_far, key)))]


def replaced(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    """A copy with another value at that place."""
    if not place:
        return value
    copied = copy.deepcopy(document)
    inner = copied
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return copied


def says_something(delivery: Delivery) -> bool:
    """Whether each part is accounted for: nothing vanishes without a word."""
    parts = (delivery.alerts, delivery.changes, delivery.unread, delivery.ignored)
    return any(parts) or delivery.reply is not None


@pytest.mark.parametrize("kind", sorted(RECORDED))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_twisted_recording_is_read_or_refused(
    kind: str, data: st.DataObject, payload: Any, make_sender: Callable[..., Any]
) -> None:
    recorded = payload(RECORDED[kind])
    place = data.draw(st.sampled_from(places(recorded)))
    body = json.dumps(replaced(recorded, place, data.draw(JSON))).encode()

    try:
        delivery = make_sender(kind, models=("delays",), **PROOFS.get(kind, {})).read(
            body, headers={}
        )
    except UnreadableAlert:
        return

    assert says_something(delivery)
    for alert in delivery.alerts:
        assert alert.status in {"firing", "resolved"}
        assert alert.starts_at.tzinfo is not None
        assert alert.starts_at.utcoffset() == timedelta(0)
        assert alert.starts_at.astimezone(UTC) == alert.starts_at
        assert alert.model in {None, "delays"}
        assert alert.title
        assert "\n" not in alert.title
        assert all(isinstance(text, str) for text in alert.labels.values())
        assert alert.ends_at is None or alert.status == "resolved"


@pytest.mark.parametrize("kind", sorted(RECORDED))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(document=JSON)
def test_any_document_is_read_or_refused(
    kind: str, document: Any, make_sender: Callable[..., Any]
) -> None:
    try:
        delivery = make_sender(kind, **PROOFS.get(kind, {})).read(
            json.dumps(document).encode(), headers={}
        )
    except UnreadableAlert:
        return

    assert says_something(delivery)
