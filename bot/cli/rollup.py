"""`plummet rollup`: the counts by the hour that quick answers come from."""

import time
from datetime import datetime
from pathlib import Path

import click

from bot.cli.options import Moment, config, quiet
from bot.cli.progress import working


@click.command(short_help="Count a model's log by the hour, for quick answers.")
@click.argument("model")
@config
@click.option("--at", type=Moment(), help="Count up to here. [default: newest event]")
@click.option("--rebuild", is_flag=True, help="Forget what was counted and count all of it.")
@quiet
def rollup(*, model: str, config: Path, at: datetime | None, rebuild: bool, quiet: bool) -> None:
    """Bring the rollup of MODEL up to its prediction log.

    Only hours whose rows or labels changed are counted again. Values that were rewritten in place
    are not noticed: then `--rebuild`. `plummet diagnose MODEL --quick` answers from the rollup.
    """
    from bot.diagnosis.rolled import update_rollup
    from bot.settings import read_settings
    from bot.sources import open_sources

    settings = read_settings(config)
    begun = time.monotonic()
    with working(f"Counting {model} by the hour …", quiet=quiet), open_sources(settings) as sources:
        done = update_rollup(settings, model, sources=sources, at=at, rebuild=rebuild)
    why = ", from the beginning" if done.rebuilt else ""
    took = time.monotonic() - begun
    click.echo(f"{done.hours:,} hours, {done.again:,} of them counted now{why} ({took:.1f} s)")
