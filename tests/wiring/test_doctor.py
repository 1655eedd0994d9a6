"""`plummet doctor` and `plummet postmortem`: what they say, and how they end."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.incident import PLUMMET, IncidentKey, Person
from bot.incident.timeline import FindingRecorded, Opened, Resolved
from bot.settings import read_settings
from bot.store import Store, utcnow
from bot.wiring import examine_all
from tests.actions.servers import Registry, serving

ALERTS = '\n[alerts.alertmanager]\nbearer = "${ALERTS_TOKEN}"\n'
ROLLBACK = """
[outgoing]
private = ["loopback"]

[models.delays.actions.rollback]
kind = "mlflow"
url = "{url}"
registered_model = "fraud"
"""
TOKEN = {"ALERTS_TOKEN": "a-token"}


def plummet(*words: str, environment: Mapping[str, str] = TOKEN) -> Result:
    return CliRunner().invoke(main, [*words], env=dict(environment))


def doctor(case: Path, *, environment: Mapping[str, str] = TOKEN) -> Result:
    config = str(case / "plummet.toml")
    return plummet("doctor", "--config", config, "--no-slack", environment=environment)


def add(case: Path, text: str) -> None:
    path = case / "plummet.toml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def change(case: Path, old: str, new: str) -> None:
    path = case / "plummet.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def failures(result: Result) -> list[str]:
    return [line for line in result.output.splitlines() if line.startswith("FAIL")]


def test_where_all_is_well_every_line_says_so(own_case: Path) -> None:
    add(own_case, ALERTS)

    result = doctor(own_case)

    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert all(line.startswith("ok") for line in lines)
    for part in ("settings", "alerts alertmanager", "playbook accuracy-drop", "model delays"):
        assert any(part in line for line in lines)


def test_a_rollback_has_a_line_that_says_where_its_alias_points(own_case: Path) -> None:
    registry = Registry()
    with serving(registry):
        add(own_case, ROLLBACK.format(url=registry.url))

        result = doctor(own_case)
        registry.alias = "another"
        broken = doctor(own_case)

    lines = [line for line in result.output.splitlines() if "rollback of delays" in line]
    assert [line.split()[0] for line in lines] == ["ok"]
    assert "alias champion of fraud points at version 2" in lines[0]
    (wrong,) = failures(broken)
    assert "rollback of delays" in wrong
    assert "alias champion not found" in wrong
    assert registry.moves == []


@pytest.mark.parametrize(
    ("old", "new", "part", "words"),
    [
        ('"predictions/*.parquet"', '"nothing/*.parquet"', "model delays", "nothing"),
        ('label = "label"', 'label = "lable"', "model delays", "lable"),
        ('segments = ["region"]', 'segments = ["regoin"]', "model delays", "regoin"),
        ('metric = "accuracy"', 'metric = "accuracy"\nplaybook = "acuracy-drop"',
         "playbook acuracy-drop", "accuracy-drop"),
        ('path = "changes.jsonl"', 'path = "gone.jsonl"', "source changes", "gone.jsonl"),
    ],
)  # fmt: skip
def test_what_is_missing_is_one_line(
    own_case: Path, old: str, new: str, part: str, words: str
) -> None:
    change(own_case, old, new)

    result = doctor(own_case)

    assert result.exit_code == 1
    (line,) = failures(result)
    assert part in line
    assert words in line


def test_a_wrong_playbook_is_one_line_with_its_file_and_line(own_case: Path) -> None:
    change(own_case, "[sources.files]", '[files]\nplaybooks = "ours"\n\n[sources.files]')
    (own_case / "ours").mkdir()
    (own_case / "ours" / "accuracy-drop.yaml").write_text(
        "says: x\nsections:\n  - title: t\n    steps:\n"
        "      - {key: a, check: data.mising, says: y}\n",
        encoding="utf-8",
    )

    result = doctor(own_case)

    assert result.exit_code == 1
    (line,) = failures(result)
    assert "accuracy-drop.yaml:5" in line
    assert "data.missing" in line


def test_a_variable_that_is_not_set_is_named(own_case: Path) -> None:
    add(own_case, ALERTS)

    result = doctor(own_case, environment={"ALERTS_TOKEN": ""})

    assert result.exit_code == 1
    (line,) = failures(result)
    assert "ALERTS_TOKEN" in line


def test_a_sender_that_proves_nothing_is_one_line(own_case: Path) -> None:
    add(own_case, "\n[alerts.alertmanager]\n")

    result = doctor(own_case)

    assert result.exit_code == 1
    (line,) = failures(result)
    assert "alerts alertmanager" in line
    assert "open = true" in line


def test_a_source_that_no_model_names_is_looked_at_too(own_case: Path) -> None:
    add(own_case, '\n[sources.more]\nkind = "changes"\npath = "more.jsonl"\n')

    result = doctor(own_case)

    assert result.exit_code == 1
    (line,) = failures(result)
    assert "source more" in line


def test_two_faults_are_two_lines(own_case: Path) -> None:
    add(own_case, ALERTS)
    change(own_case, '"predictions/*.parquet"', '"nothing/*.parquet"')

    result = doctor(own_case, environment={"ALERTS_TOKEN": ""})

    assert len(failures(result)) == 2


def test_without_slacks_tokens_the_slack_lines_name_the_variables(own_case: Path) -> None:
    settings = read_settings(own_case / "plummet.toml")

    found = examine_all(settings, environment={})

    wrong = " ".join(symptom.says for symptom in found if not symptom.well)
    assert "SLACK_BOT_TOKEN" in wrong
    assert "SLACK_APP_TOKEN" in wrong


@pytest.fixture
def kept(own_case: Path) -> Path:
    """The case with a store that holds two incidents, the second resolved."""
    with Store.open(own_case / "plummet.db") as store:
        for title in ("accuracy fell", "delays is odd"):
            incident, _ = store.open_or_join(
                key=IncidentKey(model="delays", metric=title),
                since=utcnow(),
                opened=lambda number, title=title: Opened(  # type: ignore[misc]  # the default binds this turn's title
                    number=number,
                    key=IncidentKey(model="delays", metric=title),
                    title=title,
                    severity="sev2",
                    playbook="renamed-since",
                ),
                joined=FindingRecorded(says="again"),
                by=PLUMMET,
            )
        store.append(
            incident.id, Resolved(cause="a feed sent nulls"), by=Person(name="maria", id="U1")
        )
    return own_case


def postmortem(case: Path, *words: str) -> Result:
    return plummet("postmortem", *words, "--config", str(case / "plummet.toml"))


def test_a_post_mortem_is_printed_from_the_store_though_its_playbook_was_renamed(
    kept: Path,
) -> None:
    result = postmortem(kept, "2")

    assert result.exit_code == 0, result.output
    assert result.output.startswith("# ")
    assert "delays is odd" in result.output
    assert "a feed sent nulls" in result.output


def test_it_is_found_by_its_id_and_as_html(kept: Path) -> None:
    with Store.open(kept / "plummet.db") as store:
        newest = store.incidents(open_only=False)[0]

    result = postmortem(kept, newest.id, "--format", "html")

    assert result.exit_code == 0
    assert result.output.startswith("<!doctype html>")


def test_the_same_store_gives_the_same_bytes(kept: Path) -> None:
    assert postmortem(kept, "1").output == postmortem(kept, "#1").output


def test_a_number_that_is_none_lists_the_newest(kept: Path) -> None:
    result = postmortem(kept, "7")

    assert result.exit_code == 2
    assert "there is no incident '7'" in result.output
    assert "2 (delays is odd), 1 (accuracy fell)" in result.output


def test_without_a_store_it_says_where_it_looked(own_case: Path) -> None:
    result = postmortem(own_case, "1")

    assert result.exit_code == 2
    assert "plummet.db" in result.output
