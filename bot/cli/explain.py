"""`plummet explain`: what a cause is, or why a ranking is as it is."""

from datetime import datetime
from pathlib import Path

import click

from bot.cli.options import Moment, config, quiet
from bot.cli.progress import working


@click.command(short_help="Explain a cause, or why a ranking is as it is.")
@click.argument("what")
@click.option("--cause", help="Explain this one instead of the first three.")
@config
@click.option("--at", type=Moment(), help="When the drop was reported. [default: newest event]")
@quiet
def explain(
    *, what: str, cause: str | None, config: Path, at: datetime | None, quiet: bool
) -> None:
    """Explain WHAT: a cause, such as join_break, or the ranking of a model or of a case folder.

    A cause has a page: what it is, how it looks, what it is confused with, what to do. A ranking is
    told as it was added up: for each of the first causes its log-odds beforehand, what every
    finding adds or takes and why, and what would settle it. A case folder holds a plummet.toml with
    one model and, if it likes, an at.txt.
    """
    from bot.diagnosis import every_finding, examine, page
    from bot.diagnosis import explain as explain_ranking
    from bot.diagnosis.received import open_evidence
    from bot.incident.causes import CAUSES
    from bot.settings import nearest, read_settings

    if what in CAUSES and cause is None:
        click.echo(page(what), nl=False)
        return
    folder = Path(what)
    case = (folder / "plummet.toml").is_file()
    if not case and not config.is_file():
        raise click.UsageError(
            f"{what!r} is no cause{nearest(what, CAUSES)}; nor is it a folder with a plummet.toml,"
            f" and there is no {config} that could name such a model"
        )
    settings = read_settings(folder / "plummet.toml" if case else config)
    model = _only(list(settings.models), where=what) if case else what
    if case and at is None and (folder / "at.txt").is_file():
        at = Moment().convert((folder / "at.txt").read_text("utf-8"), None, None)
    with working(f"Sounding {model} …", quiet=quiet), open_evidence(settings) as sources:
        evidence = examine(settings, model, sources=sources, at=at)
        said = explain_ranking(evidence, every_finding(evidence), cause=cause)
    click.echo(said, nl=False)


def _only(models: list[str], *, where: str) -> str:
    if len(models) != 1:
        names = ", ".join(models) or "none"
        raise click.UsageError(f"{where} has not one model but {names}: name one, with --config")
    return models[0]
