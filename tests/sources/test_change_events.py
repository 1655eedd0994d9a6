import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import SourceError
from bot.settings import Settings, SourceSettings
from bot.sources import open_sources

EVENT = {"id": "chg-1", "time": "2026-03-01T10:00:00+01:00", "kind": "model", "what": "v13"}


def settings(folder: Path, **source: str) -> Settings:
    return Settings(folder=folder, sources={"log": SourceSettings(kind="changes", **source)})


def test_events_are_read_in_order_of_time(tmp_path: Path) -> None:
    later = EVENT | {"id": "chg-2", "time": "2026-03-01T12:00:00Z"}
    (tmp_path / "c.jsonl").write_text(f"{json.dumps(later)}\n\n{json.dumps(EVENT)}\n")

    events, wrong = open_sources(settings(tmp_path, path="c.jsonl")).changes(["log"])

    assert [event["id"] for event in events] == ["chg-1", "chg-2"]
    assert events[0]["time"] == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert wrong == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "line 2 of .*: "),
        ("[1]", "line 2 of .*: not a JSON object"),
        ('{"id": "x"}', "line 2 of .*: an event needs 'time'"),
        ('{"id": "x", "time": "yesterday"}', "line 2 of .*: time 'yesterday' is not ISO 8601"),
    ],
)
def test_a_bad_line_is_reported_with_its_number_and_the_rest_is_read(
    tmp_path: Path, line: str, reason: str
) -> None:
    (tmp_path / "c.jsonl").write_text(f"{json.dumps(EVENT)}\n{line}\n")

    events, wrong = open_sources(settings(tmp_path, path="c.jsonl")).changes(["log"])

    assert len(events) == 1
    assert len(wrong) == 1
    assert re.match(reason, wrong[0])


def test_a_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there is no file .*c\.jsonl; correct `path`"):
        open_sources(settings(tmp_path, path="c.jsonl")).changes(["log"])


def test_one_source_that_is_gone_does_not_cost_the_others(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text(json.dumps(EVENT))
    both = {
        "log": SourceSettings(kind="changes", path="c.jsonl"),
        "gone": SourceSettings(kind="git", path="gone"),
    }
    with open_sources(Settings(folder=tmp_path, sources=both)) as opened:
        events, wrong = opened.changes(["gone", "log"])
        with pytest.raises(SourceError, match="there is no folder"):
            opened.changes(["gone"])

    assert [event["id"] for event in events] == ["chg-1"]
    assert len(wrong) == 1
    assert "there is no folder" in wrong[0]


def test_a_kind_that_tells_of_no_changes_is_an_error(tmp_path: Path) -> None:
    table = {"files": SourceSettings(kind="table", path=".")}

    with pytest.raises(SourceError, match=r"is of kind 'table', but is used where 'changes' or"):
        open_sources(Settings(folder=tmp_path, sources=table)).changes(["files"])
