"""`plummet demo`: one incident, played by itself."""

from pathlib import Path

import click

from bot.cli.options import quiet


@click.command(short_help="Watch one incident, played by itself.")
@click.option("--exit", "ends", is_flag=True, help="End when the post-mortem is written.")
@click.option("--fault", help="What breaks; a wrong name lists all. [default: missing-delays]")
@click.option(
    "--speed", type=click.FloatRange(min=0.25, max=4), default=1.0, show_default=True,
    help="How fast simulated time runs, against the usual.",
)  # fmt: skip
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port of the page. [default: a free one]",
)
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False),
    help="Where everything is kept. [default: a new temporary folder]",
)  # fmt: skip
@quiet
def demo(
    *, ends: bool, fault: str | None, speed: float, port: int, folder: Path | None, quiet: bool
) -> None:
    """Watch one incident from the alert to the post-mortem, without Slack.

    Starts a local stand-in for Slack, the bot, and a real model's prediction log replayed from
    public flight data; breaks the model; and shows what happens. The page it prints is open to
    look at and to act in. Without a terminal it ends when the post-mortem is written.
    """
    from bot.demo import play

    play(ends=ends, fault=fault, speed=speed, port=port, folder=folder, quiet=quiet)
