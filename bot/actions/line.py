"""The configured address of an action, through the one door for calls to other machines."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from bot.errors import ActionError, SourceError
from bot.incident import Call
from bot.outgoing import Endpoint


class Line:
    """Asks and calls; every failure is an `ActionError`."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    @property
    def host(self) -> str:
        """Host and port, to read."""
        return urlsplit(self._endpoint.shown).netloc

    def address(self, path: str) -> str:
        """The whole address of a path below the configured one."""
        return self._endpoint.shown.rstrip("/") + path if path else self._endpoint.shown

    def ask(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        """A GET, whose answer is a JSON object.

        Raises:
            ActionError: It cannot be reached, or answers something else.
        """
        with _speaking():
            found = self._endpoint.get(path, query=query).json(where=self.address(path))
        if not isinstance(found, dict):
            raise ActionError(f"{self.address(path)} did not answer with a JSON object")
        return found

    def send(self, call: Call, *, key: str, headers: Mapping[str, str] | None = None) -> None:
        """Make the call once; the key in its headers tells a repeat.

        Raises:
            ActionError: It was refused; `again` where it may have been done all the same.
        """
        proofs = {"Content-Type": "application/json", "Idempotency-Key": key, **(headers or {})}
        with _speaking():
            self._endpoint.call(
                "POST", call.url, content=call.body.encode(), headers=proofs, idempotent=False
            )


@contextmanager
def _speaking() -> Iterator[None]:
    try:
        yield
    except SourceError as error:
        raise ActionError(str(error), again=not error.permanent) from error
