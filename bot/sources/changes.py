"""Change events: one JSON object a line, from a file or over HTTP; and what every event has."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.errors import SourceError
from bot.incident import CHANGE_KINDS
from bot.outgoing import Endpoint
from bot.settings import SourceSettings

KINDS = frozenset(CHANGE_KINDS)

ChangesReader = Callable[[SourceSettings], Iterable[object]]
"""What a package brings as a kind of source: from its settings to change events, as in JSON lines.

Raises `SourceError` when it cannot read.
"""


def read_changes(place: Path | Endpoint) -> tuple[list[dict[str, Any]], list[str]]:
    """The events of a file or an address, and a sentence for every line that cannot be read.

    Raises:
        SourceError: Nothing can be read at all.
    """
    location = place.shown if isinstance(place, Endpoint) else str(place)
    events: list[dict[str, Any]] = []
    wrong: list[str] = []
    for number, line in enumerate(_text(place).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            events.append(_event(json.loads(line)))
        except (ValueError, TypeError) as error:
            wrong.append(f"line {number} of {location}: {error}")
    return events, wrong


def read_events(found: Iterable[object], *, where: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The events that a package's own source gives, and a sentence for each that is none."""
    events: list[dict[str, Any]] = []
    wrong: list[str] = []
    for number, raw in enumerate(found, start=1):
        try:
            events.append(_event(raw))
        except (ValueError, TypeError) as error:
            wrong.append(f"event {number} of {where}: {error}")
    return events, wrong


def _text(place: Path | Endpoint) -> str:
    where = place.shown if isinstance(place, Endpoint) else place
    try:
        if isinstance(place, Endpoint):
            return place.get().body.decode("utf-8")
        return place.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise SourceError(
            f"cannot read the change events: there is no file {where}; correct `path`"
        ) from error
    except OSError as error:
        raise SourceError(
            f"cannot read the change events in {where}: {error.strerror or error}"
        ) from error
    except UnicodeDecodeError as error:
        raise SourceError(f"the change events in {where} are not UTF-8: {error}") from error


def _event(found: object) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise TypeError("not a JSON object")
    for key in ("id", "time"):
        if not found.get(key):
            raise ValueError(f"an event needs {key!r}")
    details = found.get("details")
    kind = str(found.get("kind", "other"))
    return {
        "id": str(found["id"]),
        "time": _time(found["time"]),
        "kind": kind if kind in KINDS else "other",
        "what": str(found.get("what") or ""),
        "who": str(found.get("who") or ""),
        "ref": str(found.get("ref") or ""),
        "details": details if isinstance(details, dict) else {},
    }


def _time(said: object) -> datetime:
    text = str(said)
    try:
        time = said if isinstance(said, datetime) else datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"time {text!r} is not ISO 8601") from None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
