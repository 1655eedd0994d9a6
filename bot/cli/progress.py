"""Something to look at while a command works, on a terminal only."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def working(says: str, *, quiet: bool) -> Iterator[None]:
    """Show a spinner on stderr while the block runs; nothing when quiet or not on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(says):
        yield
