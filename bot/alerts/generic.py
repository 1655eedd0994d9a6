"""JSON from any sender, its fields found by JMESPath."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Self

import jmespath
from jmespath.exceptions import ArityError, JMESPathError, UnknownFunctionError

from bot.alerts.fields import Status, text_of
from bot.alerts.labels import LabelMap, identity, number, one_line, web_link
from bot.alerts.times import Clock, read_time
from bot.alerts.vendor import Part, collected
from bot.errors import SettingsError, UnreadableAlert
from bot.incident import Alert, Delivery, Segment, segment_of
from bot.settings import SenderSettings, nearest

FIELDS: Mapping[str, str] = {
    "alerts": "alerts",
    "id": "id",
    "status": "status",
    "title": "title",
    "model": "model",
    "metric": "metric",
    "segment": "segment",
    "severity": "severity",
    "value": "value",
    "link": "link",
    "starts_at": "starts_at",
    "ends_at": "ends_at",
    "labels": "labels",
    "thread": "thread",
}
"""Where each field is looked for when the configuration says nothing."""

RESOLVED = frozenset(
    {"resolved", "ok", "okay", "closed", "close", "recovered", "healthy", "normal", "inactive"}
)
"""Every other status fires: an unknown word must not lose an alert, and "no data" ends nothing."""

_REPEAT_SECONDS = 600
"""How long an alert without a start is taken for a repeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generic:
    """Reads any JSON: one alert, a list of them, or an object that holds the list."""

    name: ClassVar[str] = "generic"
    sender: str
    labels: LabelMap
    fields: Mapping[str, Any]
    listed: bool
    clock: Clock

    @classmethod
    def of(cls, sender: str, settings: SenderSettings, clock: Clock) -> Self:
        """The format for this sender, its expressions compiled.

        Raises:
            SettingsError: A field is not ours or its expression is wrong; names both.
        """
        for key in settings.fields:
            if key not in FIELDS:
                raise SettingsError(
                    f"unknown key alerts.{sender}.fields.{key}{nearest(key, FIELDS)}"
                )
        fields = {
            key: _compiled(settings.fields.get(key, default), f"alerts.{sender}.fields.{key}")
            for key, default in FIELDS.items()
        }
        return cls(
            sender=sender,
            labels=LabelMap.of(sender, settings),
            fields=fields,
            listed="alerts" in settings.fields,
            clock=clock,
        )

    def read(self, payload: object, *, headers: Mapping[str, str]) -> Delivery:  # noqa: ARG002 - nothing is said in them
        """The alerts of the document.

        Raises:
            UnreadableAlert: There is none, or a field is not what it should be; names it.
        """
        items = self._items(payload)
        if not items:
            raise UnreadableAlert("the list of alerts is empty")
        parts = [self._part(item, f"alert {at}") for at, item in enumerate(items, start=1)]
        return collected(parts, sender=self.sender, labels=self.labels, now=self.clock())

    def _part(self, item: object, where: str) -> Part:
        try:
            return self._alert(item, where)
        except UnreadableAlert as fault:
            return fault

    def _items(self, payload: object) -> list[Any]:
        found = self._find("alerts", payload, "the payload")
        if isinstance(found, list):
            return found
        if self.listed:
            raise UnreadableAlert("fields.alerts finds no list in the payload")
        return payload if isinstance(payload, list) else [payload]

    def _find(self, field: str, item: object, where: str) -> Any:
        try:
            return self.fields[field].search(item)
        except (JMESPathError, ValueError, TypeError, OverflowError, RecursionError) as error:
            # jmespath's own functions let Python's errors through, such as to_number of a list.
            raise UnreadableAlert(f"{where}: fields.{field} cannot be applied: {error}") from error

    def _alert(self, item: object, where: str) -> Alert:
        if not isinstance(item, dict):
            raise UnreadableAlert(f"{where} is no object")
        find = partial(self._find, item=item, where=where)
        labels = _labels(find("labels"), item)
        status = _status(find("status"))
        thread = text_of(find("thread"))
        starts_at = read_time(find("starts_at"), where=f"{where}: starts_at")
        ends_at = read_time(find("ends_at"), where=f"{where}: ends_at")
        return Alert(
            id=self._id(text_of(find("id")), status, str(starts_at or ""), item),
            sender=self.sender,
            status=status,
            title=one_line(text_of(find("title")) or f"Alert from {self.sender}"),
            starts_at=starts_at or self.clock(),
            ends_at=ends_at if status == "resolved" else None,
            model=text_of(find("model")) or labels.get(self.labels.model) or None,
            metric=text_of(find("metric")) or labels.get(self.labels.metric) or None,
            segment=self._segment(find("segment"), labels),
            severity=self.labels.level(
                text_of(find("severity")) or labels.get(self.labels.severity)
            ),
            value=number(find("value")),
            link=web_link(text_of(find("link"))),
            labels=labels,
            thread=thread and identity(self.sender, thread),
        )

    def _segment(self, found: object, labels: Mapping[str, str]) -> Segment:
        if not isinstance(found, dict):
            return self.labels.segment(labels)
        return segment_of({key: text for key, value in found.items() if (text := text_of(value))})

    def _id(self, said: str, status: str, starts_at: str, item: object) -> str:
        # Without a start, the same alert is the same only for a while: a sender's retry is
        # recognised, and tomorrow's alert is not taken for today's.
        turn = "" if starts_at else str(int(self.clock().timestamp() // _REPEAT_SECONDS))
        content = said or json.dumps(item, sort_keys=True)
        return identity(self.sender, content, status, starts_at, turn)


def _compiled(expression: str, where: str) -> Any:
    try:
        compiled = jmespath.compile(expression)
    except JMESPathError as error:
        raise SettingsError(f"{where} is no JMESPath expression: {expression!r}") from error
    try:
        compiled.search({})
    except (UnknownFunctionError, ArityError) as error:
        raise SettingsError(f"{where}: {error}") from error
    except JMESPathError:
        pass  # It misses its fields in an empty document; a real one has them.
    return compiled


def _status(value: object) -> Status:
    return "resolved" if text_of(value).strip().casefold() in RESOLVED else "firing"


def _labels(found: object, item: Mapping[str, Any]) -> dict[str, str]:
    """The sender's labels, or, where it has none, the plain fields of the alert."""
    labels = found if isinstance(found, dict) else item
    return {key: text for key, value in labels.items() if (text := text_of(value))}
