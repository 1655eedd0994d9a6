"""Proofs that a request comes from the configured sender; all compared in constant time."""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

from bot.alerts.signatures import HexSignature, MlflowSignature, Signature, as_sent
from bot.alerts.sns import SnsSignature
from bot.alerts.times import Clock
from bot.errors import SettingsError, UnprovenAlert
from bot.settings import SenderSettings, resolve

_HEADERS: Mapping[str, tuple[str, ...]] = {
    # Its documentation names the first; its code, left alone, falls back to the second.
    "grafana": ("X-Grafana-Alerting-Signature", "X-Grafana-Alert-Signature"),
    "pagerduty": ("X-PagerDuty-Signature",),
    "sentry": ("Sentry-Hook-Signature",),
}
_PREFIXES: Mapping[str, str] = {"pagerduty": "v1="}
_NOTHING: Mapping[str, str] = MappingProxyType({})


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
        if not hmac.compare_digest(as_sent(credentials), self.credentials):
            raise UnprovenAlert(f"the {self.scheme} credentials are not the configured ones")


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlToken:
    """The address has to carry `?token=…`, for senders that can send no header of the team's."""

    token: bytes = field(repr=False)

    def check(self, query: Mapping[str, str]) -> None:
        """Raise `UnprovenAlert` unless the token is there and equal."""
        if not hmac.compare_digest(query.get("token", "").encode(), self.token):
            raise UnprovenAlert("the address carries no ?token=, or not the configured one")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Everything one sender has to show; nothing at all where the configuration says `open`."""

    authorization: Authorization | None = None
    token: UrlToken | None = None
    signature: Signature | None = None

    def check_headers(
        self, headers: Mapping[str, str], *, query: Mapping[str, str] = _NOTHING
    ) -> None:
        """What can be proven before a body is read; raises `UnprovenAlert`."""
        if self.authorization:
            self.authorization.check(headers)
        if self.token:
            self.token.check(query)

    def check(
        self, headers: Mapping[str, str], body: bytes, *, query: Mapping[str, str] = _NOTHING
    ) -> None:
        """The whole proof; raises `UnprovenAlert`. Names of headers are in lower case."""
        self.check_headers(headers, query=query)
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
    _check_consistent(sender, settings, kind)

    def secret(key: str, text: str) -> str:
        value = resolve(text, where=f"alerts.{sender}.{key}", environment=environment)
        if not value.strip():
            raise SettingsError(f"alerts.{sender}.{key} is empty")
        return value

    authorization = token = signature = None
    if settings.bearer is not None:
        authorization = Authorization.bearer(secret("bearer", settings.bearer))
    if settings.basic is not None:
        pair = secret("basic", settings.basic)
        if ":" not in pair:
            raise SettingsError(f"alerts.{sender}.basic has to be USER:PASSWORD")
        authorization = Authorization.basic(pair)
    if settings.token is not None:
        token = UrlToken(token=secret("token", settings.token).encode())
    if settings.hmac_secret is not None:
        key = secret("hmac_secret", settings.hmac_secret).encode()
        signature = _signature(settings, key, kind=kind, clock=clock)
    if settings.topics:
        topics = frozenset(secret("topics", topic) for topic in settings.topics)
        signature = SnsSignature(topics=topics, clock=clock)
    return Proof(authorization=authorization, token=token, signature=signature)


def _signature(settings: SenderSettings, secret: bytes, *, kind: str, clock: Clock) -> Signature:
    tolerance = settings.hmac_tolerance_seconds
    if kind == "mlflow":
        return MlflowSignature(secret=secret, tolerance=tolerance, clock=clock)
    own = (settings.hmac_header,) if settings.hmac_header else None
    return HexSignature(
        secret=secret,
        headers=own or _HEADERS.get(kind, ("X-Signature",)),
        timestamp_header=settings.hmac_timestamp_header,
        tolerance=tolerance,
        clock=clock,
        prefix=_PREFIXES.get(kind, ""),
    )


def _check_consistent(sender: str, settings: SenderSettings, kind: str) -> None:
    where = f"alerts.{sender}"
    proofs = {
        key
        for key in ("bearer", "basic", "token", "hmac_secret", "topics")
        if getattr(settings, key) not in (None, ())
    }
    if (kind == "cloudwatch") != ("topics" in proofs):
        raise SettingsError(
            f"{where} needs topics: the ARNs of the SNS topics that are heard"
            if kind == "cloudwatch"
            else f"{where}.topics is for kind cloudwatch only"
        )
    if {"bearer", "basic"} <= proofs:
        raise SettingsError(f"{where} has both bearer and basic; a request carries only one")
    if proofs and settings.open:
        raise SettingsError(f"{where} has a proof and open = true; remove one of them")
    if not proofs and not settings.open:
        raise SettingsError(
            f"{where} has no proof of origin: set bearer, basic, token or hmac_secret, "
            "or say open = true to take alerts from anybody who reaches the port"
        )
