"""What went wrong with a call, and whether it may pass by itself."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.errors import SourceError

_LONGEST_WAIT = 5.0
"""Seconds; whoever asks us to wait longer is asked again another time, by somebody else."""

_PASSING = frozenset({429, 500, 502, 503, 504})


class Passing(SourceError):  # noqa: N818 - the name is the fact, as beside it in bot.errors
    """A failure that may pass; `wait` as stamina's hooks say it: seconds, or whether to repeat."""

    def __init__(self, message: str, *, wait: bool | float = True) -> None:
        super().__init__(message, permanent=False)
        self.wait = wait


def failed(error: Exception, *, shown: str) -> SourceError:
    """No answer came, or not a whole one."""
    said = " ".join(str(error).split()) or type(error).__name__
    return Passing(f"{shown} cannot be asked{_at()}: {said}")


def cut_off(how: str, *, shown: str) -> SourceError:
    """The answer was not read to its end."""
    return SourceError(f"{shown} answered with {how}")


def answered(status: int, headers: Mapping[str, str], body: bytes, *, shown: str) -> SourceError:
    """An answer that is none of 2xx."""
    if 300 <= status < 400:
        return SourceError(
            f"{shown} answered {status}, a redirect, which is not followed; configure the"
            " address that it leads to"
        )
    until = _until(status, headers)
    if until is not None:
        wait = (until - datetime.now(UTC)).total_seconds()
        says = f"{shown} answered {status}: too many calls until {until:%Y-%m-%d %H:%M:%S} UTC"
        return Passing(says, wait=max(wait, 0.0) if wait <= _LONGEST_WAIT else False)
    said = f"{shown} answered {status}{_words(body)}"
    if status in {401, 403}:
        said += "; check the credentials and what they allow"
    return Passing(f"{said}{_at()}") if status in _PASSING else SourceError(said)


def _at() -> str:
    """When it failed: what may pass is worth a look later, and a reader has to know how much later.

    What stays wrong has no time, so that the same input says the same words.
    """
    return f" ({datetime.now(UTC):%Y-%m-%d %H:%M} UTC)"


def _until(status: int, headers: Mapping[str, str]) -> datetime | None:
    """Until when we are to wait: RFC 9110's Retry-After, or GitHub's spent allowance."""
    if status not in {403, 429, 503}:
        return None
    after = headers.get("retry-after", "")
    if after.isdigit() and len(after) < 9:
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + int(after), UTC)
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdigit() and len(reset) < 12:
        return datetime.fromtimestamp(int(reset), UTC)
    try:
        return parsedate_to_datetime(after).astimezone(UTC)
    except ValueError:
        return None


def _words(body: bytes) -> str:
    """What the other side says is wrong, where it says so in JSON, in one short line."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    said = found.get("message") or found.get("error") if isinstance(found, dict) else None
    return f" ({' '.join(said.split())[:200]})" if isinstance(said, str) and said.strip() else ""
