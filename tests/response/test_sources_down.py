"""What a source that is down costs an incident, and a registry that is looked at."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.response import begin_polls
from bot.settings import OutgoingSettings, Settings, SourceSettings
from bot.sources import open_sources
from tests.response.conftest import Built, House
from tests.sources.recording import Recorded, replayed

REGISTRY = Path(__file__).parent.parent / "sources" / "recorded" / "mlflow.json"
DOWN: tuple[int, dict[str, str], dict[str, str]] = (
    503,
    {},
    {"message": "the database is being upgraded"},
)


@pytest.fixture
def log_of_changes() -> Iterator[Recorded]:
    with replayed({"/changes": DOWN}) as server:
        yield server


@pytest.fixture
def reached(build: Built, own_case: Path, log_of_changes: Recorded) -> House:
    """The small case, its changes told by a server on loopback."""
    path = own_case / "plummet.toml"
    text = path.read_text().replace(
        'path = "changes.jsonl"', f'url = "{log_of_changes.url}/changes"'
    )
    path.write_text(text + '\n[outgoing]\nprivate = ["loopback"]\n')
    return build(path)


def test_a_source_that_is_down_leaves_its_findings_unknown_and_the_incident_goes_on(
    reached: House, log_of_changes: Recorded, own_case: Path
) -> None:
    incident = reached.opened()

    (finding,) = (one for one in incident.findings if one.check == "changes.recent")
    assert finding.verdict == "unknown"
    assert "answered 503 (the database is being upgraded)" in finding.says
    assert " UTC)" in finding.says
    assert incident.diagnosis is not None
    assert incident.diagnosis.hypotheses[0].cause == "missing_values"

    log_of_changes.answers["/changes"] = (own_case / "changes.jsonl").read_text()
    reached.ask("run", check="changes.recent")

    (finding,) = (one for one in reached.incident.findings if one.check == "changes.recent")
    assert finding.verdict == "suspect"
    assert finding.subject["change"] == "chg-17"


def looking(house: House, server: Recorded) -> House:
    """A bot that looks where the alias of a registry points."""
    source = SourceSettings(kind="mlflow", url=server.url, options={"model": "fraud"})
    settings = Settings(
        folder=Path(), sources={"r": source}, outgoing=OutgoingSettings(private=("loopback",))
    )
    store = house.desk.store
    sources = open_sources(settings, received=lambda sender: store.changes(sender=sender))
    watches = sources.histories.watches(clock=house.clock)
    house.desk = replace(house.desk, registries=watches)
    begin_polls(house.desk)
    house.work()
    return house


def test_a_move_of_the_registrys_alias_is_kept_when_it_is_seen(house: House) -> None:
    said = json.loads(REGISTRY.read_text())
    with replayed(said["before"]) as server:
        bot = looking(house, server)
        bot.later(61)
        server.answers.update(said["after"])
        bot.later(61)
        bot.later(61)

    first, moved = house.desk.store.changes(sender="r")
    assert first.kind == "other"
    assert moved.what == "alias champion of fraud moved from version 1 to 2"
    assert moved.details["from"] == "1"


def test_a_registry_that_is_down_is_looked_at_again(house: House) -> None:
    said = json.loads(REGISTRY.read_text())
    with replayed({}) as server:
        bot = looking(house, server)
        assert house.desk.store.changes() == ()
        server.answers.update(said["before"])
        bot.later(61)

    assert [change.details["to"] for change in house.desk.store.changes()] == ["1"]
    assert house.desk.store.parked() == []
