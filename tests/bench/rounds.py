"""Contenders measured in turns, so that a busy minute of the machine hits all of them alike."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.lineup import CHECKOUT, LIMIT, Contender
from tests.bench.logs import ensure_log
from tests.bench.measured import LateError, Run, measure

SMALL = 2_000, 6
"""Rows and features of the log that everyone tries first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All runs of one contender, and the runs of the limit beside them; none, if it was late."""

    contender: Contender
    runs: tuple[Run, ...]
    limits: tuple[Run, ...]

    @property
    def ratios(self) -> list[float]:
        """CPU seconds over those of the limit in the same round, ascending."""
        return sorted(
            run.cpu / limit.cpu for run, limit in zip(self.runs, self.limits, strict=False)
        )

    @property
    def cpu(self) -> float:
        """Seconds, the median."""
        return median(run.cpu for run in self.runs)

    @property
    def wall(self) -> float:
        """Seconds, the median."""
        return median(run.wall for run in self.runs)

    @property
    def memory(self) -> float:
        """MiB, the most of all runs."""
        return max(run.memory for run in self.runs)


def compete(
    contenders: Sequence[Contender],
    *,
    log: Path,
    cache: Path,
    rounds: int,
    timeout: float,
    budget: float,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Outcome]:
    """Measure the limit and every contender once a round, until one is late.

    No round begins after `budget` seconds, so that a table comes of what there is.

    Raises:
        ClickException: One of them failed.
    """
    runs: dict[Contender, list[Run]] = {each: [] for each in (LIMIT, *contenders)}
    measure(LIMIT.command(log, cache=cache), timeout=timeout, folder=CHECKOUT)  # warms the file
    small = ensure_log(rows=SMALL[0], features=SMALL[1], cache=cache)
    for each in contenders:  # Python keeps the bytecode of what each of them imports
        measure(each.command(small, cache=cache), timeout=timeout, folder=CHECKOUT)
    late: set[Contender] = set()
    end = time.monotonic() + budget
    for number in range(1, rounds + 1):
        if number > 1 and time.monotonic() > end:
            progress(f"{number - 1} of {rounds} rounds in {budget:.0f} s")
            break
        for each in [each for each in runs if each not in late]:
            try:
                run = measure(each.command(log, cache=cache), timeout=timeout, folder=CHECKOUT)
            except LateError as error:
                progress(error.message)
                late.add(each)
                continue
            progress(
                f"{number}/{rounds} {each.name}: {run.cpu:.2f} s CPU, {run.wall:.2f} s,"
                f" {run.memory:.0f} MiB, {run.answer}"
            )
            runs[each].append(run)
    return [
        Outcome(contender=each, runs=tuple(found), limits=tuple(runs[LIMIT]))
        for each, found in runs.items()
    ]
