"""From the bytes of a request to JSON that nothing later stumbles over."""

import json
import math
from typing import NoReturn

from bot.errors import UnreadableAlert

DEPTH = 64
"""Levels of nesting; Alertmanager uses four."""

DIGITS = 40
"""Digits of an integer; identifiers of 128 bits fit."""


def read_json(body: bytes) -> object:
    """The document of a body.

    Raises:
        UnreadableAlert: It is no strict JSON in UTF-8, is nested too deep, or holds a number or a
            text that cannot be stored.
    """
    if not body.strip():
        raise UnreadableAlert("the body is empty; an alert is a JSON document")
    try:
        document = json.loads(
            body.decode("utf-8-sig"), parse_constant=_refuse, parse_int=_int, parse_float=_float
        )
    except UnicodeDecodeError as error:
        raise UnreadableAlert(f"the body is not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise UnreadableAlert(
            f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from error
    except RecursionError as error:
        raise UnreadableAlert(f"the body is nested deeper than {DEPTH} levels") from error
    _look_through(document)
    return document


def _refuse(word: str) -> NoReturn:
    raise UnreadableAlert(f"the body holds {word}, which is not JSON")


def _int(digits: str) -> int:
    if len(digits.removeprefix("-")) > DIGITS:
        raise UnreadableAlert(f"the body holds an integer of more than {DIGITS} digits")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise UnreadableAlert(f"the body holds a number out of range: {digits[:DIGITS]}")
    return value


def _look_through(document: object) -> None:
    """Refuse depth and lone surrogates, level by level: no recursion that could run out."""
    level = [document]
    for _ in range(DEPTH):
        below: list[object] = []
        for value in level:
            if isinstance(value, dict):
                below.extend(value)
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
            elif isinstance(value, str) and not value.isascii():
                _check_text(value)
        if not below:
            return
        level = below
    raise UnreadableAlert(f"the body is nested deeper than {DEPTH} levels")


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnreadableAlert(
            "the body holds half of a surrogate pair (\\ud800-\\udfff)"
        ) from error
