"""Where the files that ship beside the code are found: playbooks, templates."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped(room: str) -> Path:
    """The folder `room`: inside the package in a wheel, beside it in a checkout."""
    installed = _PACKAGE / room
    return installed if installed.is_dir() else _PACKAGE.parent / room
