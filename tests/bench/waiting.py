"""What a person waits for: a process to start, a first look, an answer from the rollup."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import click

from tests.bench.lineup import CHECKOUT
from tests.bench.measured import measure, surroundings

IMPORTED = {
    "nothing (Python itself)": "pass",
    "the command line": "import bot.cli",
    "every check": "import bot.checks",
    "a diagnosis": "import bot.diagnosis",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What was waited for, the goal in words, and how long it took each time, in `unit`."""

    what: str
    goal: str
    took: tuple[float, ...]
    unit: str = "s"

    def row(self) -> list[str]:
        """A row of the table."""
        low, high = min(self.took), max(self.took)
        return [
            self.what, self.goal, f"{median(self.took):.2f} {self.unit}", f"{low:.2f}–{high:.2f}",
        ]  # fmt: skip


def imports(*, times: int) -> Iterator[Wait]:
    """How long Python takes to start and import a room, from the start of the process."""
    for what, statement in IMPORTED.items():
        command = [sys.executable, "-c", statement]
        took = tuple(measure(command, timeout=60, folder=CHECKOUT).cpu for _ in range(times))
        goal = "0.6 s" if statement in {"import bot.cli", "import bot.checks"} else ""
        yield Wait(what=f"import {what}, CPU", goal=goal, took=took)


def onset() -> Iterator[Wait]:
    """How long the search for the onset takes in 43,200 minutes."""
    command = [sys.executable, "-m", "tests.bench.contenders.onset"]
    found = measure(command, timeout=120, folder=CHECKOUT).answer
    yield Wait(
        what="onset in 43,200 minutes, CPU", goal="10 ms", took=(found["located"],), unit="ms",
    )  # fmt: skip
    yield Wait(
        what="the same with the shape and both windows", goal="", took=(found["windows"],),
        unit="ms",
    )  # fmt: skip


def first_look(log: Path, *, rows: int, times: int) -> Iterator[Wait]:
    """From the start of `plummet diagnose` to its preliminary line, in wall and in CPU."""
    looks = [_first_line(log) for _ in range(times)]
    what = f"first look at {rows:,} rows"
    yield Wait(what=f"{what}, wall", goal="1.5 s", took=tuple(wall for wall, _ in looks))
    yield Wait(what=f"{what}, CPU", goal="", took=tuple(cpu for _, cpu in looks))


def rollup(log: Path, *, rows: int) -> Iterator[Wait]:
    """CPU to count a rollup once, and to answer a window from it."""
    command = [sys.executable, "-m", "tests.bench.contenders.rollup", log]
    found = measure(command, timeout=900, folder=CHECKOUT).answer
    what = f"{rows:,} rows, CPU"
    yield Wait(what=f"count the rollup of {what}", goal="", took=(found["built"],))
    yield Wait(
        what=f"a window from the rollup of {what}", goal="300 ms", took=tuple(found["data"]),
        unit="ms",
    )  # fmt: skip
    yield Wait(
        what=f"a diagnosis from the rollup of {what}", goal="", took=tuple(found["whole"]),
        unit="ms",
    )  # fmt: skip


def _first_line(log: Path) -> tuple[float, float]:
    words = ["-m", "bot", "diagnose", "bench", "--config", str(log / "plummet.toml")]
    begin = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, *words, "--first-look"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=CHECKOUT, text=True,
        env=surroundings(),
    )  # fmt: skip
    assert child.stderr is not None
    said = iter(child.stderr.readline, "")
    line = next((line for line in said if "preliminary" in line), "")
    wall, cpu = time.perf_counter() - begin, _cpu(child.pid)
    child.kill()
    child.wait()
    if not line:
        raise click.ClickException(f"no first look came for {log}")
    return wall, cpu


def _cpu(process: int) -> float:
    """CPU seconds of a running process so far (proc(5))."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:13]) / os.sysconf("SC_CLK_TCK")


def waits(logs: dict[int, Path], *, times: int, progress: Callable[[str], None]) -> list[Wait]:
    """Everything a person waits for, in the order of the table."""
    found: list[Wait] = []
    steps: list[Iterator[Wait]] = [
        imports(times=times),
        onset(),
        *(first_look(log, rows=rows, times=times) for rows, log in logs.items()),
        *(rollup(log, rows=rows) for rows, log in logs.items()),
    ]
    for step in steps:
        for wait in step:
            progress(" · ".join(wait.row()))
            found.append(wait)
    return found
