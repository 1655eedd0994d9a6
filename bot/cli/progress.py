"""Something to look at while a command works, on a terminal only."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def working(says: str, *, quiet: bool) -> Iterator[None]:
    """Show a spinner on stderr while the block runs; nothing when quiet or not on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(says):
        yield


@contextmanager
def in_place(says: str) -> Iterator[None]:
    """Say something on stderr at once; on a terminal it is taken away when the block ends."""
    if not says:
        yield
        return
    click.echo(says, err=True)
    sys.stderr.flush()
    yield
    if sys.stderr.isatty():
        lines = -(-len(says) // max(shutil.get_terminal_size().columns, 1))
        click.echo("\x1b[1A\x1b[2K" * lines, err=True, nl=False)
