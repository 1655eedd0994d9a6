"""A small real alerting rule over the prediction log, which sends what an Alertmanager sends."""

import hashlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.demo.configuration import MODEL
from bot.demo.world import World
from bot.errors import PlummetError

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)

_NEVER = "0001-01-01T00:00:00Z"
"""How Alertmanager writes the end of an alert that still fires."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Fires while the accuracy over recent labels is more than `margin` below the baseline.

    It takes the last `span` of arrived labels, if they are at least `rows`, and fires when it has
    been so for `lasting`; it clears again when the accuracy is back within half the margin.
    """

    span: timedelta = timedelta(hours=2)
    rows: int = 150
    margin: float = 0.07
    lasting: timedelta = timedelta(hours=2)
    baseline_span: timedelta = timedelta(days=14)


class Monitor:
    """Looks at the world's log from time to time and tells the bot when the rule's answer changes.

    `url` is the bot's address for Alertmanager's webhook, `token` its bearer token; `told` hears
    what the bot has taken.
    """

    def __init__(
        self,
        world: World,
        *,
        url: str,
        token: str,
        rule: Rule | None = None,
    ) -> None:
        self._world = world
        self._url = url
        self._token = token
        self.told: Callable[[str], object] = log.info
        self._rule = rule or Rule()
        self._baseline, _ = world.accuracy(self._rule.baseline_span)
        self.firing_since: datetime | None = None
        self._low_since: datetime | None = None
        self._stopping = threading.Event()
        self._taken = threading.Event()
        self._thread = threading.Thread(target=self._run, name="monitor", daemon=True)

    @property
    def baseline(self) -> float:
        """The accuracy of the two weeks before the demo."""
        return self._baseline

    def start(self) -> None:
        """Look again and again, on a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def wait(self, *, within: float = 60) -> None:
        """Wait until the rule fires and the bot has taken the alert.

        Raises:
            PlummetError: That did not happen `within` so many seconds.
        """
        if not self._taken.wait(within):
            value, rows = self._world.accuracy(self._rule.span)
            raise PlummetError(
                f"the bot took no alert within {within:g} s; the accuracy is {value:.3f} over"
                f" {rows} labels, the rule fires {self._rule.margin} below {self._baseline:.3f}"
            )

    def look(self) -> dict[str, Any] | None:
        """Apply the rule once; returns the delivery to send, if the answer changed."""
        value, rows = self._world.accuracy(self._rule.span)
        if rows < self._rule.rows:
            return None
        if self.firing_since is None and self._is_low(value):
            self.firing_since = self._world.clock()
            return self._delivery("firing", value, rows, since=self.firing_since)
        if self.firing_since and value > self._baseline - self._rule.margin / 2:
            since, self.firing_since = self.firing_since, None
            return self._delivery("resolved", value, rows, since=since)
        return None

    def _is_low(self, value: float) -> bool:
        """Whether it is low and has been for as long as the rule wants."""
        now = self._world.clock()
        if value >= self._baseline - self._rule.margin:
            self._low_since = None
            return False
        self._low_since = self._low_since or now
        return now - self._low_since >= self._rule.lasting

    def send(self, delivery: dict[str, Any], client: "httpx.Client") -> None:
        """Post one delivery; raises `httpx.HTTPError` if the bot does not take it."""
        proof = {"Authorization": f"Bearer {self._token}", "User-Agent": "Alertmanager/0.28.1"}
        client.post(self._url, json=delivery, headers=proof).raise_for_status()

    def _run(self) -> None:
        import httpx  # noqa: PLC0415 - only when a demo really runs

        waiting: dict[str, Any] | None = None
        with httpx.Client(timeout=5) as client:
            while not self._stopping.wait(0.2):
                waiting = self.look() or waiting
                if waiting is None:
                    continue
                try:
                    self.send(waiting, client)
                    self.told(_in_words(waiting))
                    if waiting["status"] == "firing":
                        self._taken.set()
                    waiting = None
                except httpx.HTTPError as error:
                    log.warning("the bot did not take the alert, it will be sent again: %s", error)

    def _delivery(self, status: str, value: float, rows: int, *, since: datetime) -> dict[str, Any]:
        """One group with one alert, in Alertmanager's version 4."""
        labels = {
            "alertname": "ModelAccuracyLow", "model": MODEL, "metric": "accuracy",
            "severity": "page",
        }  # fmt: skip
        hours = self._rule.span.total_seconds() / 3600
        annotations = {
            "summary": f"Accuracy of {MODEL} is {value:.1%}, normally {self._baseline:.1%}",
            "description": f"Over the {rows} labels that arrived in the last {hours:g} hours.",
            "value": f"{value:.4f}",
        }
        ended = _stamp(self._world.clock()) if status == "resolved" else _NEVER
        fingerprint = hashlib.sha256(repr(sorted(labels.items())).encode()).hexdigest()[:16]
        alert = {
            "status": status, "labels": labels, "annotations": annotations,
            "startsAt": _stamp(since), "endsAt": ended, "generatorURL": "",
            "fingerprint": fingerprint,
        }  # fmt: skip
        return {
            "version": "4", "receiver": "plummet", "status": status, "alerts": [alert],
            "groupKey": f'{{}}:{{alertname="ModelAccuracyLow", model="{MODEL}"}}',
            "groupLabels": {"alertname": labels["alertname"], "model": MODEL},
            "commonLabels": labels, "commonAnnotations": annotations,
            "externalURL": "http://alertmanager.invalid", "truncatedAlerts": 0,
        }  # fmt: skip


def _in_words(delivery: dict[str, Any]) -> str:
    alert = delivery["alerts"][0]
    return f"{alert['labels']['alertname']} {alert['status']}: {alert['annotations']['summary']}"


def _stamp(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
