"""`plummet diagnose`: the diagnosis without Slack."""

import json
from datetime import datetime
from pathlib import Path

import click

from bot.cli.options import Moment, config, quiet
from bot.cli.progress import working


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
@quiet
def diagnose(
    *,
    model: str,
    config: Path,
    at: datetime | None,
    since: datetime | None,
    until: datetime | None,
    form: str,
    quiet: bool,
) -> None:
    """Diagnose MODEL from its data and print the ranked causes.

    Reads the sources that the configuration names; needs no Slack, no server, and no network when
    the sources are files. Exit status: 0 a diagnosis was made, whatever its verdict; 2 the
    configuration or the data cannot be read; 1 a defect.
    """
    from bot.diagnosis import as_markdown, as_text, document
    from bot.diagnosis import diagnose as make_diagnosis
    from bot.settings import read_settings
    from bot.sources import open_sources

    settings = read_settings(config)
    with working(f"Sounding {model} …", quiet=quiet), open_sources(settings) as sources:
        diagnosis = make_diagnosis(
            settings, model, sources=sources, at=at, since=since, until=until
        )
    if form == "json":
        click.echo(json.dumps(document(diagnosis), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        click.echo(as_markdown(diagnosis) if form == "markdown" else as_text(diagnosis))
