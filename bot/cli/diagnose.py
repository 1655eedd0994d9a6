"""`plummet diagnose`: the diagnosis without Slack."""

import json
import sys
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import Moment, config, quiet
from bot.cli.progress import in_place, working

if TYPE_CHECKING:
    from bot.incident import Diagnosis
    from bot.settings import Settings
    from bot.sources import Sources


@click.command(short_help="Diagnose a model from its data.")
@click.argument("model")
@config
@click.option("--at", type=Moment(), help="When the drop was reported. [default: newest event]")
@click.option("--since", type=Moment(), help="Force the start of the incident window.")
@click.option("--until", type=Moment(), help="Force the end of the incident window.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text",
    show_default=True, help="How the diagnosis is printed.",
)  # fmt: skip
@click.option(
    "--first-look/--no-first-look", default=None,
    help="A preliminary line on stderr from a sample, at once. [default: on a terminal]",
)  # fmt: skip
@click.option("--quick", is_flag=True, help="Answer from the rollup alone; see `plummet rollup`.")
@quiet
def diagnose(  # noqa: PLR0913 - an argument for each option
    *,
    model: str,
    config: Path,
    at: datetime | None,
    since: datetime | None,
    until: datetime | None,
    form: str,
    first_look: bool | None,
    quick: bool,
    quiet: bool,
) -> None:
    """Diagnose MODEL from its data and print the ranked causes.

    Reads the sources that the configuration names; needs no Slack, no server, and no network when
    the sources are files. Exit status: 0 a diagnosis was made, whatever its verdict; 2 the
    configuration or the data cannot be read; 1 a defect.

    On a terminal a first look comes within about a second, from a sample of the log and marked as
    preliminary; the diagnosis takes its place.
    """
    from bot.diagnosis import as_markdown, as_text, document
    from bot.diagnosis import diagnose as make_diagnosis
    from bot.diagnosis.received import open_evidence
    from bot.settings import read_settings

    if quick and at is not None:
        raise click.UsageError("--quick answers for when the rollup was counted; leave --at out")
    settings = read_settings(config)
    waits = sys.stderr.isatty() and not quiet
    wanted = not quick and (waits if first_look is None else first_look)
    with open_evidence(settings) as sources, ExitStack() as shown:
        if wanted:
            look = preliminary(settings, model, sources=sources, at=at, since=since)
            shown.enter_context(in_place(look))
        shown.enter_context(working(f"Sounding {model} …", quiet=quiet))
        if quick:
            diagnosis = _from_rollup(settings, model, sources=sources, since=since, until=until)
        else:
            diagnosis = make_diagnosis(
                settings, model, sources=sources, at=at, since=since, until=until
            )
    if form == "json":
        click.echo(json.dumps(document(diagnosis), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        click.echo(as_markdown(diagnosis) if form == "markdown" else as_text(diagnosis))


def preliminary(
    settings: "Settings", model: str, *, sources: "Sources", at: datetime | None,
    since: datetime | None,
) -> str:  # fmt: skip
    """The first look in words; of data that cannot be read the diagnosis itself says why."""
    from bot.diagnosis.preliminary import look_first
    from bot.errors import SourceError

    try:
        return str(look_first(settings, model, sources=sources, at=at, since=since))
    except SourceError:
        return ""


def _from_rollup(
    settings: "Settings", model: str, *, sources: "Sources", since: datetime | None,
    until: datetime | None,
) -> "Diagnosis":  # fmt: skip
    from bot.diagnosis.rolled import diagnose_rollup

    return diagnose_rollup(settings, model, sources=sources, since=since, until=until)
