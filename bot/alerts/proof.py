"""Proofs that a request comes from the configured sender; all compared in constant time."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from bot.alerts.times import Clock
from bot.errors import SettingsError, UnprovenAlert
from bot.settings import SenderSettings, resolve

_HEADERS: Mapping[str, tuple[str, ...]] = {
    # Its documentation names the first; its code, left alone, falls back to the second.
    "grafana": ("X-Grafana-Alerting-Signature", "X-Grafana-Alert-Signature"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """The `Authorization` header has to say exactly this, its scheme in any case."""

    scheme: str
    credentials: bytes = field(repr=False)

    @classmethod
    def bearer(cls, token: str) -> Self:
        """A bearer token."""
        return cls(scheme="bearer", credentials=token.encode())

    @classmethod
    def basic(cls, user_and_password: str) -> Self:
        """A user and a password, joined by a colon.

        They are compared as they travel, in base64: decoding first would let several spellings in.
        """
        return cls(scheme="basic", credentials=base64.b64encode(user_and_password.encode()))

    def check(self, headers: Mapping[str, str]) -> None:
        """Raise `UnprovenAlert` unless the header is there and equal."""
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        if scheme.lower() != self.scheme:
            raise UnprovenAlert(f"no Authorization header of scheme {self.scheme}")
        if not hmac.compare_digest(_bytes(credentials), self.credentials):
            raise UnprovenAlert(f"the {self.scheme} credentials are not the configured ones")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One of these headers has to hold the hex HMAC-SHA256 of the body, or of `TIMESTAMP:BODY`."""

    secret: bytes = field(repr=False)
    headers: tuple[str, ...]
    timestamp_header: str | None
    tolerance: float
    clock: Clock

    def check(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise `UnprovenAlert` unless the signature is right and its timestamp recent."""
        header = next((name for name in self.headers if headers.get(name.lower())), None)
        if header is None:
            raise UnprovenAlert(f"no header {' or '.join(self.headers)}")
        digest = hmac.new(self.secret, digestmod=hashlib.sha256)
        timestamp = ""
        if self.timestamp_header:
            timestamp = headers.get(self.timestamp_header.lower(), "")
            digest.update(_bytes(timestamp) + b":")
        digest.update(body)
        if not hmac.compare_digest(_bytes(headers[header.lower()]), digest.hexdigest().encode()):
            raise UnprovenAlert(f"the signature in {header} is not that of this body")
        if self.timestamp_header:
            self._check_recent(timestamp)

    def _check_recent(self, timestamp: str) -> None:
        # Only after the signature: this timestamp is the sender's, and what is left is a replay.
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
            raise UnprovenAlert(f"{self.timestamp_header} is no time in seconds")
        if abs(self.clock().timestamp() - int(timestamp)) > self.tolerance:
            raise UnprovenAlert(
                f"{self.timestamp_header} is more than {self.tolerance:g} seconds away"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Everything one sender has to show; nothing at all where the configuration says `open`."""

    authorization: Authorization | None = None
    signature: Signature | None = None

    def check_headers(self, headers: Mapping[str, str]) -> None:
        """What can be proven before a body is read; raises `UnprovenAlert`."""
        if self.authorization:
            self.authorization.check(headers)

    def check(self, headers: Mapping[str, str], body: bytes) -> None:
        """The whole proof; raises `UnprovenAlert`. Names of headers are in lower case."""
        self.check_headers(headers)
        if self.signature:
            self.signature.check(headers, body)


def proof_of(
    sender: str,
    settings: SenderSettings,
    *,
    kind: str,
    clock: Clock,
    environment: Mapping[str, str] | None = None,
) -> Proof:
    """The proof that a sender is configured with, its secrets resolved.

    Raises:
        SettingsError: A variable is not set, or there is no proof and no `open = true`.
    """
    _check_consistent(sender, settings)

    def secret(key: str, text: str) -> str:
        value = resolve(text, where=f"alerts.{sender}.{key}", environment=environment)
        if not value.strip():
            raise SettingsError(f"alerts.{sender}.{key} is empty")
        return value

    authorization = signature = None
    if settings.bearer is not None:
        authorization = Authorization.bearer(secret("bearer", settings.bearer))
    if settings.basic is not None:
        pair = secret("basic", settings.basic)
        if ":" not in pair:
            raise SettingsError(f"alerts.{sender}.basic has to be USER:PASSWORD")
        authorization = Authorization.basic(pair)
    if settings.hmac_secret is not None:
        own = (settings.hmac_header,) if settings.hmac_header else None
        signature = Signature(
            secret=secret("hmac_secret", settings.hmac_secret).encode(),
            headers=own or _HEADERS.get(kind, ("X-Signature",)),
            timestamp_header=settings.hmac_timestamp_header,
            tolerance=settings.hmac_tolerance_seconds,
            clock=clock,
        )
    return Proof(authorization=authorization, signature=signature)


def _check_consistent(sender: str, settings: SenderSettings) -> None:
    where = f"alerts.{sender}"
    proofs = {"bearer", "basic", "hmac_secret"} & settings.model_dump(exclude_none=True).keys()
    if {"bearer", "basic"} <= proofs:
        raise SettingsError(f"{where} has both bearer and basic; a request carries only one")
    if proofs and settings.open:
        raise SettingsError(f"{where} has a proof and open = true; remove one of them")
    if not proofs and not settings.open:
        raise SettingsError(
            f"{where} has no proof of origin: set bearer, basic or hmac_secret, "
            "or say open = true to take alerts from anybody who reaches the port"
        )


def _bytes(header: str) -> bytes:
    """A header's value as it came: HTTP servers decode it as Latin-1."""
    return header.encode("latin-1", "replace")
