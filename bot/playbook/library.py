"""Where playbooks are found: the team's folder before the shipped one."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.errors import PlaybookError
from bot.incident import Playbook
from bot.playbook.reading import read_playbook
from bot.settings.words import nearest
from bot.sockets import Check

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_SUFFIX = ".yaml"


def find_playbook(name: str, *, folders: Sequence[Path], checks: Mapping[str, Check]) -> Playbook:
    """The playbook of that name from the first folder that has it.

    Raises:
        PlaybookError: No folder has it, it lies outside its folder, or it is wrong.
    """
    return read_playbook(place_of(name, folders=folders), checks=checks)


def place_of(name: str, *, folders: Sequence[Path]) -> Path:
    """The file of the playbook of that name, in the first folder that has it.

    Raises:
        PlaybookError: No folder has it, or it lies outside its folder.
    """
    if not _NAME.fullmatch(name):
        raise PlaybookError(f"{name!r} is no name of a playbook; use a-z, 0-9, - and _")
    for folder in folders:
        path = _inside(folder, name)
        if path is not None:
            return path
    looked = " or ".join(str(folder) for folder in folders) or "any folder"
    near = nearest(name, playbook_names(folders))
    raise PlaybookError(f"no playbook {name!r} in {looked}{near}")


def playbook_names(folders: Sequence[Path]) -> tuple[str, ...]:
    """The name of every playbook in these folders, each once, sorted."""
    found: set[str] = set()
    for folder in folders:
        try:
            found |= {path.stem for path in folder.glob(f"*{_SUFFIX}")}
        except OSError:
            continue  # a folder that cannot be listed has no names to offer
    return tuple(sorted(name for name in found if _NAME.fullmatch(name)))


def _inside(folder: Path, name: str) -> Path | None:
    """The file with its links followed, if there is one; it may not lead out of the folder."""
    path = folder / f"{name}{_SUFFIX}"
    try:
        if not path.is_file():
            return None
        real = path.resolve(strict=True)
        home = folder.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise PlaybookError(f"cannot read {path}: {error}") from error
    if not real.is_relative_to(home):
        raise PlaybookError(f"{path} is a link that leads out of {folder}; put the file there")
    return path
