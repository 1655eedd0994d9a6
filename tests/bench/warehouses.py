"""Engines that count where the data lives, each against its own scan."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench import postgres
from tests.bench.environments import interpreter
from tests.bench.lineup import CHECKOUT
from tests.bench.measured import measure

TASKS = ("scan", "drift", "whole")


@dataclass(frozen=True, slots=True, kw_only=True)
class Warehouse:
    """An engine that holds the log: who asks it, and how it is reached."""

    name: str
    python: Path
    reached: tuple[str, ...]

    def asked(
        self, log: Path, *, rounds: int, timeout: float, progress: Callable[[str], None]
    ) -> Iterator[list[str]]:
        """Measure every task once a round; a row of the table for each.

        Raises:
            ClickException: A task failed, or was not done in time.
        """
        found: dict[str, list[Mapping[str, float]]] = {task: [] for task in TASKS}
        for _ in range(rounds):
            for task, answers in found.items():
                module = ["-m", "tests.bench.contenders.warehouse"]
                command = [self.python, *module, log, task, *self.reached]
                answers.append(measure(command, timeout=timeout, folder=CHECKOUT).answer)
                progress(f"{self.name} {task}: {answers[-1]}")
        for task, answers in found.items():
            pairs = zip(answers, found["scan"], strict=True)
            ratios = sorted(answer["cpu"] / scan["cpu"] for answer, scan in pairs)
            spread = f"{median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})"
            cpu, wall = (median(answer[key] for answer in answers) for key in ("cpu", "wall"))
            yield [self.name, task, f"{cpu:.1f}", "1" if task == "scan" else spread, f"{wall:.1f}"]


@contextmanager
def in_postgres(log: Path, cache: Path) -> Iterator[Warehouse]:
    """A server of the bench's own, with the log loaded."""
    python = interpreter("", cache=cache)
    with postgres.running() as server:
        postgres.load(log, url=server.url)
        yield Warehouse(
            name="Postgres", python=python, reached=(server.url, str(server.process))
        )  # fmt: skip


@contextmanager
def in_spark(_log: Path, cache: Path) -> Iterator[Warehouse]:
    """Spark on this machine, two threads, reading the Parquet file; its start is not counted."""
    python = interpreter("spark", cache=cache)
    yield Warehouse(name="Spark", python=python, reached=("pyspark://",))


ENGINES: Mapping[str, Callable[[Path, Path], AbstractContextManager[Warehouse]]] = {
    "postgres": in_postgres,
    "spark": in_spark,
}
