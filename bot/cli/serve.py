"""`plummet serve`: the bot."""

from pathlib import Path

import click

from bot.cli.options import config


@click.command(short_help="Run the bot.")
@config
@click.option("--host", help="Listen here instead of where the configuration says.")
@click.option("--port", type=click.IntRange(0, 65535), help="Likewise; 0 takes a free one.")
@click.option(
    "--local", is_flag=True,
    help="Use a local stand-in for Slack, with a page to look at and act in, instead of Slack.",
)  # fmt: skip
def serve(config: Path, host: str | None, port: int | None, *, local: bool) -> None:
    """Run the bot: take alerts, talk to Slack, run checklists, until it is stopped."""
    from bot.settings import read_settings
    from bot.wiring import run_until_stopped

    settings = read_settings(config)
    server = settings.server
    taken = server.port if port is None else port
    changed = server.model_copy(update={"host": host or server.host, "port": taken})
    run_until_stopped(settings.model_copy(update={"server": changed}), local=local, says=click.echo)
