"""What a package says of a case, kept beside the answers; run by `tests.faultbench rank`."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.bench.environments import interpreter
from tests.faultbench.rules import Case, Ranked, read
from tests.faultbench.run import ANSWERS, cases

PACKAGES = {"evidently": "Evidently 0.7", "nannyml": "NannyML 0.13"}
"""The environment of each package, which is also the name of its module here."""


def kept(folder: Path, package: str) -> dict[str, Ranked]:
    """What a package said of the cases of a folder, by the case's name; empty where not asked."""
    path = folder / ANSWERS / f"ranked-by-{package}.json"
    if not path.exists():
        return {}
    return {name: Ranked(**said) for name, said in json.loads(path.read_text("utf-8")).items()}


def rank(folder: Path, *, cache: Path) -> None:
    """Has every package rank every case.

    Raises:
        ClickException: The environment of a package is not there.
        CalledProcessError: A package failed.
    """
    for package in PACKAGES:
        module = f"tests.faultbench.packages.{package}_ranks"
        subprocess.run(
            [interpreter(package, cache=cache), "-m", module, folder.resolve()], check=True,
            cwd=Path(__file__).parents[3],
            env={**os.environ, "OMP_NUM_THREADS": "1", "NML_DISABLE_USAGE_LOGGING": "1"},
        )  # fmt: skip


def main(package: str, folder: Path, ranking: Callable[[Case], Ranked]) -> None:
    """Ranks every case of a folder, in the package's environment, and keeps what it said."""
    said = {}
    for path in cases(folder):
        found = ranking(read(path))
        said[path.name] = {"scores": dict(found.scores), "alarm": found.alarm}
    place = folder / ANSWERS / f"ranked-by-{package}.json"
    place.parent.mkdir(exist_ok=True)
    place.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
