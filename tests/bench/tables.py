"""What the bench prints: Markdown, for the README."""

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.rounds import Outcome

WAITED = "wait for", "goal", "median", "min–max"
ASKED = "engine", "task", "CPU s", "× own scan (min–max)", "wall s"


def machine() -> str:
    """This machine in words: processor, cores, memory, how busy it is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB,"
        f" load {os.getloadavg()[0]:.0f} at the end"
    )


def headline(what: str, *, command: str) -> str:
    """The sentence above a table."""
    today = datetime.now(UTC).date().isoformat()
    return f"{what}, {today}, {machine()}: `{command}`"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def compared(outcomes: Sequence[Outcome]) -> str:
    """The contenders of one log, side by side."""
    return table(
        ["contender", "does", "CPU s", "× limit (min–max)", "wall s", "peak MiB"],
        [[each.contender.name, each.contender.does, *cells(each)] for each in outcomes],
    )


def cells(outcome: Outcome) -> list[str]:
    """CPU, its ratio to the limit, wall and memory."""
    if not outcome.runs:
        return ["late", "", "", ""]
    found = outcome
    return [f"{found.cpu:.1f}", ratio(found), f"{found.wall:.1f}", f"{found.memory:.0f}"]


def grown(outcomes: Mapping[str, Sequence[Outcome]]) -> str:
    """Logs of growing sizes."""
    return table(
        ["log", "contender", "CPU s", "× limit (min–max)", "wall s", "peak MiB"],
        [
            [size, each.contender.name, *cells(each)]
            for size, found in outcomes.items()
            for each in found
        ],
    )


def ratio(outcome: Outcome) -> str:
    """The median and the range of the ratios, or 1 for the limit itself."""
    found = outcome.ratios
    if outcome.runs == outcome.limits:
        return "1"
    middle = (found[(len(found) - 1) // 2] + found[len(found) // 2]) / 2
    return f"{middle:.2f} ({found[0]:.2f}–{found[-1]:.2f})"


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return "unknown processor"
    names = (line.partition(":")[2].strip() for line in text.splitlines() if "model name" in line)
    return next(names, "unknown processor")
