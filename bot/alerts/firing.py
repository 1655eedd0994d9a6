"""What fires now, asked of Alertmanager or Prometheus: what fired unheard is not missed.

Alertmanager never delivers an alert that fired and ended while the bot was down, and gives up on
one whose delivery was answered with 4xx. Sources: Alertmanager's API v2, `GET /alerts`;
Prometheus's HTTP API, `GET /api/v1/alerts`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.alerts.alertmanager import said_of
from bot.alerts.body import read_json
from bot.alerts.fields import Fields
from bot.alerts.labels import LabelMap, known
from bot.alerts.times import Clock, utcnow
from bot.alerts.vendor import Part, collected
from bot.errors import SettingsError, SourceError, UnreadableAlert
from bot.incident import Alert
from bot.outgoing import Endpoint, access
from bot.settings import HttpSettings, SenderSettings, Settings

_ATTEMPTS = 2
"""It is asked again in a minute all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """The alerts of configured models that fire at one moment, and the answer they stood in."""

    body: bytes
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One address that is asked what fires; it is in the configuration, never in a payload."""

    sender: str
    endpoint: Endpoint
    path: str
    query: Mapping[str, str]
    find: Callable[[object], Iterator[Part]]
    labels: LabelMap
    models: frozenset[str]
    seconds: float
    clock: Clock

    def ask(self) -> Firing:
        """Ask once.

        Alerts that name no configured model are left out: an Alertmanager has many that are not
        meant for this bot.

        Raises:
            SourceError: There is no answer, or not one of these; says what.
        """
        body = self.endpoint.get(self.path, query=self.query).body
        try:
            said = collected(
                self.find(read_json(body)),
                sender=self.sender,
                labels=self.labels,
                now=self.clock(),
            )
        except UnreadableAlert as error:
            where = f"alerts.{self.sender}.poll_url"
            raise SourceError(f"{where} answered what cannot be read: {error}") from error
        named = (known(alert, self.models) for alert in said.alerts)
        return Firing(body=body, alerts=tuple(alert for alert in named if alert.model))


def open_polls(
    settings: Settings, *, environment: Mapping[str, str] | None = None, clock: Clock = utcnow
) -> dict[str, Poll]:
    """Whatever of the configured senders is to be asked, by name; nothing is asked yet.

    Raises:
        SettingsError: A sender cannot be asked, or a variable is not set; names the key.
    """
    return {
        name: _poll(name, sender, settings, environment=environment, clock=clock)
        for name, sender in settings.alerts.items()
        if sender.poll_url is not None or is_only_asked(name, sender)
    }


def is_only_asked(name: str, sender: SenderSettings) -> bool:
    """Whether this sender delivers nothing: Prometheus itself has no webhooks."""
    return (sender.kind or name) == "prometheus"


def _poll(
    name: str,
    sender: SenderSettings,
    settings: Settings,
    *,
    environment: Mapping[str, str] | None,
    clock: Clock,
) -> Poll:
    kind, where = sender.kind or name, f"alerts.{name}"
    if kind not in _ASKED:
        raise SettingsError(f"{where}.poll_url is for kind alertmanager or prometheus only")
    if sender.poll_url is None:
        raise SettingsError(f"{where} needs poll_url: Prometheus delivers nothing by itself")
    proven = HttpSettings(
        bearer=sender.poll_bearer, basic=sender.poll_basic, ca_file=sender.poll_ca_file
    )
    proofs = access(settings, proven, where=where, prefix="poll_", environment=environment)
    endpoint = Endpoint.of(
        settings, sender.poll_url, where=f"{where}.poll_url", access=proofs,
        environment=environment, attempts=_ATTEMPTS,
    )  # fmt: skip
    path, query, find = _ASKED[kind]
    receiver = {"receiver": sender.poll_receiver} if sender.poll_receiver else {}
    return Poll(
        sender=name,
        endpoint=endpoint,
        path=path,
        query={**query, **receiver},
        find=find,
        labels=LabelMap.of(name, sender),
        models=frozenset(settings.models),
        seconds=sender.poll_seconds,
        clock=clock,
    )


def _of_alertmanager(document: object) -> Iterator[Part]:
    if not isinstance(document, list):
        raise UnreadableAlert("the answer is no list of alerts")
    yield from _parts(document)


def _of_prometheus(document: object) -> Iterator[Part]:
    firing = []
    for raw in Fields.of(document).inside("data").items("alerts"):
        if isinstance(raw, dict) and raw.get("state") == "firing":
            value = {"values": {"value": raw.get("value")}}
            firing.append(raw | {"startsAt": raw.get("activeAt")} | value)
    yield from _parts(firing)


def _parts(alerts: Sequence[object]) -> Iterator[Part]:
    for at, raw in enumerate(alerts):
        try:
            # Alertmanager's `status` is an object here, and says no more than that it is active.
            item = raw | {"status": "firing"} if isinstance(raw, dict) else raw
            yield said_of(item, f"alerts[{at}]", group={})
        except UnreadableAlert as fault:
            yield fault


_ASKED: Mapping[str, tuple[str, Mapping[str, str], Callable[[object], Iterator[Part]]]] = {
    "alertmanager": (
        "/api/v2/alerts",
        {"active": "true", "silenced": "false", "inhibited": "false", "unprocessed": "false"},
        _of_alertmanager,
    ),
    "prometheus": ("/api/v1/alerts", {}, _of_prometheus),
}
