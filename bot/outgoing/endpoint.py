"""One address of the configuration, and how it is called."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import urljoin, urlsplit

from bot.errors import SettingsError, SourceError
from bot.outgoing.deadline import Deadline
from bot.outgoing.discretion import repeats
from bot.outgoing.failures import Passing, answered, cut_off, failed
from bot.outgoing.proof import Access
from bot.settings import Settings, resolve

if TYPE_CHECKING:
    import httpx

Method = Literal["GET", "POST", "PATCH", "PUT", "DELETE"]

_SLOWEST = 6
"""So many times `seconds` may one answer take in all, however steadily it drips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, with a status of 2xx; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    next: str | None = None
    """The address of the next page, as the `Link` header names it (RFC 8288)."""

    @property
    def date(self) -> datetime | None:
        """The other side's clock when it answered."""
        try:
            return parsedate_to_datetime(self.headers["date"]).astimezone(UTC)
        except (KeyError, ValueError):
            return None

    def json(self, *, where: str) -> Any:
        """The body as JSON.

        Raises:
            SourceError: It is none.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise SourceError(f"{where} answered what is no JSON: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An http(s) address; everything that is called lies below its host.

    No redirect is followed, a failure that may pass is met again after a while (`attempts` in all,
    with jitter), and neither an error nor `repr` shows a secret. `seconds` is the longest silence.
    """

    where: str
    """The key of the configuration that names it; errors begin with it."""
    url: str = field(repr=False)
    allowed: frozenset[str] = frozenset()
    access: Access = field(default_factory=Access, repr=False)
    seconds: float = 10.0
    largest: int = 10_000_000
    """Bytes of an answer that are read."""
    attempts: int = 3
    deadline: Deadline | None = None
    """When all calls together have to be over; None where each is by itself."""

    @classmethod
    def of(
        cls,
        settings: Settings,
        url: str,
        *,
        where: str,
        access: Access | None = None,
        environment: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Self:
        """The endpoint at an address of the configuration; nothing is called yet.

        Raises:
            SettingsError: It is no http(s) address, or names a variable that is not set.
        """
        found = resolve(url, where=where, environment=environment)
        try:
            parts = urlsplit(found)
            usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise SettingsError(f"{where} has to begin with http:// or https:// and name a host")
        return cls(
            where=where,
            url=found,
            allowed=frozenset(settings.outgoing.private),
            access=access or Access(),
            **more,
        )

    @property
    def shown(self) -> str:
        """The address without what may be secret in it."""
        return _shown(self.url)

    def within(self, seconds: float) -> Self:
        """The same address for one reading of several calls, which have to end in this time."""
        return replace(self, deadline=Deadline.of(seconds))

    def get(self, path: str = "", *, query: Mapping[str, str] | None = None) -> Answer:
        """Ask; see `call`."""
        return self.call("GET", path, query=query)

    def call(
        self,
        method: Method,
        path: str = "",
        *,
        query: Mapping[str, str] | None = None,
        body: object = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        idempotent: bool | None = None,
    ) -> Answer:
        """Call a path below the address, or a whole address of the same host.

        `body` is sent as JSON, `content` as it is. A call is only repeated when it is `idempotent`:
        by default a GET is.

        Raises:
            SourceError: No answer of 2xx came, or not in time; `permanent` where a repeat would
                not help.
        """
        import stamina  # noqa: PLC0415 - only who calls needs it

        sent = {**self.access.headers, **(headers or {})}
        if body is not None:
            content = json.dumps(body, allow_nan=False).encode()
            sent.setdefault("Content-Type", "application/json")
        again = method == "GET" if idempotent is None else idempotent
        url = self._below(path)
        shown = f"{self.where}: {_shown(url)}"
        # What fails in the end is an error with its reason; a line a try would say nothing more,
        # and a counter of the process is none of ours.
        stamina.instrumentation.set_on_retry_hooks(())
        for attempt in stamina.retry_context(
            on=lambda error: error.wait if again and isinstance(error, Passing) else False,
            attempts=self.attempts, timeout=self._left(shown), wait_initial=0.2, wait_max=3.0,
            wait_jitter=0.3,
        ):  # fmt: skip
            with attempt:
                return self._once(method, url, shown, query=query, content=content, headers=sent)
        raise AssertionError("stamina gives at least one attempt")

    def _left(self, shown: str) -> float | None:
        """Seconds until all calls have to be over; None where each is by itself."""
        return None if self.deadline is None else self.deadline.left(shown=shown)

    def _below(self, path: str) -> str:
        if path.startswith(("http://", "https://")):
            if _origin(path) != _origin(self.url):
                raise SourceError(
                    f"{self.where}: {_shown(path)} is of another host than {self.shown}; not called"
                )
            return path
        if not path:
            return self.url
        parts = urlsplit(self.url)
        base = f"{parts.path.rstrip('/')}/"
        return urljoin(self.url, base + path.lstrip("/"))

    def _once(
        self,
        method: str,
        url: str,
        shown: str,
        *,
        query: Mapping[str, str] | None,
        content: bytes | None,
        headers: Mapping[str, str],
    ) -> Answer:
        import httpx  # noqa: PLC0415 - a slow import, and only who calls needs it

        left = self._left(shown)
        silence = self.seconds if left is None else min(self.seconds, left)
        try:
            with (
                self._client(silence) as client,
                client.stream(
                    method, url, params=dict(query) if query else None, content=content,
                    headers=dict(headers),
                ) as response,
            ):  # fmt: skip
                return self._read(response, shown, silence=silence)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise failed(error, shown=shown) from error

    def _client(self, silence: float) -> "httpx.Client":
        import httpx  # noqa: PLC0415 - as above

        from bot.outgoing.transport import LookedAt  # noqa: PLC0415 - brings httpx

        secure = self.url.startswith("https://")
        verify = self.access.tls(where=self.where) if secure else False
        return httpx.Client(
            transport=LookedAt(allowed=self.allowed, where=self.where, verify=verify),
            timeout=silence, follow_redirects=False, trust_env=False,
            headers={"User-Agent": agent()},
        )  # fmt: skip

    def _read(self, response: "httpx.Response", shown: str, *, silence: float) -> Answer:
        held, end = bytearray(), time.monotonic() + _SLOWEST * silence
        for chunk in response.iter_bytes():
            held += chunk
            if len(held) > self.largest:
                raise cut_off(f"more than {self.largest:,} bytes", shown=shown)
            if time.monotonic() > end:
                raise cut_off(f"no end in {_SLOWEST * silence:g} s", shown=shown)
            self._left(shown)
        headers = {name.lower(): value for name, value in response.headers.items()}
        if not response.is_success:
            told = bytes(held)
            if repeats(told, url=self.url, proofs=self.access.headers):
                told = b""
            raise answered(response.status_code, headers, told, shown=shown)
        return Answer(
            status=response.status_code, headers=headers, body=bytes(held),
            next=response.links.get("next", {}).get("url"),
        )  # fmt: skip


@cache
def agent() -> str:
    """Who we say that we are."""
    return f"plummet-bot/{version('plummet-bot')}"


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _shown(url: str) -> str:
    """Neither user, password nor query: any of them may be a secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
