"""`plummet checks`: what can be asked of the data."""

import click


@click.command(short_help="List what can be asked of the data.")
@click.argument("names", nargs=-1)
def checks(names: tuple[str, ...]) -> None:
    """List the checks, or show NAMES with the thresholds that a playbook may set."""
    from bot.checks import all_checks
    from bot.errors import CheckError
    from bot.settings import nearest

    known = all_checks()
    for name in names:
        if name not in known:
            raise CheckError(f"there is no check {name!r}{nearest(name, known)}")
    width = max(len(name) for name in known)
    for name in names or known:
        check = known[name]
        click.echo(f"{name:<{width}}  {check.question}")
        if names:
            for argument, about in check.arguments.items():
                click.echo(f"{'':<{width}}    {argument} = {about.default!r}")
