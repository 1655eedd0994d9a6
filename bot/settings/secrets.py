"""References to the environment and to files, resolved when a part is built and never kept."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, unquote

from bot.errors import SettingsError

_REFERENCE = re.compile(r"\$\{(?:file:(?P<file>[^}]+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*))\}")

_PASSWORD = re.compile(r"://[^/@:]*:(.*)@", re.DOTALL)
"""To the last `@`: a password that was not percent-encoded may hold one, and a slash."""

_BREAKS = re.compile(r"[/?#@:&=\s]+")
"""Where a parser of addresses cuts a password in two."""

_TELLING = 4
"""A piece shorter than this stands in ordinary words too, and gives little away."""


def resolve(text: str, *, where: str, environment: Mapping[str, str] | None = None) -> str:
    """The text with every `${NAME}` replaced from the environment, `${file:/PATH}` from the file.

    Raises:
        SettingsError: A variable is not set, or a file cannot be read, or one of them is empty;
            names it and `where` it is wanted.
    """
    known = os.environ if environment is None else environment

    def value(match: re.Match[str]) -> str:
        found = _value(match, known, where=where)
        if not found and match["file"]:
            raise SettingsError(f"{where} needs the file {match['file']}, which is empty")
        if not found:
            raise SettingsError(f"{where} needs the environment variable {match['name']}, not set")
        return found

    return _REFERENCE.sub(value, text)


def _value(match: re.Match[str], known: Mapping[str, str], *, where: str) -> str:
    """What a reference stands for; the line break that editors leave at an end is none of it."""
    if match["name"]:
        return known.get(match["name"], "")
    path = Path(match["file"])
    if not path.is_absolute():
        raise SettingsError(f"{where}: the path of {match[0]} has to begin at the root")
    try:
        return path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise SettingsError(f"{where} needs the file {path}, which cannot be read: {why}") from None


def hidden(text: str, setting: str, *, environment: Mapping[str, str] | None = None) -> str:
    """The text without the secrets of a setting, which the words of a driver may repeat.

    What counts as one: all that a reference stands for, but of an address only its password.
    """
    known = os.environ if environment is None else environment
    values = [setting]
    with suppress(SettingsError):  # a file that is gone since
        values += [_value(match, known, where="") for match in _REFERENCE.finditer(setting)]
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
