"""Signatures under a shared secret, each in its sender's own way; compared in constant time."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.alerts.times import Clock
from bot.errors import UnprovenAlert


class Signature(Protocol):
    """What a body has to carry; `check` raises `UnprovenAlert`."""

    def check(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise unless the request is signed; names of headers are in lower case."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HexSignature:
    """One of these headers has to hold the hex HMAC-SHA256 of the body, or of `TIMESTAMP:BODY`.

    With a `prefix` (PagerDuty's `v1=`) the header may hold several, joined by commas: one for each
    secret while a secret is being replaced. One of them has to be right.
    """

    secret: bytes = field(repr=False)
    headers: tuple[str, ...]
    timestamp_header: str | None
    tolerance: float
    clock: Clock
    prefix: str = ""

    def check(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise `UnprovenAlert` unless the signature is right and its timestamp recent."""
        header = next((name for name in self.headers if headers.get(name.lower())), None)
        if header is None:
            raise UnprovenAlert(f"no header {' or '.join(self.headers)}")
        digest = hmac.new(self.secret, digestmod=hashlib.sha256)
        timestamp = ""
        if self.timestamp_header:
            timestamp = headers.get(self.timestamp_header.lower(), "")
            digest.update(as_sent(timestamp) + b":")
        digest.update(body)
        right = digest.hexdigest().encode()
        # Every one is compared, so that the time tells nothing of which is right.
        if not sum(hmac.compare_digest(one, right) for one in self._given(headers[header.lower()])):
            raise UnprovenAlert(f"the signature in {header} is not that of this body")
        if self.timestamp_header:
            # Only after the signature: this time is the sender's, and what is left is a replay.
            check_recent(timestamp, self.timestamp_header, self.clock, tolerance=self.tolerance)

    def _given(self, value: str) -> list[bytes]:
        if not self.prefix:
            return [as_sent(value)]
        parts = (part.strip() for part in value.split(","))
        return [
            as_sent(part.removeprefix(self.prefix))
            for part in parts
            if part.startswith(self.prefix)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class MlflowSignature:
    """MLflow's: `v1,` and the base64 HMAC-SHA256 of `DELIVERY.TIMESTAMP.BODY`."""

    secret: bytes = field(repr=False)
    tolerance: float
    clock: Clock

    def check(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise `UnprovenAlert` unless the signature is right and its timestamp recent."""
        delivery = headers.get("x-mlflow-delivery-id", "")
        timestamp = headers.get("x-mlflow-timestamp", "")
        given = headers.get("x-mlflow-signature", "")
        said = as_sent(f"{delivery}.{timestamp}.") + body
        right = base64.b64encode(hmac.new(self.secret, said, hashlib.sha256).digest())
        if not hmac.compare_digest(as_sent(given), b"v1," + right):
            raise UnprovenAlert("the signature in X-MLflow-Signature is not that of this body")
        check_recent(timestamp, "X-MLflow-Timestamp", self.clock, tolerance=self.tolerance)


def check_recent(timestamp: str, header: str, clock: Clock, *, tolerance: float) -> None:
    """Raise `UnprovenAlert` unless the second in that header is near enough."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        raise UnprovenAlert(f"{header} is no time in seconds")
    if abs(clock().timestamp() - int(timestamp)) > tolerance:
        raise UnprovenAlert(f"{header} is more than {tolerance:g} seconds away")


def as_sent(header: str) -> bytes:
    """A header's value as it came: HTTP servers decode it as Latin-1."""
    return header.encode("latin-1", "replace")
