"""What other packages bring: their entry points, loaded when they are asked for."""

from collections.abc import Collection
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from bot.errors import SettingsError


def plugged(group: str, *, shipped: Collection[str] = ()) -> dict[str, Any]:
    """What the installed packages bring for a group (`bot.alerts`, `bot.sources`, `bot.checks`).

    By the names of their entry points; `shipped` are those that are taken already.

    Raises:
        SettingsError: One cannot be loaded, or takes another's name; names its package.
    """
    found: dict[str, Any] = {}
    for point in sorted(entry_points(group=group)):
        who = f"{_package(point)} brings {group} {point.name!r}"
        if point.name in shipped or point.name in found:
            raise SettingsError(f"{who}, and there is one of that name already; uninstall one")
        try:
            found[point.name] = point.load()
        except Exception as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())
            raise SettingsError(
                f"{who}, which cannot be loaded ({said}); repair or uninstall that package"
            ) from error
    return found


def misfit(group: str, name: str, wanted: str) -> SettingsError:
    """The error for something of another kind than its group wants; names its package."""
    (point,) = entry_points(group=group, name=name)
    return SettingsError(
        f"{_package(point)} brings {group} {name!r}, which is no {wanted};"
        " repair or uninstall that package"
    )


def _package(point: EntryPoint) -> str:
    return f"the package {point.dist.name if point.dist else point.value}"
