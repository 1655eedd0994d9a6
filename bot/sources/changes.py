"""Change events: one JSON object a line, from a file or over HTTP."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import SourceError
from bot.incident import CHANGE_KINDS
from bot.settings import SourceSettings

if TYPE_CHECKING:
    import httpx

KINDS = frozenset(CHANGE_KINDS)

ChangesReader = Callable[[SourceSettings], Iterable[object]]
"""What a package brings as a kind of source: from its settings to change events, as in JSON lines.

Raises `SourceError` when it cannot read.
"""


def read_changes(
    location: str, *, client: "httpx.Client | None" = None
) -> tuple[list[dict[str, Any]], list[str]]:
    """The events of a file or an address, and a sentence for every line that cannot be read.

    Raises:
        SourceError: Nothing can be read at all.
    """
    events: list[dict[str, Any]] = []
    wrong: list[str] = []
    for number, line in enumerate(_text(location, client).splitlines(), start=1):
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


def _text(location: str, client: "httpx.Client | None") -> str:
    if location.startswith(("http://", "https://")):
        return _fetched(location, client)
    path = Path(location)
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"cannot read the change events in {path}: {error}") from error


def _fetched(url: str, client: "httpx.Client | None") -> str:
    import httpx  # noqa: PLC0415 - only a source over HTTP needs it

    try:
        if client is not None:
            response = client.get(url)
        else:
            response = httpx.get(url, timeout=10, follow_redirects=True)
        response.raise_for_status()
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        raise SourceError(
            f"{url} answered {status} instead of change events", permanent=status < 500
        ) from error
    except httpx.HTTPError as error:
        raise SourceError(f"cannot reach {url}: {error}", permanent=False) from error
    return response.text


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
        "time": _time(str(found["time"])),
        "kind": kind if kind in KINDS else "other",
        "what": str(found.get("what") or ""),
        "who": str(found.get("who") or ""),
        "ref": str(found.get("ref") or ""),
        "details": details if isinstance(details, dict) else {},
    }


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"time {text!r} is not ISO 8601") from None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
