"""`python -m tests.bench`: measure, and print a Markdown table."""

import shlex
import sys
from pathlib import Path

import click

from tests.bench.environments import REQUIREMENTS
from tests.bench.environments import set_up as make_environment
from tests.bench.lineup import OURS, PEERS
from tests.bench.logs import DEFAULT_CACHE, count, ensure_log
from tests.bench.rounds import compete
from tests.bench.tables import compared, headline


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
@click.option("--only", multiple=True, help="Only contenders whose module is this one.")
@pairs_option
@timeout_option
@cache_option
def compare(
    *,
    rows: int,
    features: int,
    peers: bool,
    only: tuple[str, ...],
    pairs: int,
    timeout: float,
    cache: Path,
) -> None:
    """One log: the limit, Plummet, and with --peers the peers, in interleaved rounds."""
    log = ensure_log(rows=rows, features=features, cache=cache)
    contenders = [
        each for each in (*OURS, *(PEERS if peers else ())) if not only or each.module in only
    ]
    outcomes = compete(
        contenders, log=log, cache=cache, rounds=pairs, timeout=timeout, progress=note
    )
    click.echo(headline(f"{rows:,} rows × {features} features", command=own_command()))
    click.echo(f"\n{compared(outcomes)}")


def note(text: str) -> None:
    """Progress, beside what is printed for the README."""
    click.echo(text, err=True)


def own_command() -> str:
    """What was typed."""
    return shlex.join(["python", "-m", "tests.bench", *sys.argv[1:]])


if __name__ == "__main__":
    main()
