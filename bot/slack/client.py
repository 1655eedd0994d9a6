"""Web API clients as this room wants them, and how their failures are told."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.error import URLError
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry import RateLimitErrorRetryHandler

from bot.errors import ChatError

_PASSING: Final = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable",
     "request_timeout", "team_added_to_org", "accesslimited"}
)  # fmt: skip
"""Codes that a later repeat may not meet; every other one is an answer to what was asked."""
_HALF_DONE: Final = frozenset({"internal_error", "fatal_error", "request_timeout"})
"""Codes after which Slack may have done it all the same."""
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def build_client(token: str, *, api_url: str, timeout: int = 10, patient: bool = True) -> WebClient:
    """A client that never repeats a call that may have been carried out.

    The SDK's default repeats on connection errors, which posts twice when Slack did the work and
    only the answer was lost. A `patient` client waits once where Slack says how long; one for
    modals does not, since their trigger is gone by then.
    """
    client = WebClient(
        token=token,
        base_url=api_url.rstrip("/") + "/",
        timeout=timeout,
        retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=1)] if patient else [],
    )
    if is_local(api_url):
        client.proxy = None
    return client


def is_local(api_url: str) -> bool:
    """Whether the workspace is on this machine, where a proxy of the environment cannot go."""
    return urlsplit(api_url).hostname in _LOOPBACK


@contextmanager
def speaking(what: str, *, writes: bool = True) -> Iterator[None]:
    """Tell any failure of a Web API call as a `ChatError`; `what` is the method, for the words.

    Raises:
        ChatError: With Slack's code, whether to repeat, and whether it may have happened.
    """
    try:
        yield
    except SlackApiError as error:
        raise _refused(what, error, writes=writes) from error
    except (OSError, http.client.HTTPException, SlackClientError, ValueError) as error:
        raise ChatError(
            f"Slack did not answer {what}: {str(error) or type(error).__name__}",
            code="connection",
            uncertain=writes and not _never_left(error),
        ) from error


def _refused(what: str, error: SlackApiError, *, writes: bool) -> ChatError:
    status = int(getattr(error.response, "status_code", 200) or 200)
    code = str(error.response.get("error") or "")
    if status == 429 or code in {"ratelimited", "rate_limited"}:
        seconds = _retry_after(error)
        words = f"Slack limits {what}; again in {seconds:g} s"
        return ChatError(words, code="ratelimited", retry_after=seconds)
    if status >= 500:
        words = f"Slack failed at {what} (HTTP {status})"
        return ChatError(words, code="http_error", uncertain=writes)
    needed = error.response.get("needed")
    more = f"; the app needs the scope {needed}: update its manifest, reinstall" if needed else ""
    return ChatError(
        f"Slack refused {what}: {code}{more}",
        code=code,
        permanent=code not in _PASSING,
        uncertain=writes and code in _HALF_DONE,
    )


def _retry_after(error: SlackApiError) -> float:
    headers: dict[str, str] = {
        name.lower(): value[0] if isinstance(value, list) else value
        for name, value in dict(getattr(error.response, "headers", {})).items()
    }
    try:
        return float(headers.get("retry-after", 1))
    except ValueError:
        return 1.0


def _never_left(error: Exception) -> bool:
    """Whether the request surely did not reach Slack: no connection was ever made."""
    reason = error.reason if isinstance(error, URLError) else error
    return isinstance(reason, ConnectionRefusedError | socket.gaierror)
