"""`python -m tests.bench`: measure, and print a Markdown table."""

import shlex
import sys
from pathlib import Path

import click

from tests.bench.environments import REQUIREMENTS
from tests.bench.environments import set_up as make_environment
from tests.bench.lineup import OURS, PEERS, PORTABLE
from tests.bench.logs import DEFAULT_CACHE, count, ensure_log
from tests.bench.rounds import compete
from tests.bench.tables import ASKED, WAITED, compared, grown, headline, table
from tests.bench.waiting import waits
from tests.bench.warehouses import ENGINES

TINY = 4_000, 6
"""Rows and features of the smallest log."""

BUDGET = 240.0
"""Seconds after which no other round of a log begins."""

SIZES = ("1Mx30", "10Mx30", "1Mx200")


class Rows(click.ParamType[int]):
    """A number such as 20k, 1M or 50M."""

    name = "rows"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """The number.

        Raises:
            BadParameter: It is none.
        """
        try:
            return count(str(value))
        except ValueError:
            self.fail(f"{value!r} is no number of rows such as 20k, 1M or 50M", param, ctx)


cache_option = click.option(
    "--cache", type=click.Path(path_type=Path), default=DEFAULT_CACHE, show_default=True,
    help="Where logs and the peers' environments are kept.",
)  # fmt: skip
pairs_option = click.option("--pairs", default=3, show_default=True, help="Interleaved rounds.")
timeout_option = click.option(
    "--timeout", default=1_500.0, show_default=True, help="Seconds for one process."
)

tiny_option = click.option("--tiny", is_flag=True, help="A log of no size, once: does it run?")


@click.group()
def main() -> None:
    """Measure what a diagnosis costs; each command prints a Markdown table."""


@main.command("set-up")
@click.argument("names", nargs=-1, type=click.Choice(sorted(REQUIREMENTS)))
@cache_option
def set_up(*, names: tuple[str, ...], cache: Path) -> None:
    """Install the peers, each into an environment of its own."""
    for name in names or sorted(REQUIREMENTS):
        note(f"installing {', '.join(REQUIREMENTS[name])}")
        make_environment(name, cache=cache)


@main.command()
@click.option("--rows", type=Rows(), default="1M", show_default=True)
@click.option("--features", default=30, show_default=True)
@click.option("--peers/--no-peers", default=False, show_default=True)
@click.option(
    "--also", multiple=True, type=click.Choice([each.module for each in (*PORTABLE, *PEERS)]),
    help="A single other, by the name of its module.",
)  # fmt: skip
@pairs_option
@timeout_option
@tiny_option
@cache_option
def compare(
    *,
    rows: int,
    features: int,
    peers: bool,
    also: tuple[str, ...],
    pairs: int,
    timeout: float,
    tiny: bool,
    cache: Path,
) -> None:
    """One log: the limit, Plummet, and with --peers the peers, in interleaved rounds."""
    if tiny:
        rows, features, peers, also, pairs = *TINY, False, (), 1
    log = ensure_log(rows=rows, features=features, cache=cache)
    others = [each for each in PORTABLE if each.module in also]
    others += [each for each in PEERS if peers or each.module in also]
    outcomes = compete(
        [*OURS, *others],
        log=log,
        cache=cache,
        rounds=pairs,
        timeout=timeout,
        budget=BUDGET,
        progress=note,
    )
    show(f"{rows:,} rows × {features} features", compared(outcomes))


@main.command()
@click.option("--size", "sizes", multiple=True, default=SIZES, show_default=True)
@pairs_option
@timeout_option
@tiny_option
@cache_option
def scaling(*, sizes: tuple[str, ...], pairs: int, timeout: float, tiny: bool, cache: Path) -> None:
    """Several logs, named ROWSxFEATURES: how CPU and memory grow."""
    if tiny:
        sizes, pairs = ("2kx6", "4kx6"), 1
    found = {}
    for size in sizes:
        rows, _, features = size.partition("x")
        log = ensure_log(rows=count(rows), features=int(features), cache=cache)
        note(size)
        found[size] = compete(
            OURS,
            log=log,
            cache=cache,
            rounds=pairs,
            timeout=timeout,
            budget=BUDGET,
            progress=note,
        )
    show("growth", grown(found))


@main.command()
@click.option("--rows", "sizes", type=Rows(), multiple=True, default=("1M", "10M"))
@click.option("--times", default=5, show_default=True, help="How often each is measured.")
@tiny_option
@cache_option
def waiting(*, sizes: tuple[int, ...], times: int, tiny: bool, cache: Path) -> None:
    """What a person waits for: imports, the first look, the search for the onset."""
    if tiny:
        sizes, times = (TINY[0],), 1
    features = TINY[1] if tiny else 30
    logs = {rows: ensure_log(rows=rows, features=features, cache=cache) for rows in sizes}
    found = waits(logs, times=times, progress=note)
    show("waiting", table(WAITED, [each.row() for each in found]))


@main.command()
@click.option("--rows", type=Rows(), default="1M", show_default=True)
@click.option("--features", default=30, show_default=True)
@click.option("--only", multiple=True, type=click.Choice(sorted(ENGINES)))
@pairs_option
@timeout_option
@cache_option
def engines(
    *,
    rows: int,
    features: int,
    only: tuple[str, ...],
    pairs: int,
    timeout: float,
    cache: Path,
) -> None:
    """Postgres and Spark, each against its own count/min/max scan of the same columns."""
    log = ensure_log(rows=rows, features=features, cache=cache)
    found: list[list[str]] = []
    for name in only or sorted(ENGINES):
        with ENGINES[name](log, cache) as warehouse:
            found += warehouse.asked(log, rounds=pairs, timeout=timeout, progress=note)
    show(f"{rows:,} rows × {features} features", table(ASKED, found))


def show(what: str, text: str) -> None:
    """Print a table under its headline."""
    click.echo(f"{headline(what, command=own_command())}\n\n{text}")


def note(text: str) -> None:
    """Progress, beside what is printed for the README."""
    click.echo(text, err=True)


def own_command() -> str:
    """What was typed."""
    return shlex.join(["python", "-m", "tests.bench", *sys.argv[1:]])


if __name__ == "__main__":
    main()
