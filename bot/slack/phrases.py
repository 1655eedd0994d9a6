"""The parts of a command line: people, days, severities, `name=value` pairs, near words."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Final

from bot.errors import RequestError
from bot.incident import SEVERITIES, Severity
from bot.settings import closest
from bot.slack.forms import form_of
from bot.slack.mrkdwn import to_plain
from bot.sockets import Argument, Check

_MENTION: Final = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")
_HANDLE: Final = re.compile(r"(?:^|(?<=\s))@([\w.+'-]*\w)")
DUE: Final = re.compile(r"\b(?:by|due)\s+(\d{4}-\d{1,2}-\d{1,2})\s*$", re.IGNORECASE)
_PAIR: Final = re.compile(r'(?:^|(?<=\s))([A-Za-z_][\w.]*)=("[^"]*"|\S+)')
_BOOLS: Final = dict.fromkeys(("true", "yes", "1"), True) | dict.fromkeys(
    ("false", "no", "0"), False
)
CURLY: Final = str.maketrans({"“": '"', "”": '"', "„": '"'})


def severity_of(text: str) -> Severity:
    """The severity somebody wrote as `sev2`, `SEV-2` or `2`.

    Raises:
        RequestError: It is none.
    """
    wanted = "sev" + re.sub(r"^sev(erity)?[\s-]*", "", text.strip().lower())
    for level in SEVERITIES:
        if wanted == level:
            return level
    raise RequestError(
        f"“{to_plain(text)}” is no severity; it is one of {', '.join(SEVERITIES)} "
        f"(sev1 is the worst). {form_of('severity')}"
    )


def check_arguments(check: Check, pairs: Mapping[str, str]) -> dict[str, str]:
    """A check's arguments as written, each known to it and of its type.

    Raises:
        RequestError: One is not; names the nearest right one.
    """
    for name, value in pairs.items():
        if name not in check.arguments:
            raise RequestError(
                f"{check.name} takes no “{to_plain(name)}”{nearest(name, check.arguments)}."
            )
        _typed(check.name, name, value, check.arguments[name])
    return dict(pairs)


def pairs_of(text: str, *, only: Collection[str] = ()) -> tuple[dict[str, str], str]:
    """The `name=value` pairs in a text (of the names `only`, if any), and the text without them.

    Raises:
        RequestError: A name comes twice.
    """
    straight = text.translate(CURLY)
    pairs: dict[str, str] = {}
    left, start = "", 0
    for match in _PAIR.finditer(straight):
        name = match[1]
        if only and name not in only:
            continue
        if name in pairs:
            raise RequestError(f"“{name}” is given twice; say it once.")
        pairs[name] = to_plain(match[2].strip('"'))
        left, start = left + text[start : match.start()], match.end()
    return pairs, " ".join((left + text[start:]).split())


def _typed(check: str, name: str, value: str, argument: Argument) -> None:
    try:
        if argument.kind is bool:
            _BOOLS[value.lower()]
        else:
            argument.kind(value)
    except (ValueError, KeyError, OverflowError) as error:
        kind = {bool: "true or false", int: "a whole number", float: "a number"}[argument.kind]
        raise RequestError(
            f"{check}: {name} is {kind} (default {argument.default}), not “{to_plain(value)}”."
        ) from error


def day_of(text: str) -> str:
    """A day of the calendar, in ISO form.

    Raises:
        RequestError: It is none.
    """
    try:
        return date(*(int(part) for part in text.split("-"))).isoformat()
    except ValueError as error:
        raise RequestError(
            f"{text} is no day of the calendar; write YYYY-MM-DD. {form_of('action add')}"
        ) from error


def person_of(text: str) -> tuple[str, str]:
    """The last person named in a text, by id or handle, and the text without them."""
    for pattern in (_MENTION, _HANDLE):
        found = list(pattern.finditer(text))
        if found:
            last = found[-1]
            return last[1], f"{text[: last.start()].rstrip()} {text[last.end() :].lstrip()}".strip()
    return "", text


def nearest(word: str, known: Iterable[str]) -> str:
    """A clause with the nearest known word, or with those that are known."""
    choices = list(known)
    near = closest(to_plain(word).lower(), choices)
    if near:
        return f"; did you mean “{near}”?"
    return f"; known are {', '.join(sorted(choices)[:12])}" if choices else ""
