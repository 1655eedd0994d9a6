"""Where files of the team's own and of ours are looked for."""

from pathlib import Path

from bot.settings import Settings
from bot.shipped import shipped


def folders(settings: Settings, own: str | None, room: str) -> tuple[Path, ...]:
    """The team's own folder, if the configuration names one, before the shipped one."""
    return (*((settings.path(own),) if own else ()), shipped(room))
