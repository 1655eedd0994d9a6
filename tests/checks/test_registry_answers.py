"""What a registry says of the live version, held against the log."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.diagnosis import ask
from bot.incident import Finding
from bot.profile import Evidence
from bot.profile.registered import Dataset, Registered, Version
from tests.checks.checks_log import ONSET, Examined, examined_log, lose_distance

BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
INPUTS = {"distance": "double", "carrier": "string"}


def version(name: str, *, data: str = "flights", **more: Any) -> Version:
    sets = (Dataset(name=data, digest=f"d{name}", context="training"),)
    given: dict[str, Any] = {"datasets": sets, "inputs": INPUTS, "run": "r",
                             "run_name": f"run{name}"}  # fmt: skip
    return Version(version=name, created=BEGUN, **(given | more))


def registry(live: Version | None, **more: Any) -> Registered:
    versions = tuple(each for each in (live, more.get("former")) if each)
    return Registered(source="r", name="m", alias="champion", live=live, versions=versions, **more)


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """A log that does not name the version of each row."""
    folder = tmp_path_factory.mktemp("log")
    return examined_log(folder, lose_distance, without=("model_version",))


def of(evidence: Evidence, check: str, registered: Registered, part: str = "registry") -> Finding:
    findings = ask(replace(evidence, registered=registered), check)
    (found,) = (one for one in findings if one.subject.get("part") == part)
    return found


def test_a_version_that_went_live_at_the_onset_is_a_suspect(evidence: Evidence) -> None:
    moved = ONSET - timedelta(minutes=30)
    found = of(
        evidence, "model.version",
        registry(version("2"), former=version("1"), live_since=moved, watched_since=BEGUN),
    )  # fmt: skip

    assert (found.verdict, found.since) == ("suspect", moved)
    assert "moved from version 1 to 2" in found.says


@pytest.mark.parametrize(
    ("moved", "watched", "verdict"),
    [
        (ONSET - timedelta(days=3), BEGUN, "clear"),
        (None, BEGUN, "clear"),
        (ONSET + timedelta(hours=9), BEGUN, "clear"),
        (None, ONSET + timedelta(hours=1), "unknown"),
        (None, None, "unknown"),
    ],
)
def test_one_that_went_live_long_before_or_nobody_knows_when_is_none(
    evidence: Evidence, moved: datetime | None, watched: datetime | None, verdict: str
) -> None:
    live = registry(version("2"), live_since=moved, watched_since=watched)

    assert of(evidence, "model.version", live).verdict == verdict


def test_a_log_that_names_another_version_than_the_live_one_is_said(examined: Examined) -> None:
    named = examined(lose_distance)
    served = {name for _, name in named.one("version").known()}  # type: ignore[union-attr]  # the log has one
    (name,) = served
    bare = name.removeprefix("v")

    (other,) = (
        one
        for one in ask(
            replace(named, registered=registry(version("99"), former=version(bare))),
            "model.version",
        )
        if one.subject.get("part") == "registry"
    )
    assert other.verdict == "suspect"
    assert f"the log says that {name} serves 100% of rows" in other.says
    same = ask(replace(named, registered=registry(version(bare))), "model.version")
    assert not [one for one in same if one.subject.get("part") == "registry"]


@pytest.mark.parametrize(
    ("former", "verdict"),
    [(None, "clear"), (version("1"), "clear"), (version("1", data="trips"), "suspect")],
)
def test_training_on_another_data_set_than_before_is_a_suspect(
    evidence: Evidence, former: Version | None, verdict: str
) -> None:
    found = of(evidence, "model.training", registry(version("2"), former=former), "dataset")

    assert found.verdict == verdict
    assert "version 2 of m was trained on flights d2 in run run2" in found.says


@pytest.mark.parametrize(
    ("inputs", "verdict", "says"),
    [
        (INPUTS, "clear", "all are served so"),
        (INPUTS | {"age": "long"}, "suspect", "age is not in the log"),
        (INPUTS | {"carrier": "long"}, "suspect", "carrier is long, served as string"),
        ({"distance": "long"}, "clear", "carrier served beside it"),
    ],
)
def test_a_signature_is_held_against_what_is_served(
    evidence: Evidence, inputs: dict[str, str], verdict: str, says: str
) -> None:
    live = registry(version("2", inputs=inputs))

    found = of(evidence, "model.training", live, "signature")

    assert found.verdict == verdict
    assert says in found.says


def test_a_run_without_data_and_an_alias_without_a_version_are_not_known(
    evidence: Evidence,
) -> None:
    bare = of(evidence, "model.training", registry(version("2", datasets=())), "dataset")
    assert bare.verdict == "unknown"
    assert of(evidence, "model.version", registry(None)).verdict == "unknown"
