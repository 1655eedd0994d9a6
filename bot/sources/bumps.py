"""Which packages went from which version to which, read from a diff."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PINNED = re.compile(
    r"""\s*(?P<dash>-\s+)?["']?(?P<name>[A-Za-z][A-Za-z0-9._-]*)(?:\[[^\]]*\])?["']?\s*"""
    r"""(?:(?:===?|~=|>=|<=|@)\s*|[=:]\s*["'][\^~><=]*|(?(dash)=|(?!)))"""
    r"""(?P<version>v?\d[\w.!+*-]*)"""
)
"""`numpy==1.26`, `numpy = "^1.26"`, `"react": "^18.2"`, and conda's `- numpy=1.26`.

A bare number behind one sign of equality is a setting, not a version.
"""

_QUOTED = re.compile(
    r"""["'](?P<name>[A-Za-z][A-Za-z0-9._-]*)(?:\[[^\]]*\])?"""
    r"""\s*(?:===?|~=|>=|<=)\s*(?P<version>\d[\w.!+*-]*)"""
)
"""Several in a line: `dependencies = ["numpy>=2", "pandas~=2.2"]`."""

_NAME = re.compile(r"""\s*name\s*=\s*["'](?P<name>[^"']+)["']""")
_VERSION = re.compile(r"""\s*version\s*=\s*["'](?P<version>[^"']+)["']""")
"""A lock file of poetry or uv has name and version on lines of their own."""

_NO_PACKAGES = frozenset({"version", "python_requires", "requires-python", "hash", "size"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bump:
    """One package; a side is None where it came or went."""

    package: str
    old: str | None
    new: str | None

    def __str__(self) -> str:
        if self.old is None:
            return f"{self.package} {self.new} added"
        if self.new is None:
            return f"{self.package} {self.old} removed"
        return f"{self.package} {self.old} → {self.new}"


def bumps_of(diff: str) -> list[Bump]:
    """The packages whose versions differ, in order of name; a unified diff with some context."""
    old: dict[str, str] = {}
    new: dict[str, str] = {}
    for side, name, version in _versions(diff):
        (old if side == "-" else new)[name] = version
    names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
    return [Bump(package=name, old=old.get(name), new=new.get(name)) for name in names]


def _versions(diff: str) -> Iterator[tuple[str, str, str]]:
    package = {"-": "", "+": ""}
    for line in diff.splitlines():
        if line.startswith(("---", "+++", "@@", "diff ")):
            package = {"-": "", "+": ""}
            continue
        side, text = line[:1], line[1:]
        if named := _NAME.match(text):
            for each in "-+" if side == " " else side:
                package[each] = named["name"]
        if side not in package:
            continue
        if version := _VERSION.match(text):
            if package[side]:
                yield side, _plain(package[side]), version["version"]
        elif quoted := list(_QUOTED.finditer(text)):
            yield from ((side, _plain(one["name"]), one["version"]) for one in quoted)
        elif (pinned := _PINNED.match(text)) and pinned["name"].lower() not in _NO_PACKAGES:
            yield side, _plain(pinned["name"]), pinned["version"].rstrip(".,")


def _plain(name: str) -> str:
    """The name as package indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
