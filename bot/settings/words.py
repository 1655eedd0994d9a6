"""The nearest right name for a wrong one."""

import difflib
from collections.abc import Iterable

MOST = 12
"""So many names a sentence can list."""


def closest(word: str, known: Iterable[str], *, cutoff: float = 0.5) -> str | None:
    """The known name that is most like the word, if any is like it at all."""
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=cutoff)
    return near[0] if near else None


def nearest(word: str, known: Iterable[str]) -> str:
    """A clause to end an error with: the nearest known name, or all of them."""
    names = sorted(known)
    near = closest(word, names)
    if near is not None:
        return f"; did you mean {near!r}?"
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return f"; known are {', '.join(names[:MOST])}{more}" if names else ""
