"""`plummet postmortem`: the document of one incident, from the store."""

from pathlib import Path

import click

from bot.cli.options import config


@click.command(short_help="Print the post-mortem of an incident.")
@click.argument("incident")
@config
@click.option(
    "--format", "form", type=click.Choice(["markdown", "html"]), default="markdown",
    show_default=True, help="Which form is printed.",
)  # fmt: skip
def postmortem(incident: str, config: Path, form: str) -> None:
    """Print the post-mortem of INCIDENT (its number, or the id at the end of its channel's name).

    Reads the store, also while the bot is running; changes nothing.
    """
    from bot.settings import read_settings
    from bot.wiring import postmortem_of

    document = postmortem_of(read_settings(config), incident)
    click.echo(document.markdown if form == "markdown" else document.html, nl=False)
