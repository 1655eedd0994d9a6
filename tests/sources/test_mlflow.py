"""A model registry in MLflow: what a real 3.17 answered, and a real one where it is installed.

`PLUMMET_TEST_MLFLOW=PATH/TO/mlflow` asks a real server the same questions; `.ci/run` does.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import SourceError
from bot.incident import ChangeEvent
from bot.settings import OutgoingSettings, Settings, SourceSettings
from bot.sources import Sources, look_at_source, open_sources
from bot.sources.aliases import FIRST
from tests.sources import mlflow_server
from tests.sources.recording import replayed

FILE = Path(__file__).parent / "recorded" / "mlflow.json"


@dataclass
class Registry:
    """Where it answers, and how its alias is moved to version 2."""

    url: str
    move: Callable[[], None]


@pytest.fixture(params=["recorded", pytest.param("real", marks=pytest.mark.slow)])
def registry(request: pytest.FixtureRequest) -> Iterator[Registry]:
    if request.param == "recorded":
        said = json.loads(FILE.read_text())
        with replayed(said["before"]) as server:
            yield Registry(server.url, lambda: server.answers.update(said["after"]))
        return
    url = request.getfixturevalue("real_mlflow")
    with mlflow_server.seeded(url):
        yield Registry(url, lambda: mlflow_server.point(url, "2"))


class History:
    """What a store keeps of the changes that it was told of."""

    def __init__(self, *events: ChangeEvent) -> None:
        self.events = list(events)

    def __call__(self, _sender: str | None) -> list[ChangeEvent]:
        return sorted(self.events, key=lambda event: event.time)


def settings(url: str, **options: Any) -> Settings:
    source = SourceSettings(kind="mlflow", url=url, options={"model": "fraud"} | options)
    here = OutgoingSettings(private=("loopback",))
    return Settings(folder=Path(), sources={"registry": source}, outgoing=here)


def sources(url: str, history: History | None = None, **options: Any) -> Sources:
    return open_sources(settings(url, **options), received=history)


def look(registry: Registry, history: History, at: datetime) -> ChangeEvent | None:
    """Have the bot look where the alias points, and keep what it saw."""
    opened = sources(registry.url, history)
    seen = opened.histories.watches(clock=lambda: at)["registry"].look()
    history.events += seen.changes
    return seen.changes[0] if seen.changes else None


def test_the_live_version_is_told_with_its_run_its_data_and_its_signature(
    registry: Registry,
) -> None:
    found = sources(registry.url).histories.registered("registry")

    assert found.live is not None
    assert found.live.version == "1"
    assert (found.live.run_name, found.live.commit) == ("train1", "abc1")
    assert found.live.inputs == {"distance": "double", "carrier": "long"}
    (data,) = found.live.trained_on
    assert (data.name, data.digest, data.context) == ("flights", "digest1", "training")
    assert (data.columns, data.rows) == ({"distance": "double"}, 200)
    assert [version.version for version in found.versions] == ["2", "1"]
    assert found.former is None


def test_a_move_of_the_alias_is_one_change_with_both_versions(registry: Registry) -> None:
    history, start = History(), datetime.now(UTC) - timedelta(hours=3)

    first = look(registry, history, start)
    again = look(registry, history, start + timedelta(minutes=1))
    registry.move()
    moved = look(registry, history, start + timedelta(minutes=2))
    still = look(registry, history, start + timedelta(minutes=3))

    assert first is not None
    assert (first.kind, first.details["event"]) == ("other", FIRST)
    assert again is None
    assert still is None
    assert moved is not None
    assert (moved.kind, moved.details["from"], moved.details["to"]) == ("model", "1", "2")
    assert moved.what == "alias champion of fraud moved from version 1 to 2"

    opened = sources(registry.url, history)
    events, wrong = opened.changes(["registry"])
    assert not wrong
    assert [event["id"] for event in events if event["kind"] == "model"] == [moved.id]
    assert sorted(event["ref"] for event in events if event["kind"] == "other") == [
        "fraud/1", "fraud/2",
    ]  # fmt: skip
    found = opened.histories.registered("registry")
    assert (found.live and found.live.version, found.former and found.former.version) == ("2", "1")
    assert found.live_since == moved.time


def test_what_was_live_before_the_move_is_told_of_a_moment_before_it(registry: Registry) -> None:
    history, start = History(), datetime.now(UTC) - timedelta(hours=3)
    look(registry, history, start)
    registry.move()
    look(registry, history, start + timedelta(hours=2))

    found = sources(registry.url, history).histories.registered(
        "registry", at=start + timedelta(hours=1)
    )

    assert found.live is not None
    assert found.live.version == "1"
    assert found.live_since is None


def test_a_webhook_that_told_of_the_move_first_leaves_nothing_to_tell(registry: Registry) -> None:
    history, start = History(), datetime.now(UTC) - timedelta(hours=3)
    look(registry, history, start)
    registry.move()
    told = {
        "model": "fraud",
        "alias": "champion",
        "to": "2",
        "event": "model_version_alias.created",
    }
    at = start + timedelta(seconds=9)
    history.events.append(ChangeEvent(id="mlflow-w", time=at, kind="model", details=told))

    assert look(registry, history, start + timedelta(minutes=1)) is None
    assert sources(registry.url, history).histories.registered("registry").live_since == at


def test_without_a_history_the_live_version_counts_from_its_registration(
    registry: Registry,
) -> None:
    events, _ = sources(registry.url).changes(["registry"])

    assert [(event["ref"], event["kind"]) for event in events] == [
        ("fraud/1", "model"), ("fraud/2", "other"),
    ]  # fmt: skip
    assert "alias champion means it now" in events[0]["what"]


def test_a_version_that_was_registered_later_was_not_live_then(registry: Registry) -> None:
    then = datetime.now(UTC) - timedelta(days=300)

    found = sources(registry.url).histories.registered("registry", at=then)

    assert found.live is None
    assert found.versions == ()


def test_a_model_that_is_not_there_is_a_clear_error(registry: Registry) -> None:
    with pytest.raises(SourceError, match="answered 404"):
        sources(registry.url, model="nope").histories.registered("registry")


def test_the_doctor_says_what_is_live_and_what_it_was_trained_on(registry: Registry) -> None:
    there = settings(registry.url)
    with open_sources(there) as opened:
        says = look_at_source(there, "registry", opened)

    assert says.startswith(
        "champion of fraud is version 1 of 2, trained on flights digest1, 2 inputs; its clock"
    )
    wrong = settings(registry.url, alias="chmpion")
    with open_sources(wrong) as opened, pytest.raises(SourceError, match="no alias chmpion"):
        look_at_source(wrong, "registry", opened)


@pytest.mark.parametrize(
    ("said", "found"),
    [("2", "2"), ("v2", "2"), ("fraud/2", "2"), ("Fraud-v1", "1"), ("7", None), ("12", None)],
)
def test_a_logs_own_word_for_a_version_is_understood(said: str, found: str | None) -> None:
    answers = json.loads(FILE.read_text())["before"]
    with replayed(answers) as server:
        registered = sources(server.url).histories.registered("registry")

    version = registered.version(said)
    assert (version.version if version else None) == found


@pytest.mark.parametrize(
    "artifact", ["no: signature", "{", "signature: {inputs: '[1]'}", "signature: {inputs: x}"]
)
def test_a_model_without_a_signature_is_no_error(artifact: str) -> None:
    answers = json.loads(FILE.read_text())["before"]
    path = "/model-versions/get-artifact?name=fraud&path=MLmodel&version=1"
    assert path in answers
    with replayed(answers | {path: artifact}) as server:
        found = sources(server.url).histories.registered("registry")

    assert found.live is not None
    assert found.live.inputs is None
