"""`plummet verify`: did the fix work?"""

from datetime import datetime
from pathlib import Path

import click

from bot.cli.options import Moment, config, quiet
from bot.cli.progress import working

STATUS = {"recovered": 0, "not_recovered": 3, "too_early": 4}


@click.command(short_help="Say whether a fix brought the metric back.")
@click.argument("model")
@config
@click.option("--fixed", type=Moment(), required=True, help="When the fix took effect.")
@click.option("--since", type=Moment(), help="When the fall began. [default: searched]")
@click.option("--at", type=Moment(), help="Look at rows up to here. [default: newest event]")
@click.option(
    "--share", type=click.FloatRange(0.5, 1.0), default=0.75, show_default=True,
    help="The part of the fall that has to be made up again.",
)  # fmt: skip
@quiet
def verify(
    *, model: str, config: Path, fixed: datetime, since: datetime | None, at: datetime | None,
    share: float, quiet: bool,
) -> None:  # fmt: skip
    """Say whether MODEL's metric is back since a fix: recovered, not recovered, or too early.

    A sequential test of the rows since the fix against the baseline and the fall: it may be asked
    after every bucket, and errs in one case of a hundred however often. Exit status: 0 recovered;
    3 not recovered; 4 too early to tell; 2 the configuration or the data cannot be read.
    """
    from bot.diagnosis import verify as verify_fix
    from bot.diagnosis.received import open_evidence
    from bot.settings import read_settings

    settings = read_settings(config)
    with working(f"Sounding {model} …", quiet=quiet), open_evidence(settings) as sources:
        found = verify_fix(
            settings, model, sources=sources, fixed=fixed, since=since, at=at, share=share
        )
    click.echo(found.says)
    click.get_current_context().exit(STATUS[found.verdict])
