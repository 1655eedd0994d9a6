"""Taking a delivery: proven, read, written down, and only then answered."""

import logging
import threading
import time
from collections.abc import Callable, Mapping

from bot.alerts import Sender
from bot.errors import UnprovenAlert, UnreadableAlert
from bot.incident import Alert
from bot.web.inbox import Inbox, Receipt
from bot.web.metrics import Metrics
from bot.web.refusal import FIRST_PART, Refusal

KEPT_HEADERS = ("content-type", "content-length", "content-encoding", "user-agent")
"""All others may hold secrets, so they are not written down."""

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
    ) -> None:
        self._store = store
        self._senders = senders
        self._waiting_limit = waiting_limit
        self._metrics = metrics
        self._strangers = strangers

    def knock(self, name: str, headers: Mapping[str, str]) -> Sender:
        """The sender of that name, as far as headers alone can prove it.

        Raises:
            Refusal: 404 or 401.
        """
        sender = self._senders.get(name)
        if sender is None:
            raise Refusal(404, "unknown_sender", "no such sender is configured", keep=False)
        try:
            sender.proof.check_headers(headers)
        except UnprovenAlert as error:
            raise _unproven(error) from error
        return sender

    def take(self, sender: Sender, headers: Mapping[str, str], body: bytes) -> Receipt:
        """Write the delivery down.

        Raises:
            Refusal: Its proof, its encoding or its content is wrong (4xx), or there is too much
                to do already (503).
        """
        try:
            sender.proof.check(headers, body)
        except UnprovenAlert as error:
            raise _unproven(error) from error
        alerts = self._read(sender, headers, body)
        if (waiting := self._store.waiting()) >= self._waiting_limit:
            raise Refusal(
                503,
                "overloaded",
                f"{waiting} alerts are waiting already; send it again",
                keep=False,
                headers={"Retry-After": "10"},
            )
        receipt = self._store.receive(
            sender=sender.name, body=body, headers=_kept(headers), alerts=alerts
        )
        self._metrics.alerts.labels(sender.name, "new").inc(receipt.new)
        self._metrics.alerts.labels(sender.name, "repeated").inc(receipt.repeated)
        return receipt

    def _read(self, sender: Sender, headers: Mapping[str, str], body: bytes) -> list[Alert]:
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
        proven = refusal.outcome in {"encoded", "unreadable", "failed"}
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


def _unproven(error: UnprovenAlert) -> Refusal:
    return Refusal(
        401,
        "unproven",
        str(error),
        headers={"WWW-Authenticate": 'Bearer realm="alerts", Basic realm="alerts"'},
    )


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in KEPT_HEADERS if name in headers}
