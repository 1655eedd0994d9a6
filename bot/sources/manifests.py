"""What the files that name dependencies ask for: package = the versions that it may be of.

A manifest (`pyproject.toml`, `requirements.txt`, …) is read whole, a lock file from parts of it:
locks are long, and have name and version on neighbouring lines. What cannot be read says nothing;
that it was changed is told all the same.
"""

import configparser
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

import yaml
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

Found = Iterator[tuple[str, str]]
"""Package and version; the version is empty where any will do."""

_NAMED = re.compile(r"""\s*name\s*=\s*["']([^"']+)["']""")
_VERSION = re.compile(r"""\s*version\s*=\s*["']([^"']+)["']""")
_YARN = re.compile(r"""["']?(@?[^@"'\s]+)@.*:\s*$""")
_YARN_VERSION = re.compile(r"""\s+version:?\s+["']?([^"'\s]+)""")
_KEY = re.compile(r"""\s*"(?:.*node_modules/)?([^"]*)"\s*:\s*\{""")
_JSON_VERSION = re.compile(r"""\s*"version"\s*:\s*"=*([^"]+)\"""")
_QUOTED = re.compile(r"""["']([^"'\n]+)["']""")
_CONDA = re.compile(r"(?:[\w.-]+::)?([A-Za-z0-9][\w.-]*)\s*(.*)")


def is_lock(name: str) -> bool:
    """Whether a file of that name holds the very versions that are installed."""
    return name.endswith(".lock") or name == "package-lock.json"


def read_versions(name: str, text: str) -> dict[str, set[str]]:
    """The packages in the text of a file of that name, by their plain names."""
    found: dict[str, set[str]] = {}
    for package, version in _reader(name)(text):
        found.setdefault(package, set()).add(version)
    return found


def _reader(name: str) -> Callable[[str], Found]:
    return next(reader for pattern, reader in _READERS.items() if fnmatchcase(name, pattern))


def _requirements(text: str) -> Found:
    """Lines as pip reads them."""
    for line in text.replace("\\\n", " ").splitlines():
        plain = re.split(r"\s#|\s--", line, maxsplit=1)[0].strip()
        if plain and not plain.startswith(("#", "-")):
            yield from _required(plain)


def _required(text: object, *, pinned: bool = False) -> Found:
    """One requirement as PEP 508 has it; with `pinned`, only one that says a version."""
    try:
        asked = Requirement(str(text))
    except InvalidRequirement:
        return
    version = _asked(asked)
    if version or not pinned:
        yield canonicalize_name(asked.name), version


def _asked(asked: Requirement) -> str:
    if asked.url:  # neither host nor user: a token may stand there
        return re.split("[?#]", asked.url)[0].rstrip("/").rpartition("/")[2]
    wanted = sorted(asked.specifier, key=lambda one: (one.operator.startswith("<"), str(one)))
    if len(wanted) == 1 and wanted[0].operator in {"==", "==="}:
        return wanted[0].version
    return ",".join(map(str, wanted))


def _pyproject(text: str) -> Found:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # a part of one, as GitHub shows it
        yield from _setup_py(text)
        return
    project = _table(document, "project")
    groups = (_table(project, "optional-dependencies"), _table(document, "dependency-groups"))
    lists = [project.get("dependencies"), _table(document, "build-system").get("requires")]
    lists += [each for group in groups for each in group.values()]
    for each in lists:
        for requirement in each if isinstance(each, list) else ():
            yield from _required(requirement)
    poetry = _table(document, "tool", "poetry")
    tables = [_table(poetry, key) for key in ("dependencies", "dev-dependencies")]
    tables += [_table(group, "dependencies") for group in _tables(_table(poetry, "group"))]
    tables += [_table(document, key) for key in ("packages", "dev-packages")]  # a Pipfile's
    for table in tables:
        yield from _spelt(table)


def _spelt(table: Mapping[str, Any]) -> Found:
    """`numpy = "^1.26"`, or a table with the version, or several of them."""
    for name, wanted in table.items():
        if name == "python":
            continue  # which versions are supported, not which one runs
        for one in wanted if isinstance(wanted, list) else [wanted]:
            said = _pinned(one) if isinstance(one, dict) else str(one)
            yield canonicalize_name(name), said.removeprefix("==").strip("* ")


def _pinned(wanted: Mapping[str, Any]) -> str:
    keys = ("version", "rev", "tag", "branch")
    return str(next((wanted[key] for key in keys if key in wanted), ""))


def _package_json(text: str) -> Found:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return
    for key in ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies"):
        for name, wanted in _table(document, key).items():
            yield name, str(wanted).rpartition("/")[2] if "://" in str(wanted) else str(wanted)


def _setup_cfg(text: str) -> Found:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    yield from _requirements(parser.get("options", "install_requires", fallback=""))
    if parser.has_section("options.extras_require"):
        for _, listed in parser.items("options.extras_require"):
            yield from _requirements(listed)


def _setup_py(text: str) -> Found:
    for quoted in _QUOTED.findall(text):
        yield from _required(quoted, pinned=True)


def _conda(text: str) -> Found:
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError):
        return
    listed = document.get("dependencies") if isinstance(document, dict) else None
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict):
            for requirement in one.get("pip") or ():
                yield from _required(requirement)
        elif match := _CONDA.fullmatch(str(one).strip()):
            name, wanted = match.groups()
            # `numpy=1.26=py311_0`: version and build
            exact = wanted.startswith("=")
            yield canonicalize_name(name), wanted.lstrip("=").split("=")[0] if exact else wanted


def _toml_lock(text: str) -> Found:
    """Poetry's and uv's: name, then version."""
    return _paired(text.splitlines(), _NAMED, _VERSION)


def _yarn_lock(text: str) -> Found:
    return _paired(text.splitlines(), _YARN, _YARN_VERSION)


def _json_lock(text: str) -> Found:
    return _paired(text.splitlines(), _KEY, _JSON_VERSION)


def _paired(lines: Iterable[str], names: re.Pattern[str], versions: re.Pattern[str]) -> Found:
    name = ""
    for line in lines:
        if match := names.match(line):
            name = match[1]
        elif (match := versions.match(line)) and name:
            yield (name if "/" in name else canonicalize_name(name)), match[1]
            name = ""


def _table(document: object, *keys: str) -> Mapping[str, Any]:
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def _tables(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for each in document.values() if isinstance(each, dict)]


_READERS: Mapping[str, Callable[[str], Found]] = {
    "pyproject.toml": _pyproject, "Pipfile": _pyproject, "setup.cfg": _setup_cfg,
    "setup.py": _setup_py, "package.json": _package_json, "package-lock.json": _json_lock,
    "Pipfile.lock": _json_lock, "yarn.lock": _yarn_lock, "*.lock": _toml_lock,
    "*.yml": _conda, "*.yaml": _conda, "*": _requirements,
}  # fmt: skip
