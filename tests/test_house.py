"""The house keeps its own rules, and the documents tell the truth."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.checks import CHECKS
from bot.playbook import find_playbook
from bot.shipped import shipped

CHECKOUT = Path(__file__).parent.parent
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
PLAYBOOKS = sorted(path.stem for path in shipped("playbooks").glob("*.yaml"))


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_every_check_asks_one_question_in_one_sentence(name: str) -> None:
    question = CHECKS[name].question

    assert re.fullmatch(r"[A-Z`].*[.?]", question), question
    assert len(question) <= 120


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_every_check_has_a_row_in_the_readme_with_its_sentence(name: str) -> None:
    row = f"| `{name}` | {CHECKS[name].question} |"

    assert row in README


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_every_check_has_a_place_in_a_shipped_playbook(name: str) -> None:
    playbooks = [
        find_playbook(each, folders=[shipped("playbooks")], checks=CHECKS) for each in PLAYBOOKS
    ]

    assert name in {step.check for playbook in playbooks for step in playbook.steps}


def test_no_file_of_the_bot_has_more_than_300_lines() -> None:
    files = {path: len(path.read_text("utf-8").splitlines()) for path in bot_files()}

    assert {str(path): lines for path, lines in files.items() if lines > 300} == {}


def test_every_waived_rule_has_its_reason_beside_it() -> None:
    bare = re.compile(r"#\s*(noqa(:\s*[A-Z0-9, ]+)?|type:\s*ignore(\[[a-z-, ]+\])?)\s*$")

    found = [
        f"{path.relative_to(CHECKOUT)}:{number}"
        for path in [*bot_files(), *(CHECKOUT / "tests").rglob("*.py")]
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if bare.search(line)
    ]

    assert found == []


def test_no_python_lives_among_playbooks_and_templates() -> None:
    assert list((CHECKOUT / "playbooks").rglob("*.py")) == []
    assert list((CHECKOUT / "templates").rglob("*.py")) == []


def test_the_import_contracts_hold() -> None:
    pytest.importorskip("importlinter", reason="import-linter comes with the lint extra")

    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint], cwd=CHECKOUT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


def bot_files() -> list[Path]:
    return sorted((CHECKOUT / "bot").rglob("*.py"))
