"""One process: what it said, and what it cost."""

import json
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import click

QUIET = {
    "DO_NOT_TRACK": "1",
    "NML_DISABLE_USAGE_LOGGING": "1",
    "WHYLOGS_NO_ANALYTICS": "true",
    "MPLBACKEND": "Agg",
}
"""Peers that would otherwise report their use to their makers."""


def surroundings() -> dict[str, str]:
    """The environment of a measured process: Python keeps its bytecode, as it does by default."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | QUIET


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """CPU (user and system) and wall in seconds, the peak of resident memory in MiB.

    CPU and memory are those of the process and of the children that it waited for.
    """

    cpu: float
    wall: float
    memory: float
    said: str

    @property
    def answer(self) -> Mapping[str, Any]:
        """The last line that it printed, a JSON object."""
        found: Mapping[str, Any] = json.loads(self.said.strip().splitlines()[-1])
        return found


class LateError(click.ClickException):
    """A process was not done in time, and was ended."""


def measure(command: Sequence[object], *, timeout: float, folder: Path | None = None) -> Run:
    """Run a command to its end.

    Args:
        command: The program and its arguments; each is turned into text.
        timeout: Seconds after which it is ended.
        folder: Where it runs.

    Raises:
        LateError: It was not done in time.
        ClickException: It failed.
    """
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complaint:
        begin = time.perf_counter()
        child = subprocess.Popen(
            [str(word) for word in command],
            stdout=said, stderr=complaint, cwd=folder, env=surroundings(),
        )  # fmt: skip
        end = threading.Timer(timeout, child.kill)
        end.start()
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - begin
        end.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            words = " ".join(str(word) for word in command)
            if wall >= timeout:
                raise LateError(f"{words} was not done in {timeout:.0f} s")
            complaints = _text(complaint)[-2000:]
            raise click.ClickException(f"{words} ended with {child.returncode}:\n{complaints}")
        return Run(
            cpu=usage.ru_utime + usage.ru_stime,
            wall=wall,
            memory=usage.ru_maxrss / 1024,
            said=_text(said),
        )


def _text(file: IO[str]) -> str:
    file.seek(0)
    return file.read()
