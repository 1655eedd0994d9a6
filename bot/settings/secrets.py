"""References to the environment, resolved when a part is built and never kept."""

import os
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, unquote

from bot.errors import SettingsError

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")

_PASSWORD = re.compile(r"://[^/@:]*:(.*)@", re.DOTALL)
"""To the last `@`: a password that was not percent-encoded may hold one, and a slash."""

_BREAKS = re.compile(r"[/?#@:&=\s]+")
"""Where a parser of addresses cuts a password in two."""

_TELLING = 4
"""A piece shorter than this stands in ordinary words too, and gives little away."""


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


def hidden(text: str, setting: str, *, environment: Mapping[str, str] | None = None) -> str:
    """The text without the secrets of a setting, which the words of a driver may repeat.

    What counts as one: all that a `${NAME}` stands for, but of an address only its password.
    """
    known = os.environ if environment is None else environment
    values = [setting, *(known.get(match[1], "") for match in _REFERENCE.finditer(setting))]
    secrets = {piece for value in values[1:] if "://" not in value for piece in _pieces(value)}
    for value in values:
        if found := _PASSWORD.search(value):
            secrets |= {piece for piece in _pieces(found[1]) if "${" not in piece}
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "…")
    return text


def _pieces(secret: str) -> Iterator[str]:
    """The secret as it may be repeated: whole, coded for an address, or cut by one's parser."""
    for form in (secret, quote(secret, safe=""), unquote(secret)):
        yield from (piece for piece in (form, *_BREAKS.split(form)) if len(piece) >= _TELLING)
