"""The command line: `plummet`."""

import os

import click

from bot import __version__
from bot.cli.checks import checks
from bot.cli.demo import demo
from bot.cli.diagnose import diagnose
from bot.cli.doctor import doctor
from bot.cli.ending import Ending
from bot.cli.explain import explain
from bot.cli.manifest import manifest
from bot.cli.postmortem import postmortem
from bot.cli.rollup import rollup
from bot.cli.serve import serve
from bot.cli.verify import verify

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=Ending, context_settings=_SETTINGS)
@click.version_option(__version__, prog_name="plummet")
def main() -> None:
    """Sound an accuracy drop: how deep, since when, and why.

    Plummet opens a Slack channel when a model's accuracy drops, runs a checklist against your own
    data, ranks the probable causes, and writes the post-mortem.

    \b
    Try it without Slack:      plummet demo
    Diagnose from a terminal:  plummet diagnose MODEL --config plummet.toml
    Run the bot:               plummet serve --config plummet.toml
    """  # noqa: D301 - click wants the real backspace character before lines it must not join
    # Threads of numpy's linear algebra spin while they wait; nothing here is large enough for them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


for command in (
    demo, diagnose, rollup, explain, verify, serve, doctor, checks, manifest, postmortem,
):  # fmt: skip
    main.add_command(command)
