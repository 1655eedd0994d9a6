"""Which packages went from which version to which, read from a diff."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.sources.manifests import is_lock, read_versions

_MOST = 20
"""Of so many the details tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bump:
    """One package; a side is None where it came or went, and empty where any version would do."""

    package: str
    old: str | None
    new: str | None

    def __str__(self) -> str:
        if self.old is None:
            return " ".join(filter(None, (self.package, self.new, "added")))
        if self.new is None:
            return " ".join(filter(None, (self.package, self.old, "removed")))
        return f"{self.package} {self.old or 'any version'} → {self.new or 'any version'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """One file of a diff: the text of each hunk, before and after."""

    name: str
    old: Sequence[str]
    new: Sequence[str]


def bumps_of(diff: str) -> list[Bump]:
    """The packages whose versions differ, in order of name, of a unified diff of git's.

    A manifest has to stand whole in its context, of a lock file three lines are enough; where both
    tell of a package, the lock has the version that is installed.
    """
    found: dict[str, Bump] = {}
    for file in sorted(_files(diff), key=lambda file: is_lock(file.name)):
        found |= {bump.package: bump for bump in _moved(file)}
    return [found[name] for name in sorted(found)]


def in_details(bumps: Sequence[Bump]) -> dict[str, Any]:
    """What the details of a change event say of them; `from` and `to` where there is just one."""
    if not bumps:
        return {}
    single = {"from": bumps[0].old, "to": bumps[0].new} if len(bumps) == 1 else {}
    return {"bumps": [str(bump) for bump in bumps[:_MOST]], **single}


def in_words(says: str, bumps: Sequence[Bump]) -> str:
    """What was changed, and behind it the first of them."""
    named = ", ".join(str(bump) for bump in bumps[:3])
    return f"{says} ({named})" if named else says


def _moved(file: _File) -> Iterator[Bump]:
    old, new = (_versions(file.name, texts) for texts in (file.old, file.new))
    for name in sorted({*old, *new}):
        was, now = old.get(name), new.get(name)
        if was != now:
            yield Bump(package=name, old=_said(was, now), new=_said(now, was))


def _versions(name: str, texts: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for text in texts:
        for package, versions in read_versions(name, text).items():
            found.setdefault(package, set()).update(versions)
    return found


def _said(these: set[str] | None, others: set[str] | None) -> str | None:
    """What is only here; all of it where nothing is."""
    return None if these is None else ", ".join(sorted((these - (others or set())) or these))


def _files(diff: str) -> Iterator[_File]:
    for said in re.split(r"^diff --git ", diff, flags=re.MULTILINE)[1:]:
        head, *hunks = re.split(r"^@@ .*\n", said, flags=re.MULTILINE)
        name = head.splitlines()[0].rpartition("/")[2].rstrip('"')
        yield _File(
            name=name,
            old=[_side(hunk, " -") for hunk in hunks],
            new=[_side(hunk, " +") for hunk in hunks],
        )


def _side(hunk: str, marks: str) -> str:
    return "\n".join(line[1:] for line in hunk.split("\n") if line[:1] in marks)
