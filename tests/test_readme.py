"""What the README tells people to type works."""

import os
import re
import shlex
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).parent.parent
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.strip()
    for block in re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL)
    for line in block.splitlines()
    if line.strip() and not line.startswith("#")
]
QUICK = [line for line in COMMANDS if line.startswith("python3 -m venv")]
OWN = [line for line in COMMANDS if line.startswith("plummet ")]
BENCH = [line for line in COMMANDS if line.startswith("python -m tests.bench ")]
"""Run in their tiny form by tests/bench/test_bench.py."""
LASTING = {
    "plummet serve": "tests/story/test_kill.py starts it as a process",
    "plummet demo": "test_the_demo_plays_an_incident_to_its_end below",
}


def plummet(
    *words: str, cwd: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:  # fmt: skip
    command = [sys.executable, "-m", "bot", *words]
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120
    )


def test_every_command_is_one_that_these_tests_run() -> None:
    assert len(QUICK) == 2
    assert [line for line in COMMANDS if line not in QUICK + OWN + BENCH] == []


def test_the_quick_start_runs_the_demo_and_then_the_tests() -> None:
    demo, tests = QUICK

    assert demo.endswith("/plummet demo")
    assert tests.endswith("/pytest")
    assert tests in (CHECKOUT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "line", [line for line in OWN if not line.startswith(tuple(LASTING))] or [""]
)
def test_a_command_of_the_readme_works(line: str, own_case: Path) -> None:
    words = shlex.split(line)[1:]

    done = plummet(*words, cwd=own_case)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_configuration_in_the_readme_is_one_that_is_read(tmp_path: Path) -> None:
    from bot.settings import read_settings  # noqa: PLC0415 - only this test needs it

    """The first one, and what the later ones add to it."""
    texts = re.findall(r"```toml\n(.*?)```", README, flags=re.DOTALL)
    (tmp_path / "plummet.toml").write_text("\n".join(texts), encoding="utf-8")

    settings = read_settings(tmp_path / "plummet.toml")

    assert list(settings.models) == ["delays"]


def test_the_pictures_are_there() -> None:
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", README)

    assert pictures
    assert [name for name in pictures if not (CHECKOUT / name).is_file()] == []


@pytest.mark.slow
def test_the_demo_plays_an_incident_to_its_end(tmp_path: Path) -> None:
    done = plummet("demo", "--exit", "--folder", str(tmp_path / "demo"), cwd=tmp_path)

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    (document,) = (tmp_path / "demo" / "post-mortems").glob("*.md")
    text = document.read_text(encoding="utf-8")
    assert "missing values" in text
    assert "dep_delay" in text
    assert str(document) in done.stdout


def test_the_package_in_the_readme_is_a_whole_one_in_fifteen_lines(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    (project,) = re.findall(r"`plummet checks` lists it:\n\n((?:    .*\n|\n)+)", README)
    told = tomllib.loads(textwrap.dedent(project))["project"]
    installed = tmp_path / f"{told['name'].replace('-', '_')}-{told['version']}.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {told['name']}\nVersion: {told['version']}\n"
    )
    points = "\n".join(
        f"[{group}]\n" + "\n".join(f"{name} = {place}" for name, place in listed.items())
        for group, listed in told["entry-points"].items()
    )
    (installed / "entry_points.txt").write_text(points)
    (tmp_path / "our_checks.py").write_text(code)
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{CHECKOUT}"}

    done = plummet("checks", "data.silence", cwd=tmp_path, environment=environment)

    assert "Did enough predictions arrive" in done.stdout, done.stderr
    assert len([line for line in (code + project).splitlines() if line.strip()]) == 15


def test_the_check_in_the_readme_is_a_check(own_case: Path) -> None:
    from bot.diagnosis import examine  # noqa: PLC0415 - brings the engines, which others do without
    from bot.settings import read_settings  # noqa: PLC0415 - likewise
    from bot.sockets import Check  # noqa: PLC0415 - likewise
    from bot.sources import open_sources  # noqa: PLC0415 - likewise

    (text,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(text, "README.md", "exec"), names)  # noqa: S102 - our own README
    (check,) = (value for value in names.values() if isinstance(value, Check))
    settings = read_settings(own_case / "plummet.toml")
    evidence = examine(settings, "delays", sources=open_sources(settings), at=None)

    (finding,) = check.run(evidence, fewest=100)

    assert finding.verdict == "clear"
    assert check.arguments["fewest"].default == 100
    assert check.question.endswith("?")
