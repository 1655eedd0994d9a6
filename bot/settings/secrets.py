"""References to the environment, resolved when a part is built and never kept."""

import os
import re
from collections.abc import Mapping

from bot.errors import SettingsError

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def resolve(text: str, *, where: str, environment: Mapping[str, str] | None = None) -> str:
    """The text with every `${NAME}` replaced from the environment.

    Raises:
        SettingsError: A variable is not set, or empty; names it and `where` it is wanted.
    """
    known = os.environ if environment is None else environment

    def value(match: re.Match[str]) -> str:
        found = known.get(match[1], "")
        if not found:
            raise SettingsError(f"{where} needs the environment variable {match[1]}, not set")
        return found

    return _REFERENCE.sub(value, text)
