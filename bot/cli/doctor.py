"""`plummet doctor`: is everything as it has to be?"""

import sys
from pathlib import Path

import click

from bot.cli.options import config, quiet
from bot.cli.progress import working


@click.command(short_help="Check settings, Slack, sources and playbooks.")
@config
@click.option("--no-slack", is_flag=True, help="Leave Slack out.")
@quiet
def doctor(config: Path, *, no_slack: bool, quiet: bool) -> None:
    """Check the settings, Slack's token and scopes, every source and every playbook.

    One line each; the exit status is 1 if one of them fails.
    """
    from bot.settings import read_settings
    from bot.wiring import examine_all

    settings = read_settings(config)
    with working("Looking around …", quiet=quiet):
        symptoms = examine_all(settings, slack=not no_slack)
    for symptom in symptoms:
        click.echo(f"{'ok  ' if symptom.well else 'FAIL'}  {symptom.part:<24} {symptom.says}")
    if not all(symptom.well for symptom in symptoms):
        sys.exit(1)
