"""Taking a delivery: proven, read, written down, and only then answered."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.alerts import Sender
from bot.errors import UnprovenAlert, UnreadableAlert
from bot.incident import Delivery
from bot.web.inbox import Inbox, Receipt
from bot.web.metrics import Metrics
from bot.web.refusal import FIRST_PART, Refusal

KEPT_HEADERS = ("content-type", "content-length", "content-encoding", "user-agent")
"""All others may hold secrets, so they are not written down."""

NOTHING: Mapping[str, str] = MappingProxyType({})
_SHOWN_FAULTS = 5

_log = logging.getLogger(__name__)


class Allowance:
    """So many a minute, and no more."""

    def __init__(self, a_minute: int, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._a_minute = a_minute
        self._seconds = seconds
        self._lock = threading.Lock()
        self._minute = -1
        self._spent = 0

    def spend(self) -> bool:
        """Whether one more is allowed now."""
        with self._lock:
            minute = int(self._seconds() // 60)
            if minute != self._minute:
                self._minute, self._spent = minute, 0
            self._spent += 1
            return self._spent <= self._a_minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of a delivery: written down, or well-formed and of no concern."""

    receipt: Receipt | None
    delivery: Delivery


class Intake:
    """The blocking half of `POST /alerts/{sender}`; runs in worker threads."""

    def __init__(
        self,
        *,
        store: Inbox,
        senders: Mapping[str, Sender],
        waiting_limit: int,
        strangers: Allowance,
        metrics: Metrics,
        delivery_limit: int = 1_000,
    ) -> None:
        self._store = store
        self._senders = senders
        self._waiting_limit = waiting_limit
        self._delivery_limit = delivery_limit
        self._metrics = metrics
        self._strangers = strangers

    def knock(
        self, name: str, headers: Mapping[str, str], query: Mapping[str, str] = NOTHING
    ) -> Sender:
        """The sender of that name, as far as headers and the address alone can prove it.

        Raises:
            Refusal: 404 or 401.
        """
        sender = self._senders.get(name)
        if sender is None:
            raise Refusal(404, "unknown_sender", "no such sender is configured", keep=False)
        try:
            sender.proof.check_headers(headers, query=query)
        except UnprovenAlert as error:
            raise _unproven(error) from error
        return sender

    def take(
        self,
        sender: Sender,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, str] = NOTHING,
    ) -> Taken:
        """Write the delivery down; what is wrong in a part of it is kept as a dead letter.

        Raises:
            Refusal: Its proof, its encoding or its content is wrong (4xx), or there is too much
                to do already (503).
        """
        try:
            sender.proof.check(headers, body, query=query)
        except UnprovenAlert as error:
            raise _unproven(error) from error
        delivery = self._bounded(self._read(sender, headers, body))
        if not (delivery.alerts or delivery.changes or delivery.unread):
            return Taken(receipt=None, delivery=delivery)
        if (waiting := self._store.waiting()) >= self._waiting_limit:
            raise Refusal(
                503,
                "overloaded",
                f"{waiting} alerts are waiting already; send it again",
                keep=False,
                headers={"Retry-After": "10"},
            )
        receipt = self._store.receive(
            sender=sender.name,
            body=body,
            headers=_kept(headers),
            alerts=delivery.alerts,
            changes=delivery.changes,
        )
        self._metrics.alerts.labels(sender.name, "new").inc(receipt.new)
        self._metrics.alerts.labels(sender.name, "repeated").inc(receipt.repeated)
        if delivery.unread:
            self.bury(sender.name, headers, _in_part(delivery.unread, body))
        return Taken(receipt=receipt, delivery=delivery)

    def _bounded(self, delivery: Delivery) -> Delivery:
        """No more alerts than one delivery may bring, those that fire before those that ended."""
        found, most = delivery.alerts, self._delivery_limit
        if len(found) <= most:
            return delivery
        over = f"{len(found):,} alerts in one delivery; {most:,} were taken (server.delivery_limit)"
        first = sorted(found, key=lambda alert: alert.status)
        return replace(delivery, alerts=tuple(first[:most]), unread=(over, *delivery.unread))

    def _read(self, sender: Sender, headers: Mapping[str, str], body: bytes) -> Delivery:
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding not in {"", "identity"}:
            raise Refusal(
                415,
                "encoded",
                "a body with a Content-Encoding is not read; send plain JSON",
                body=body[:FIRST_PART],
            )
        try:
            return sender.read(body, headers=headers)
        except UnreadableAlert as error:
            raise Refusal(400, "unreadable", str(error), body=body) from error
        except UnprovenAlert as error:  # Amazon SNS asks to be asked back
            raise _unproven(error) from error

    def failed(self, error: Exception, body: bytes) -> Refusal:
        """The refusal for a defect of ours: nothing of it is said, the body is kept."""
        _log.error("a delivery failed", exc_info=error)
        reason = f"{type(error).__name__}: {error}"
        return Refusal(500, "failed", reason, body=body, headers={"Retry-After": "10"})

    def bury(self, name: str, headers: Mapping[str, str], refusal: Refusal) -> None:
        """Keep a dead letter, as far as it is worth keeping; never raises."""
        sender = self._senders.get(name)
        if not refusal.keep or sender is None:
            return
        proven = refusal.outcome in {"encoded", "unreadable", "in_part", "failed"}
        if not (proven or self._strangers.spend()):
            return
        try:
            self._store.bury(
                sender=name,
                reason=refusal.reason,
                status=refusal.status,
                body=refusal.body,
                headers=_kept(headers),
            )
        except Exception:  # noqa: BLE001 - the answer must go out, whatever ails the store
            _log.exception("a dead letter of %s could not be kept: %s", name, refusal)
            return
        self._metrics.dead_letters.labels(name, str(refusal.status)).inc()


def _in_part(faults: Sequence[str], body: bytes) -> Refusal:
    """What is kept of a delivery that was taken, but not whole."""
    shown = "; ".join(faults[:_SHOWN_FAULTS])
    more = len(faults) - _SHOWN_FAULTS
    return Refusal(202, "in_part", shown + (f"; and {more} more" if more > 0 else ""), body=body)


def _unproven(error: UnprovenAlert) -> Refusal:
    if error.again:
        return Refusal(503, "not_yet_proven", str(error), headers={"Retry-After": "10"})
    return Refusal(
        401,
        "unproven",
        str(error),
        headers={"WWW-Authenticate": 'Bearer realm="alerts", Basic realm="alerts"'},
    )


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in KEPT_HEADERS if name in headers}
