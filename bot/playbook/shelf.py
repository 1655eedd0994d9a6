"""Playbooks that were read once, for as long as their files stay as they were."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.incident import Playbook
from bot.playbook.library import place_of
from bot.playbook.reading import read_playbook
from bot.sockets import Check

_Edition = tuple[int, int]


class Shelf:
    """Every card asks for its checklist, and to parse one takes longer than to show it."""

    def __init__(self, *, folders: Sequence[Path], checks: Mapping[str, Check]) -> None:
        self._folders = folders
        self._checks = checks
        self._lock = threading.Lock()
        self._read: dict[Path, tuple[_Edition, Playbook]] = {}

    def find(self, name: str) -> Playbook:
        """The playbook of that name, read again when somebody changed its file.

        Raises:
            PlaybookError: No folder has it, it lies outside its folder, or it is wrong.
        """
        path = place_of(name, folders=self._folders)
        edition = _edition(path)
        with self._lock:
            kept = self._read.get(path)
        if kept is None or kept[0] != edition:
            kept = (edition, read_playbook(path, checks=self._checks))
            with self._lock:
                self._read[path] = kept
        return kept[1]


def _edition(path: Path) -> _Edition:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)  # it went away just now: reading it says so
    return (found.st_mtime_ns, found.st_size)
