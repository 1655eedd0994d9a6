"""Grafana's webhook: Alertmanager's shape, with the values that were measured and more links."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from bot.alerts.alertmanager import Item, items_of
from bot.alerts.labels import LabelMap
from bot.alerts.times import Clock
from bot.incident import Alert
from bot.settings import SenderSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Grafana:
    """Reads what Grafana Alerting sends by default (version "1")."""

    name: ClassVar[str] = "grafana"
    sender: str
    labels: LabelMap
    clock: Clock

    @classmethod
    def of(cls, sender: str, settings: SenderSettings, clock: Clock) -> Self:
        """The format for this sender."""
        return cls(sender=sender, labels=LabelMap.of(sender, settings), clock=clock)

    def read(self, payload: object, *, headers: Mapping[str, str]) -> list[Alert]:  # noqa: ARG002 - nothing is said in them
        """The alerts of the group.

        Raises:
            UnreadableAlert: The payload is no group of alerts; says at which field.
        """
        return [
            item.alert(
                sender=self.sender,
                labels=self.labels,
                now=self.clock(),
                value=self._value(item),
                link=_link(item),
            )
            for item in items_of(payload)
        ]

    def _value(self, item: Item) -> object:
        """The labelled value, else the one that was measured; of several none is *the* value."""
        key = self.labels.value
        said = item.labels.get(key) or item.annotations.get(key)
        values: Any = item.raw.get("values")
        if said or not isinstance(values, dict):
            return said
        return values.get(key, next(iter(values.values())) if len(values) == 1 else None)


def _link(item: Item) -> str:
    keys = ("panelURL", "dashboardURL", "generatorURL")
    return next((text for key in keys if (text := item.text(key))), "")
