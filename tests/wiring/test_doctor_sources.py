"""What `plummet doctor` says of each source: well, or in one line what is wrong with it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bot.settings import Settings, SourceSettings
from bot.settings.service import OutgoingSettings
from bot.wiring import Symptom, examine_all
from tests.sources.recording import Recorded, replayed
from tests.sources.test_git_history import Repository

NOW = datetime.now(UTC)
VERSION = {"name": "m", "version": "1", "creation_timestamp": 1_770_000_000_000}
SERIES = {"metric": {"host": "a"}, "values": [[NOW.timestamp() - 600, "1"]]}
MLFLOW = "/api/2.0/mlflow"
SEARCH = f"{MLFLOW}/model-versions/search?filter=name='m'&max_results=100&order_by="


class Prometheus(dict[str, Any]):
    """Every range has one series."""

    def get(self, key: str, default: object = None) -> Any:
        if "query_range" in key:
            return {"status": "success", "data": {"result": [SERIES]}}
        return super().get(key, default)


ANSWERS = {
    "/api/v1/query?query=1": {"status": "success"},
    f"{MLFLOW}/registered-models/get?name=m": {
        "registered_model": {"aliases": [{"alias": "champion", "version": "1"}]}
    },
    f"{MLFLOW}/model-versions/get?name=m&version=1": {"model_version": VERSION},
    f"{SEARCH}creation_timestamp DESC": {"model_versions": [VERSION]},
    "/repos/a/b": {"full_name": "a/b"},
    "/repos/a/b/releases?per_page=100": [],
}


@pytest.fixture
def server() -> Iterator[Recorded]:
    with replayed({}) as made:
        made.answers = Prometheus(ANSWERS)
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    event = {"id": "c", "time": (NOW - timedelta(hours=1)).isoformat(), "kind": "code"}
    (tmp_path / "changes.jsonl").write_text(json.dumps(event) + "\n")
    repository = Repository(tmp_path / "clone")
    repository.commit("a", (NOW - timedelta(hours=2)).isoformat(), features__a_dot_py="1")
    written(tmp_path, NOW - timedelta(minutes=5))
    return tmp_path


def written(folder: Path, newest: datetime) -> None:
    times = [newest - timedelta(days=2), newest]
    table = pd.DataFrame({"time": times, "metric": "cpu", "value": 1.0})
    table.to_parquet(folder / "system.parquet")


def every(server: Recorded) -> dict[str, dict[str, Any]]:
    releases = {"repository": "a/b", "events": ["releases"]}
    return {
        "files": {"kind": "table", "url": "duckdb://", "path": "."},
        "log": {"kind": "changes", "path": "changes.jsonl"},
        "machines": {"kind": "metrics", "path": "system.parquet"},
        "prometheus": {"kind": "prometheus", "url": server.url, "options": {"queries": {"c": "c"}}},
        "registry": {"kind": "mlflow", "url": server.url, "options": {"model": "m"}},
        "code": {"kind": "github", "url": server.url, "options": releases},
        "clone": {"kind": "git", "path": "clone"},
        "told": {"kind": "received"},
    }


def looked(folder: Path, sources: dict[str, dict[str, Any]]) -> dict[str, Symptom]:
    settings = Settings(
        folder=folder,
        sources={name: SourceSettings.model_validate(each) for name, each in sources.items()},
        outgoing=OutgoingSettings(private=("loopback",)),
    )
    found = examine_all(settings, slack=False, environment={})
    return {
        one.part.removeprefix("source "): one for one in found if one.part.startswith("source ")
    }


def test_of_every_source_that_is_well_a_line_says_what_is_there(
    folder: Path, server: Recorded
) -> None:
    found = looked(folder, every(server))

    assert {name for name, symptom in found.items() if symptom.well} == set(every(server))
    assert "2 files below" in found["files"].says
    assert "1 change events, 1 in the last day" in found["log"].says
    assert "2 rows, 1 in the last day" in found["machines"].says
    assert "1 queries" in found["prometheus"].says
    assert "its clock agrees" in found["prometheus"].says
    assert "champion of m is version 1 of 1" in found["registry"].says
    assert "a/b can be read" in found["code"].says
    assert "1 change events, 1 in the last day" in found["clone"].says
    assert "nothing was told yet" in found["told"].says


@pytest.mark.parametrize(
    ("name", "broken", "says"),
    [
        ("files", {"path": "gone"}, "there is no folder"),
        ("files", {"url": "sqlite://gone.db"}, "there is no database file"),
        ("files", {"url": "trino://u@h/d"}, "pip install 'plummet-bot[trino]'"),
        ("files", {"url": "snowflake://u:pw@a/d"}, "pip install 'plummet-bot[snowflake]'"),
        ("files", {"url": "bigquery://p/d"}, "pip install 'plummet-bot[bigquery]'"),
        ("files", {"url": "clickhouse://h/d"}, "pip install 'plummet-bot[clickhouse]'"),
        ("files", {"url": "databricks://h/d"}, "pip install 'plummet-bot[databricks]'"),
        ("files", {"url": "postgres://u:planted@127.0.0.1:9/d"}, "cannot connect to postgres://…"),
        ("log", {"path": "gone.jsonl"}, "there is no file"),
        ("log", {"kind": "change"}, "there is no kind 'change'; did you mean 'changes'"),
        ("machines", {"path": "gone.parquet"}, "there is no file"),
        ("machines", {"path": "changes.jsonl"}, "need the columns time, metric and value"),
        ("machines", {"path": "."}, "is a folder; name a file in `path`"),
        ("clone", {"path": "gone"}, "there is no folder"),
        ("clone", {"path": ".."}, "not a git repository"),
        ("clone", {"options": {"ref": "nope"}}, "git cannot read"),
        ("told", {"options": {"sendr": "ci"}}, "did you mean 'sender'"),
        ("prometheus", {"url": "http://127.0.0.1:9"}, "cannot be asked"),
        ("prometheus", {"url": "http://10.255.255.1"}, "a private address"),
        ("prometheus", {"bearer": "${NO_SUCH_TOKEN}"}, "environment variable NO_SUCH_TOKEN"),
        ("registry", {"options": {"model": "n"}}, "answered 404"),
        ("registry", {"options": {"model": "m", "alias": "live"}}, "has no alias live"),
        ("registry", {"url": None}, "needs `url`"),
        ("code", {"options": {"repository": "a/c"}}, "answered 404"),
        ("code", {"ca_file": "changes.jsonl", "url": "https://127.0.0.1:9"}, "certificates"),
    ],
)
def test_one_that_is_broken_is_one_red_line_and_the_others_stay_well(
    folder: Path, server: Recorded, name: str, broken: dict[str, Any], says: str
) -> None:
    sources = every(server)
    sources[name] |= broken

    found = looked(folder, sources)

    assert [each for each, symptom in found.items() if not symptom.well] == [name]
    assert says in found[name].says
    assert "\n" not in found[name].says
    assert len(found[name].says) < 300
    assert "planted" not in found[name].says


@pytest.mark.parametrize("name", ["prometheus", "registry", "code"])
@pytest.mark.parametrize(("seconds", "side"), [(600, "10 min ahead of"), (-7_300, "2.0 h behind")])
def test_a_clock_that_is_apart_is_said(
    folder: Path, server: Recorded, name: str, seconds: float, side: str
) -> None:
    server.ahead = seconds

    symptom = looked(folder, {name: every(server)[name]})[name]

    assert not symptom.well
    assert f"its clock is {side} this machine's" in symptom.says


def test_who_is_not_let_in_reads_so(folder: Path, server: Recorded) -> None:
    server.answers = {"/api/v1/query?query=1": (401, {}, {"error": "no token"})}

    symptom = looked(folder, {"prometheus": every(server)["prometheus"]})["prometheus"]

    assert "answered 401 (no token); check the credentials" in symptom.says


def test_rows_and_changes_of_tomorrow_are_said(folder: Path, server: Recorded) -> None:
    now = datetime.now(UTC)  # that of the module is the collection's, minutes ago in a long run
    written(folder, now + timedelta(hours=5))
    event = {"id": "c", "time": (now + timedelta(hours=3)).isoformat(), "kind": "code"}
    (folder / "changes.jsonl").write_text(json.dumps(event) + "\n")

    found = looked(folder, every(server))

    assert "the newest row is of" in found["machines"].says
    assert "5.0 h ahead of this machine's clock" in found["machines"].says
    assert "the newest change event is of" in found["log"].says
    assert [name for name, one in found.items() if not one.well] == ["log", "machines"]
