"""Synthetic logs in the cache: made once per size, in a process of their own."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

INCIDENT = datetime(2026, 3, 2, tzinfo=UTC)
"""Where the last of the thirty days begins."""

DEFAULT_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "plummet-bench"


def count(text: str) -> int:
    """A number of rows as people write it: 20k, 1M, 50M."""
    scale = {"k": 1_000, "m": 1_000_000}.get(text[-1:].lower(), 1)
    return int(text[:-1] if scale > 1 else text) * scale


def ensure_log(*, rows: int, features: int, cache: Path) -> Path:
    """The folder of a log of that size."""
    folder = cache / "logs" / f"{rows}x{features}"
    if not (folder / "plummet.toml").is_file():
        maker = [sys.executable, "-m", "tests.bench.synthetic_log"]
        checkout = Path(__file__).parents[2]
        subprocess.run([*maker, folder, str(rows), str(features)], check=True, cwd=checkout)
    return folder
