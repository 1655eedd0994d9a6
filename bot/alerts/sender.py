"""A configured sender: what it has to prove, and how its alerts are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from bot.alerts.body import read_json
from bot.alerts.labels import known
from bot.alerts.proof import Proof, proof_of
from bot.alerts.times import Clock
from bot.errors import SettingsError
from bot.incident import Delivery
from bot.settings import SenderSettings, Settings, nearest
from bot.sockets import AlertFormat

FormatMaker = Callable[[str, SenderSettings, Clock], AlertFormat]
"""Makes a format for the sender of that name; raises `SettingsError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """One sender, ready for requests."""

    name: str
    format: AlertFormat
    proof: Proof
    models: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        name: str,
        settings: Settings,
        *,
        formats: Mapping[str, FormatMaker],
        environment: Mapping[str, str] | None,
        clock: Clock,
    ) -> Self:
        """The configured sender of that name, its secrets resolved.

        Raises:
            SettingsError: Its format, a field or its proof is wrong; names the key.
        """
        own = settings.alerts[name]
        kind = own.kind or name
        if kind not in formats:
            near = nearest(kind, formats)
            raise SettingsError(f"alerts.{name}.kind names no format {kind!r}{near}")
        return cls(
            name=name,
            format=formats[kind](name, own, clock),
            proof=proof_of(name, own, kind=kind, clock=clock, environment=environment),
            models=frozenset(settings.models),
        )

    def read(self, body: bytes, *, headers: Mapping[str, str]) -> Delivery:
        """What a body says; a model that is not configured is None, and named in the title.

        Raises:
            UnreadableAlert: What is wrong with the body, and where.
        """
        delivery = self.format.read(read_json(body), headers=headers)
        alerts = tuple(known(alert, self.models) for alert in delivery.alerts)
        return replace(delivery, alerts=alerts)
