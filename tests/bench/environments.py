"""The peers, each in a virtual environment of its own: their requirements exclude each other."""

import subprocess
import sys
from pathlib import Path

import click

REQUIREMENTS = {
    "evidently": ("evidently==0.7.23", "pandas<3", "pyarrow"),  # fails to import with pandas 3
    "nannyml": (
        "nannyml==0.13.1",
        "statsmodels",  # imported, and not asked for
        "pandas<3",  # its performance calls Series.ravel, which pandas 3 removed
        "pyarrow",
    ),
    "whylogs": (
        "whylogs==1.6.4",
        "numpy<2",
        "pandas<3",
        "pyarrow<22",
    ),  # calls what numpy 2 removed
    "spark": (
        "pyspark==4.0.5",
        "ibis-framework[duckdb,pyspark]==12.0.0",
        "duckdb>=1.4.5,<2",
        "sqlglot>=25.34,<30.18",
    ),
}
"""Versions that work together."""


def interpreter(name: str, *, cache: Path) -> Path:
    """The Python of an environment; of our own where the name is empty.

    Raises:
        ClickException: The environment was not made yet.
    """
    if not name:
        return Path(sys.executable)
    found = cache / "environments" / name / "bin" / "python"
    if not found.is_file():
        raise click.ClickException(
            f"{name} is not installed below {cache}; run: python -m tests.bench set-up"
        )
    return found


def set_up(name: str, *, cache: Path) -> None:
    """Make an environment; one that is there is brought to these versions."""
    folder = cache / "environments" / name
    if not (folder / "bin" / "python").is_file():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", *REQUIREMENTS[name]], check=True)
