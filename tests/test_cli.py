"""The command line, as a person uses it."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from bot.cli import main

PLUMMET = [sys.executable, "-m", "bot"]


def run(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PLUMMET, *words], capture_output=True, text=True, cwd=cwd)


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_says_what_it_does_and_explains_every_option(name: str) -> None:
    command = main.commands[name]

    assert command.get_short_help_str(limit=200).endswith(".")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts} has no help"


def test_help_needs_nothing_heavy() -> None:
    heavy = ("pandas", "ibis", "duckdb", "pyarrow", "scipy", "slack_bolt", "numpy", "starlette")
    look = f"import sys, bot.cli; print([m for m in {heavy!r} if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True)

    assert done.stdout.strip() == "[]"


def test_diagnose_prints_one_document_of_the_contract_and_nothing_else(case: Path) -> None:
    words = ["diagnose", "delays", "--config", str(case / "plummet.toml"), "--format", "json"]

    done = run(*words, "--at", (case / "at.txt").read_text())

    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["contract"] == 1
    assert document["model"] == "delays"
    assert document["verdict"] == "degraded"
    assert document["hypotheses"][0]["cause"] == "missing_values"
    assert document["hypotheses"][0]["features"] == ["distance"]


def test_the_same_input_gives_the_same_bytes(case: Path) -> None:
    words = ["diagnose", "delays", "--config", str(case / "plummet.toml"), "--format", "json"]

    assert run(*words).stdout == run(*words).stdout


def test_a_missing_configuration_is_one_line_and_status_two(tmp_path: Path) -> None:
    done = run("diagnose", "delays", "--config", str(tmp_path / "no.toml"))

    assert done.returncode == 2
    assert done.stdout == ""
    assert "no.toml" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_unknown_model_names_the_nearest_one(case: Path) -> None:
    done = run("diagnose", "delay", "--config", str(case / "plummet.toml"))

    assert done.returncode == 2
    assert "did you mean 'delays'" in done.stderr


def test_an_unknown_key_is_named_with_the_nearest_known_one(case: Path, tmp_path: Path) -> None:
    wrong = (case / "plummet.toml").read_text().replace("positive =", "positiv =")
    (tmp_path / "plummet.toml").write_text(wrong)

    done = run("diagnose", "delays", "--config", str(tmp_path / "plummet.toml"))

    assert done.returncode == 2
    assert "models.delays.positiv" in done.stderr
    assert "'positive'" in done.stderr


def test_a_missing_table_is_one_line_and_status_two(case: Path, tmp_path: Path) -> None:
    wrong = (case / "plummet.toml").read_text().replace("predictions/*.parquet", "gone.parquet")
    (tmp_path / "plummet.toml").write_text(wrong)

    done = run("diagnose", "delays", "--config", str(tmp_path / "plummet.toml"))

    assert done.returncode == 2
    assert "gone.parquet" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_time_that_is_none_is_refused_with_an_example(case: Path) -> None:
    words = ["diagnose", "delays", "--config", str(case / "plummet.toml")]

    done = run(*words, "--at", "yesterday")

    assert done.returncode == 2
    assert "ISO 8601" in done.stderr


def test_checks_shows_the_thresholds_of_one() -> None:
    done = run("checks", "data.missing")

    assert done.returncode == 0
    assert "data.missing" in done.stdout
    assert "=" in done.stdout


def test_an_unknown_check_names_the_nearest_one() -> None:
    done = run("checks", "data.mising")

    assert done.returncode == 2
    assert "did you mean 'data.missing'" in done.stderr
