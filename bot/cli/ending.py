"""How a command ends: an error on purpose is one line and a status, a defect is a traceback."""

from typing import Any

import click

from bot.errors import PlummetError

UNUSABLE = 2
"""Exit status when the configuration or the data cannot be read."""


class Ending(click.Group):
    """Turns `PlummetError` into one line on stderr and exit status 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except PlummetError as error:
            click.echo(f"plummet: {error}", err=True)
            ctx.exit(UNUSABLE)
