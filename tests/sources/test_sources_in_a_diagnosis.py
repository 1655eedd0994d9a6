"""A whole diagnosis whose evidence lies in a Prometheus, a repository and a registry."""

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.diagnosis import diagnose
from bot.diagnosis.examine import examine
from bot.incident import Diagnosis
from bot.settings import Settings, read_settings
from bot.sources import open_sources
from tests.conftest import CASE_END, FAULT_AGE, HISTORY
from tests.sources.recording import Recorded, replayed

FAULT = CASE_END - FAULT_AGE
FEBRUARY = '"creation_timestamp": 1770000000000'
TEXT = (Path(__file__).parent / "recorded" / "mlflow.json").read_text()
MLFLOW = json.loads(re.sub(r'"creation_timestamp": \d+', FEBRUARY, TEXT))["before"]
EVIDENCE = """
registry = "registry"
system = ["machines"]

[sources.machines]
kind = "prometheus"
url = "{url}"
options = {{ queries = {{ cpu = "cpu" }} }}

[sources.registry]
kind = "mlflow"
url = "{url}"
options = {{ model = "fraud" }}

[sources.code]
kind = "git"
path = "code"

[outgoing]
private = ["loopback"]
"""


class Answers(dict[str, Any]):
    """The registry as it was recorded, and a machine that has much to do since the fault."""

    def get(self, key: str, default: object = None) -> Any:
        if "query_range" not in key:
            return super().get(key, default)
        asked = {name: values[0] for name, values in parse_qs(urlsplit(key).query).items()}
        times = range(int(asked["start"]), int(asked["end"]) + 1, int(asked["step"]))
        values = [[time, "0.9" if time >= FAULT.timestamp() else "0.3"] for time in times]
        series = {"metric": {"instance": "a"}, "values": values}
        return {"status": "success", "data": {"resultType": "matrix", "result": [series]}}


class Hanging(Answers):
    """The same, but for the machine: it answers only once `go_on` is set."""

    def __init__(self, *known: Any) -> None:
        super().__init__(*known)
        self.asked, self.go_on = threading.Event(), threading.Event()

    def get(self, key: str, default: object = None) -> Any:
        if "query_range" in key:
            self.asked.set()
            self.go_on.wait(30)
        return super().get(key, default)


@pytest.fixture
def server() -> Iterator[Recorded]:
    with replayed({}) as made:
        made.answers = Answers(MLFLOW)
        yield made


@pytest.fixture
def settings(own_case: Path, server: Recorded) -> Settings:
    commit(own_case / "code", "Join distance by tail number", "features/distance.py", FAULT)
    path = own_case / "plummet.toml"
    told = path.read_text().replace('changes = ["changes"]', 'changes = ["code"]')
    path.write_text(told + EVIDENCE.format(url=server.url))
    return read_settings(path)


def commit(folder: Path, says: str, name: str, at: datetime) -> None:
    file = folder / name
    file.parent.mkdir(parents=True)
    file.write_text("x")
    who = ["-c", "user.name=bo", "-c", "user.email=bo@x"]
    dates = {"GIT_AUTHOR_DATE": at.isoformat(), "GIT_COMMITTER_DATE": at.isoformat()}
    for words in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", says]):
        subprocess.run(["git", "-C", folder, *words], env=dates, check=True, timeout=30)


def diagnosed(settings: Settings) -> Diagnosis:
    with open_sources(settings) as sources:
        return diagnose(settings, "delays", sources=sources, at=CASE_END)


def test_they_are_evidence_as_files_are(settings: Settings) -> None:
    with open_sources(settings) as sources:
        evidence = examine(settings, "delays", sources=sources, at=CASE_END)

    (gauge,) = evidence.system or ()
    assert (gauge.metric, gauge.host) == ("cpu", "a")
    assert gauge.before == pytest.approx(0.3, abs=0.05)
    assert gauge.during == pytest.approx(0.9, abs=0.05)
    assert gauge.samples > (HISTORY.days - 2) * 24 * 60
    (change,) = evidence.changes or ()
    assert (change.kind, change.time) == ("pipeline", FAULT.astimezone(UTC))
    assert evidence.registered is not None
    assert evidence.registered.live is not None
    assert evidence.registered.live.version == "1"


def test_a_prometheus_that_hangs_keeps_nobody_from_the_log(
    settings: Settings, server: Recorded
) -> None:
    hanging = Hanging(MLFLOW)
    server.answers = hanging
    with open_sources(settings) as sources:

        def take_the_log() -> None:
            with sources.hold(*settings.sources):
                pass

        first = threading.Thread(
            target=examine, args=(settings, "delays"), kwargs={"sources": sources, "at": CASE_END}
        )
        other = threading.Thread(target=take_the_log)
        first.start()
        try:
            assert hanging.asked.wait(30)
            other.start()
            other.join(10)
            assert not other.is_alive()
        finally:
            hanging.go_on.set()
            first.join(60)
            other.join(10)


def test_the_cause_is_found_with_the_commit_that_did_it(settings: Settings) -> None:
    (first, *_) = diagnosed(settings).hypotheses

    assert first.cause == "missing_values"
    assert first.change is not None
    assert first.change.endswith("/pipeline")


def test_wrong_certificates_and_unset_variables_of_what_is_optional_end_no_diagnosis(
    settings: Settings,
) -> None:
    path = settings.folder / "plummet.toml"
    broken = path.read_text()
    for right, wrong in (
        ('"prometheus"\nurl = "http:', '"prometheus"\nca_file = "x.pem"\nurl = "https:'),
        ('"git"\npath = "code"', '"github"\noptions.repository = "a/b"\nbasic = "${UNSET}"'),
        ('reference]\nsource = "files"', 'reference]\nsource = "old"'),
    ):  # fmt: skip
        assert right in broken
        broken = broken.replace(right, wrong)
    path.write_text(broken + '\n[sources.old]\nkind = "table"\nurl = "postgres://${UNSET}"\n')

    found = diagnosed(read_settings(path))

    assert found.hypotheses[0].cause == "missing_values"
    unknown = {one.check: one.says for one in found.findings if one.verdict == "unknown"}
    assert "its certificates cannot be read" in unknown["system.metrics"]
    assert "environment variable UNSET" in unknown["changes.recent"]


def test_of_two_sources_of_system_metrics_one_that_is_down_does_not_cost_the_other(
    settings: Settings,
) -> None:
    path = settings.folder / "plummet.toml"
    more = path.read_text().replace('system = ["machines"]', 'system = ["gone", "machines"]')
    path.write_text(more + '\n[sources.gone]\nkind = "metrics"\npath = "gone.parquet"\n')

    found = diagnosed(read_settings(path))

    said = [one for one in found.findings if one.check == "system.metrics"]
    assert {one.verdict for one in said} == {"unknown", "suspect"}
    (unknown,) = (one for one in said if one.verdict == "unknown")
    assert "gone.parquet" in unknown.says


def test_without_any_of_them_the_cause_is_still_found_and_what_is_missing_is_said(
    settings: Settings, server: Recorded, own_case: Path
) -> None:
    server.answers = {}
    (own_case / "code").rename(own_case / "moved")

    found = diagnosed(settings)

    assert found.hypotheses[0].cause == "missing_values"
    unknown = {one.check: one.says for one in found.findings if one.verdict == "unknown"}
    assert "there is no folder" in unknown["changes.recent"]
    assert "query 'cpu'" in unknown["system.metrics"]
    assert "answered 404" in unknown["system.metrics"]
