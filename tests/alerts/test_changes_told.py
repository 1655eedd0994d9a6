"""What a team's own pipeline tells of a release."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import UnreadableAlert
from bot.incident import ChangeEvent, Delivery

EVENT = {
    "id": "chg-17", "time": "2026-11-21T19:00:00+01:00", "kind": "model", "what": "v12 to v13",
    "who": "ci", "ref": "https://git.example/r/13", "details": {"from": "v12", "to": "v13"},
}  # fmt: skip


def read(make_sender: Any, body: Any, **keys: Any) -> Delivery:
    found: Delivery = make_sender("changes", **keys).read(json.dumps(body).encode(), headers={})
    return found


@pytest.mark.parametrize("body", [EVENT, [EVENT], {"changes": [EVENT]}])
def test_an_event_in_the_shape_of_the_contract_is_read(make_sender: Any, body: Any) -> None:
    assert read(make_sender, body).changes == (
        ChangeEvent(
            id="chg-17", time=datetime(2026, 11, 21, 18, tzinfo=UTC), kind="model",
            what="v12 to v13", who="ci", ref="https://git.example/r/13",
            details={"from": "v12", "to": "v13"},
        ),
    )  # fmt: skip


def test_what_was_changed_is_all_that_has_to_be_said(make_sender: Any) -> None:
    (change,) = read(make_sender, {"what": "deployed"}).changes

    assert (change.kind, change.what, change.who) == ("other", "deployed", "")
    assert change.time == datetime(2026, 11, 21, 20, tzinfo=UTC)
    assert change.id.startswith("am-")


def test_an_event_without_an_id_is_the_same_for_a_while(make_sender: Any) -> None:
    def told(minute: int) -> ChangeEvent:
        now = datetime(2026, 11, 21, 20, minute, tzinfo=UTC)
        return read(make_sender, {"what": "deployed"}, now=lambda: now).changes[0]

    assert told(1).id == told(8).id != told(11).id


def test_one_wrong_event_does_not_lose_the_others(make_sender: Any) -> None:
    delivery = read(make_sender, [{"kind": "model"}, {"what": "x", "kind": "modle"}, EVENT])

    assert [change.id for change in delivery.changes] == ["chg-17"]
    assert delivery.unread == (
        "changes[0].what is nothing, not text",
        "changes[1].kind is 'modle'; did you mean 'model'?",
    )


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ([], "the list of changes is empty"),
        ("deployed", r"changes\[0\] is text, not an object"),
        ({"what": "x", "time": "soon"}, r"changes\[0\].time is no time"),
        ({"what": "x", "details": "y"}, r"changes\[0\].details is text"),
    ],
)
def test_what_is_no_change_is_refused_with_the_place(
    make_sender: Any, body: Any, says: str
) -> None:
    with pytest.raises(UnreadableAlert, match=says):
        read(make_sender, body)
