"""The shipped checks, and those that other packages bring."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.plugins import misfit, plugged
from bot.sockets import Check

GROUP = "bot.checks"


def with_plugins(shipped: Mapping[str, Check]) -> Mapping[str, Check]:
    """These checks, then those of the entry points, each by the name it calls itself.

    Raises:
        SettingsError: A package's check cannot be loaded or is none; names the package.
    """
    found = plugged(GROUP, shipped=shipped)
    for name, one in found.items():
        if not (isinstance(one, Check) and one.name == name):
            raise misfit(GROUP, name, "check of that name, made with @check")
    return MappingProxyType({**shipped, **found})
