"""Commits of a git repository on this machine, as change events."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.errors import SourceError
from bot.sources.bumps import Bump, bumps_of, in_details, in_words
from bot.sources.manifests import is_lock
from bot.sources.options import Git
from bot.sources.paths import by_kind

_SECONDS = 60
_FORMAT = "%x1e%H%x1f%cI%x1f%an%x1f%s%x1f"
_MOST_DIFFS = 50
"""Of so many changes of dependencies, the newest, the versions are read."""
_MOST_PATHS = 20
_WHOLE = 100_000
"""Lines of context: a whole file."""
_MANIFESTS = frozenset({"pyproject.toml", "setup.cfg", "setup.py", "package.json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Commit:
    sha: str
    time: str
    who: str
    says: str
    paths: Sequence[str]


def read_git(folder: Path, options: Git, *, at: datetime, where: str) -> list[dict[str, Any]]:
    """What landed on the branch in the days before `at`: one event for each kind of path it has.

    A merge is one change, at the time when it was made. `--since` would end at the first older
    commit, and dates are not always in order.

    Raises:
        SourceError: There is no such repository or branch, or no git.
    """
    if not folder.is_dir():
        raise SourceError(f"{where}.path: there is no folder {folder}")
    since = (at - timedelta(days=options.days)).isoformat()
    said = _git(
        folder, where, "log", "--first-parent", "-m", "--no-renames", "--name-only", "-z",
        f"--since-as-filter={since}", f"--format={_FORMAT}", options.ref, "--", *options.paths,
    )  # fmt: skip
    events: list[dict[str, Any]] = []
    diffs = 0
    for commit in _commits(said):
        for kind, paths in by_kind(commit.paths, options.kinds).items():
            bumped: list[Bump] = []
            if kind == "dependency" and diffs < _MOST_DIFFS:
                diffs += 1
                bumped = _bumped(folder, where, commit.sha, paths)
                kind = kind if bumped or not _is_manifest(paths) else "config"  # noqa: PLW2901 - once its diff is known
            events.append(_event(commit, kind, paths, bumped))
    return events


def _is_manifest(paths: Sequence[str]) -> bool:
    """Whether these files hold more than dependencies, such as a linter's settings."""
    return all(path.rpartition("/")[2] in _MANIFESTS for path in paths)


def _event(
    commit: _Commit, kind: str, paths: Sequence[str], bumped: Sequence[Bump]
) -> dict[str, Any]:
    return {
        "id": f"{commit.sha[:12]}/{kind}",
        "time": commit.time,
        "kind": kind,
        "what": in_words(commit.says, bumped),
        "who": commit.who,
        "ref": commit.sha,
        "details": {"paths": list(paths[:_MOST_PATHS]), "files": len(paths), **in_details(bumped)},
    }


def _bumped(folder: Path, where: str, sha: str, paths: Sequence[str]) -> list[Bump]:
    locks = [path for path in paths if is_lock(path.rpartition("/")[2])]
    manifests = [path for path in paths if path not in locks]
    diff = _diff(folder, where, sha, manifests, context=_WHOLE) + _diff(
        folder, where, sha, locks, context=3
    )
    return bumps_of(diff)


def _diff(folder: Path, where: str, sha: str, paths: Sequence[str], *, context: int) -> str:
    if not paths:
        return ""
    return _git(
        folder, where, "show", "--first-parent", "-m", "--no-renames", "--no-ext-diff",
        "--no-textconv", "--no-color", "--src-prefix=a/", "--dst-prefix=b/", "--format=",
        f"--unified={context}", sha, "--", *paths,
    )  # fmt: skip


def _commits(said: str) -> Iterator[_Commit]:
    for record in said.split("\x1e")[1:]:
        fields = record.split("\x1f", 4)
        if len(fields) < 5:
            continue  # A subject may hold any character, the separator too.
        sha, time, who, says, rest = fields
        paths = [path.strip("\n") for path in rest.split("\0")]
        yield _Commit(sha=sha, time=time, who=who, says=says, paths=[p for p in paths if p])


def _git(folder: Path, where: str, *words: str) -> str:
    # Neither a repository around this process nor a question at a terminal may change the answer.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    command = ["git", "-C", str(folder), "-c", "core.fsmonitor=false", "-c", "log.showSignature=0"]
    try:
        done = subprocess.run(  # noqa: S603 - a list of words, none of them from a payload
            [*command, *words], env=environment, capture_output=True, timeout=_SECONDS, check=False
        )
    except FileNotFoundError as error:
        raise SourceError(f"{where} needs git, which is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise SourceError(
            f"{where}: git did not answer in {_SECONDS} s", permanent=False
        ) from error
    if done.returncode:
        said = " ".join(done.stderr.decode(errors="replace").split())[:300]
        raise SourceError(f"{where}: git cannot read {folder}: {said}")
    return done.stdout.decode(errors="replace")
