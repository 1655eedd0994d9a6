from pathlib import Path

import pytest

from bot.demo import play
from bot.demo.faults import FAULTS
from bot.demo.script import LINES
from bot.demo.transcript import plain
from bot.errors import SettingsError
from bot.store import Store


@pytest.mark.slow
def test_the_demo_plays_one_incident_to_its_post_mortem(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    play(ends=True, folder=tmp_path / "demo")

    said = capfd.readouterr().out
    postmortem = next((tmp_path / "demo" / "post-mortems").glob("*.md"))
    written = postmortem.read_text(encoding="utf-8")
    assert "departures-feed 4.7.0" in written
    assert "jonas" in written
    assert str(postmortem) in said
    assert "ModelAccuracyLow firing" in said
    assert "missing values" in said
    assert "Recovered" in said
    with Store.open(tmp_path / "demo" / "plummet.db") as store:
        (incident,) = store.incidents(open_only=False)
        kinds = {type(entry.fact).__name__ for entry in store.timeline(incident.id)}
    assert incident.cause == LINES["missing-delays"].cause
    assert kinds >= {
        "Opened", "RoomOpened", "StepMoved", "Diagnosed", "RoleTaken", "SeveritySet",
        "FindingRecorded", "Mitigated", "AlertCleared", "Recovered", "ActionAdded", "Resolved",
        "PostmortemWritten",
    }  # fmt: skip


def test_a_fault_that_does_not_exist_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(SettingsError, match="did you mean 'missing-delays'"):
        play(ends=True, fault="missing-delay")


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")

    with pytest.raises(SettingsError, match="is not empty"):
        play(ends=True, folder=tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_every_fault_has_its_lines() -> None:
    assert LINES.keys() == FAULTS.keys()
    for lines in LINES.values():
        assert all(todo.owner in {"maria", "jonas", "aisha"} for todo in lines.todos)


def test_markup_reads_as_plain_words_in_the_terminal() -> None:
    names = {"U1": "maria", "C1": "incidents"}

    assert plain("*Lead:* <@U1> in <#C1>", names) == "Lead: @maria in #incidents"
    assert plain("<https://x.test|the page> &amp; more", names) == "the page & more"
    assert len(plain("\n".join(["word " * 60] * 9), names).splitlines()) == 4


def test_of_a_finding_the_verdict_is_what_the_terminal_shows() -> None:
    words = "Is a feature missing?\nWhich features arrive empty?\n🔴 dep_delay is\n751 rows"

    assert plain(words, {}) == "Is a feature missing?\n🔴 dep_delay is"
