"""Other packages bring senders, sources and checks; real ones, installed beside the bot."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent

WELL = '''
from collections.abc import Iterator

from bot.incident import Alert, Delivery, Finding
from bot.profile import Evidence
from bot.sockets import check


@check("tidal.moon")
def moon(evidence: Evidence, *, fewest: int = 100) -> Iterator[Finding]:
    """Is it the moon?"""
    yield Finding(check="tidal.moon", verdict="clear", says="it is not the moon")


class Gauge:
    name = "gauge"

    def __init__(self, sender, settings, clock):
        self.sender, self.clock = sender, clock

    def read(self, payload, *, headers):
        alert = Alert(
            id=payload["at"], sender=self.sender, status="firing", title="high water",
            starts_at=self.clock(),
        )
        return Delivery(alerts=(alert,))


def logbook(settings):
    return [{"id": "1", "time": "2013-06-01T00:00:00Z", "kind": "code", "what": settings.path}]
'''

POINTS = {
    "bot.checks": '"tidal.moon" = "tidal:moon"',
    "bot.alerts": 'gauge = "tidal:Gauge"',
    "bot.sources": 'logbook = "tidal:logbook"',
}


def installed(folder: Path, code: str = WELL, **points: str) -> dict[str, str]:
    """Install a package of that code into a folder of its own; the environment that sees it."""
    package = folder / "package"
    package.mkdir()
    (package / "tidal.py").write_text(code)
    groups = "\n".join(
        f'[project.entry-points."{group}"]\n{line}' for group, line in (points or POINTS).items()
    )
    (package / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "tidal-watch"\nversion = "1.0"\n'
        f'{groups}\n[tool.hatch.build.targets.wheel]\ninclude = ["tidal.py"]\n'
    )
    target = folder / "target"
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation",
         "--disable-pip-version-check", "--target", target, package],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return os.environ | {"PYTHONPATH": f"{target}{os.pathsep}{CHECKOUT}"}


def plummet(*words: str, env: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", *words]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=120)


def test_a_check_of_another_package_is_listed_beside_ours(tmp_path: Path) -> None:
    env = installed(tmp_path)

    done = plummet("checks", env=env, cwd=tmp_path)
    shown = plummet("checks", "tidal.moon", env=env, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "data.missing" in done.stdout
    assert "Is it the moon?" in done.stdout
    assert "fewest = 100" in shown.stdout


def test_a_check_and_a_source_of_another_package_take_part_in_a_diagnosis(
    tmp_path: Path, own_case: Path
) -> None:
    env = installed(tmp_path)
    file = own_case / "plummet.toml"
    file.write_text(
        file.read_text().replace('kind = "changes"', 'kind = "logbook"', 1), encoding="utf-8"
    )

    done = plummet("diagnose", "delays", "--format", "json", env=env, cwd=own_case)

    assert done.returncode == 0, done.stderr
    findings = {each["check"]: each for each in json.loads(done.stdout)["findings"]}
    assert findings["tidal.moon"]["says"] == "it is not the moon"
    assert "changes are not known" not in findings["changes.recent"]["says"]

    rolled = plummet("rollup", "delays", env=env, cwd=own_case)
    quick = plummet("diagnose", "delays", "--quick", "--format", "json", env=env, cwd=own_case)

    assert rolled.returncode == quick.returncode == 0, rolled.stderr + quick.stderr
    assert "tidal.moon" in {each["check"] for each in json.loads(quick.stdout)["findings"]}


def test_a_sender_of_another_package_that_is_none_is_said_with_its_name(tmp_path: Path) -> None:
    env = installed(tmp_path, "Gauge = 1", **{"bot.alerts": 'gauge = "tidal:Gauge"'})
    (tmp_path / "plummet.toml").write_text("[alerts.gauge]\nopen = true\n")

    done = plummet("doctor", "--no-slack", env=env, cwd=tmp_path)

    assert "package tidal-watch brings bot.alerts 'gauge', which is no format" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("body", ["return 1 / 0", "return None"])
def test_a_source_of_another_package_that_fails_costs_no_more_than_itself(
    tmp_path: Path, own_case: Path, body: str
) -> None:
    env = installed(tmp_path, f"def logbook(settings):\n    {body}\n",
                    **{"bot.sources": 'logbook = "tidal:logbook"'})  # fmt: skip
    file = own_case / "plummet.toml"
    file.write_text(file.read_text().replace('kind = "changes"', 'kind = "logbook"', 1))

    done = plummet("diagnose", "delays", "--format", "json", env=env, cwd=own_case)

    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["hypotheses"][0]["cause"] == "missing_values"
    (finding,) = (one for one in document["findings"] if one["check"] == "changes.recent")
    assert finding["verdict"] == "unknown"


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("bot.sources", ("diagnose", "delays")),
        ("bot.alerts", ("serve", "--local")),
    ],
)
def test_a_broken_package_of_any_kind_ends_the_start(
    tmp_path: Path, own_case: Path, group: str, words: tuple[str, ...]
) -> None:
    env = installed(tmp_path, "import nowhere", **{group: 'moon = "tidal:moon"'})

    done = plummet(*words, env=env, cwd=own_case)

    assert done.returncode == 2
    assert f"the package tidal-watch brings {group} 'moon'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_sender_of_another_package_is_one_of_the_formats(tmp_path: Path) -> None:
    env = installed(tmp_path)
    (tmp_path / "plummet.toml").write_text("[alerts.gauge]\nopen = true\n")

    done = plummet("doctor", "--no-slack", env=env, cwd=tmp_path)

    assert "reads gauge at /alerts/gauge" in done.stdout


@pytest.mark.parametrize(
    ("code", "points", "says"),
    [
        ("import nowhere", {"bot.checks": 'moon = "tidal:moon"'}, "ModuleNotFoundError"),
        ("x = 1", {"bot.checks": 'moon = "tidal:moon"'}, "AttributeError"),
        ("moon = 1", {"bot.checks": 'moon = "tidal:moon"'}, "which is no check of that name"),
        (WELL, {"bot.checks": 'another = "tidal:moon"'}, "which is no check of that name"),
        (WELL, {"bot.checks": '"data.missing" = "tidal:moon"'}, "one of that name already"),
    ],
)
def test_a_broken_package_ends_the_start_with_its_name(
    tmp_path: Path, code: str, points: dict[str, str], says: str
) -> None:
    env = installed(tmp_path, code, **points)

    done = plummet("checks", env=env, cwd=tmp_path)

    assert done.returncode == 2
    assert "tidal-watch brings bot.checks" in done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
