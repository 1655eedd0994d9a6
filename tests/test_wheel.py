"""The built wheel works in an empty environment, away from the checkout."""

import json
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing of the checkout can leak into it afterwards."""
    room = tmp_path_factory.mktemp("wheel")
    source = room / "source"
    source.mkdir()
    for name in ("bot", "playbooks", "templates", "tests"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(CHECKOUT / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(CHECKOUT / name, source / name)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(room)],
        cwd=source, check=True, capture_output=True,
    )  # fmt: skip
    shutil.rmtree(source)
    return next(room.glob("*.whl"))


@pytest.fixture(scope="module")
def plummet(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The console script of the wheel, installed with its dependencies in a new environment."""
    room = tmp_path_factory.mktemp("environment")
    venv.create(room, with_pip=True)
    subprocess.run(
        [room / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel)],
        check=True, capture_output=True,
    )  # fmt: skip
    return room / "bin" / "plummet"


def test_the_wheel_carries_the_shipped_files_inside_the_package(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert "bot/playbooks/accuracy-drop.yaml" in names
    assert "bot/templates/post-mortem.md.j2" in names
    assert "bot/py.typed" in names
    assert not [name for name in names if name.startswith(("playbooks/", "templates/", "tests/"))]


@pytest.mark.slow
def test_the_installed_wheel_lists_its_checks(plummet: Path, tmp_path: Path) -> None:
    done = subprocess.run([plummet, "checks"], cwd=tmp_path, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert "data.missing" in done.stdout


@pytest.mark.slow
def test_the_installed_wheel_diagnoses_a_case(plummet: Path, tmp_path: Path, case: Path) -> None:
    command = [str(plummet), "diagnose", "delays", "--config", str(case / "plummet.toml")]
    done = subprocess.run(
        [*command, "--format", "json"], cwd=tmp_path, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["contract"] == 1
