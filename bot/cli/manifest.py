"""`plummet manifest`: what Slack has to allow."""

from pathlib import Path

import click

from bot.cli.options import config


@click.command(short_help="Print the Slack app manifest.")
@config
def manifest(config: Path) -> None:
    """Print the Slack app manifest; paste it at api.slack.com/apps → Create New App.

    The configuration matters only in HTTP mode, for the address that Slack calls; without a
    configuration file the manifest is for Socket Mode.
    """
    from bot.settings import Settings, read_settings
    from bot.slack import manifest_yaml

    settings = read_settings(config) if config.exists() else Settings(folder=Path.cwd())
    click.echo(manifest_yaml(settings), nl=False)
