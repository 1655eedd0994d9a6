"""Alertmanager's webhook, version 4: a group of alerts, each with a status of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal, Self

from bot.alerts.labels import LabelMap, identity, number, one_line, web_link
from bot.alerts.times import Clock, read_time
from bot.errors import UnreadableAlert
from bot.incident import Alert
from bot.settings import SenderSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Alertmanager:
    """Reads what Alertmanager sends; the group's own status says nothing of its alerts."""

    name: ClassVar[str] = "alertmanager"
    sender: str
    labels: LabelMap
    clock: Clock

    @classmethod
    def of(cls, sender: str, settings: SenderSettings, clock: Clock) -> Self:
        """The format for this sender."""
        return cls(sender=sender, labels=LabelMap.of(sender, settings), clock=clock)

    def read(self, payload: object, *, headers: Mapping[str, str]) -> list[Alert]:  # noqa: ARG002 - nothing is said in them
        """The alerts of the group, those that are resolved too.

        Raises:
            UnreadableAlert: The payload is no group of alerts; says at which field.
        """
        key = self.labels.value
        return [
            item.alert(
                sender=self.sender,
                labels=self.labels,
                now=self.clock(),
                value=item.labels.get(key) or item.annotations.get(key),
                link=item.text("generatorURL"),
            )
            for item in items_of(payload)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One alert of a group, with its parts of the right types."""

    group: Mapping[str, Any]
    raw: Mapping[str, Any]
    labels: dict[str, str]
    annotations: dict[str, str]
    status: Literal["firing", "resolved"]
    starts_at: datetime | None
    ends_at: datetime | None

    def text(self, key: str) -> str:
        """The text at a key; empty if there is none."""
        value = self.raw.get(key)
        return value if isinstance(value, str) else ""

    def alert(
        self, *, sender: str, labels: LabelMap, now: datetime, value: object, link: str
    ) -> Alert:
        """This alert in our words; the delivery has no id, so these four parts are one."""
        fingerprint = self.text("fingerprint") or identity(
            *(f"{key}={self.labels[key]}" for key in sorted(self.labels))
        )
        missing = _truncated(self.group)
        return Alert(
            id=identity(
                sender,
                str(self.group.get("groupKey", "")),
                fingerprint,
                self.text("startsAt"),
                self.status,
            ),
            sender=sender,
            status=self.status,
            title=self._title(labels, sender, missing),
            starts_at=self.starts_at or now,
            ends_at=self.ends_at if self.status == "resolved" else None,
            model=self.labels.get(labels.model) or None,
            metric=self.labels.get(labels.metric) or None,
            segment=labels.segment(self.labels),
            severity=labels.level(self.labels.get(labels.severity)),
            value=number(value),
            link=web_link(link),
            labels=self.labels | ({"truncatedAlerts": str(missing)} if missing else {}),
        )

    def _title(self, labels: LabelMap, sender: str, missing: int) -> str:
        said = (
            self.annotations.get(labels.title)
            or self.labels.get(labels.title)
            or self.annotations.get("title")
            or self.labels.get("alertname")
            or f"Alert from {sender}"
        )
        more = f" (the sender cut off {missing} more of this group)" if missing else ""
        return one_line(said) + more


def items_of(payload: object) -> list[Item]:
    """The alerts of a group.

    Raises:
        UnreadableAlert: The payload is no group of alerts; says at which field.
    """
    if not isinstance(payload, dict):
        raise UnreadableAlert(f"the payload is {_kind(payload)}, not a group of alerts")
    alerts = payload.get("alerts")
    if not isinstance(alerts, list):
        raise UnreadableAlert(f"alerts is {_kind(alerts)}, not a list")
    if not alerts:
        raise UnreadableAlert("alerts is empty")
    return [_item(payload, raw, f"alerts[{at}]") for at, raw in enumerate(alerts)]


def _item(group: Mapping[str, Any], raw: object, where: str) -> Item:
    if not isinstance(raw, dict):
        raise UnreadableAlert(f"{where} is {_kind(raw)}, not an alert")
    return Item(
        group=group,
        raw=raw,
        labels=_texts(raw.get("labels"), f"{where}.labels"),
        annotations=_texts(raw.get("annotations"), f"{where}.annotations"),
        status=_status(raw.get("status", group.get("status")), f"{where}.status"),
        starts_at=read_time(raw.get("startsAt"), where=f"{where}.startsAt"),
        ends_at=read_time(raw.get("endsAt"), where=f"{where}.endsAt"),
    )


def _status(value: object, where: str) -> Literal["firing", "resolved"]:
    if value == "firing":
        return "firing"
    if value == "resolved":
        return "resolved"
    raise UnreadableAlert(f"{where} is {str(value)[:40]!r}, neither firing nor resolved")


def _texts(value: object, where: str) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise UnreadableAlert(f"{where} is {_kind(value)}, not an object")
    for key, text in value.items():
        if not isinstance(text, str):
            raise UnreadableAlert(f"{where}.{key[:40]} is {_kind(text)}, not text")
    return value


def _truncated(group: Mapping[str, Any]) -> int:
    missing = group.get("truncatedAlerts")
    return missing if isinstance(missing, int) and missing > 0 else 0


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "a truth value"}
    return "nothing" if value is None else names.get(type(value), "a number")
