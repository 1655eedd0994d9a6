"""A vendor's format: a function that finds the parts of a payload, and what is common to all."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.alerts.fields import Status
from bot.alerts.labels import LabelMap, identity, number, one_line, web_link
from bot.alerts.times import Clock
from bot.errors import UnreadableAlert
from bot.incident import Alert, ChangeEvent, Delivery
from bot.settings import SenderSettings
from bot.sockets import AlertFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One alert as its vendor says it: found, but not yet in our words.

    `id` makes it the same alert in the same state. In `labels` model, metric, segment and severity
    are looked for; title and value there, then in `annotations`, before those said outright. Of
    several `values` only the one that the configuration names is taken. `cut` is how many more
    alerts of the group the sender left out.
    """

    id: tuple[str, ...]
    status: Status
    title: str
    labels: dict[str, str] = field(default_factory=dict)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    severity: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)
    link: str = ""
    thread: str = ""
    cut: int = 0

    def alert(self, *, sender: str, labels: LabelMap, now: datetime) -> Alert:
        """This alert in our words."""
        said = self.labels
        return Alert(
            id=identity(sender, *self.id, self.status),
            sender=sender,
            status=self.status,
            title=self._title(sender, labels),
            starts_at=self.starts_at or now,
            ends_at=self.ends_at if self.status == "resolved" else None,
            model=said.get(labels.model) or None,
            metric=said.get(labels.metric) or None,
            segment=labels.segment(said),
            severity=labels.level(said.get(labels.severity)) or labels.level(self.severity),
            value=number(self._value(labels)),
            link=web_link(self.link),
            labels=said | ({"truncatedAlerts": str(self.cut)} if self.cut else {}),
            thread=self.thread and identity(sender, self.thread),
        )

    def _title(self, sender: str, labels: LabelMap) -> str:
        named = self.annotations.get(labels.title) or self.labels.get(labels.title)
        more = f" (the sender cut off {self.cut} more of this group)" if self.cut else ""
        return one_line(named or self.title or f"Alert from {sender}") + more

    def _value(self, labels: LabelMap) -> object:
        key, measured = labels.value, self.values
        only = next(iter(measured.values())) if len(measured) == 1 else None
        return self.labels.get(key) or self.annotations.get(key) or measured.get(key, only)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """A part that asks for nothing, such as an acknowledgement."""

    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a sender's handshake wants to see in the answer."""

    body: Mapping[str, str]


Part = Said | Alert | ChangeEvent | Ignored | Reply | UnreadableAlert
"""A fault is a part as well: what stands beside it is taken all the same."""

Find = Callable[[object, Mapping[str, str]], Iterable[Part]]
"""From a payload and its headers to its parts; may raise `UnreadableAlert`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """Reads what one kind of sender sends."""

    name: str
    find: Find
    sender: str
    labels: LabelMap
    clock: Clock

    def read(self, payload: object, *, headers: Mapping[str, str]) -> Delivery:
        """The parts of the delivery in our words.

        Raises:
            UnreadableAlert: Nothing in it can be read.
        """
        return collected(
            self.find(payload, headers), sender=self.sender, labels=self.labels, now=self.clock()
        )


def vendor(name: str, find: Find) -> Callable[[str, SenderSettings, Clock], AlertFormat]:
    """What makes the format of that name for a configured sender."""

    def made(sender: str, settings: SenderSettings, clock: Clock) -> AlertFormat:
        labels = LabelMap.of(sender, settings)
        return Vendor(name=name, find=find, sender=sender, labels=labels, clock=clock)

    return made


def collected(parts: Iterable[Part], *, sender: str, labels: LabelMap, now: datetime) -> Delivery:
    """The delivery that these parts make.

    Raises:
        UnreadableAlert: There are only faults; the first is raised.
    """
    found = list(parts)
    faults = [part for part in found if isinstance(part, UnreadableAlert)]
    if faults and len(faults) == len(found):
        raise faults[0]
    replies = [part.body for part in found if isinstance(part, Reply)]
    return Delivery(
        alerts=tuple(
            part.alert(sender=sender, labels=labels, now=now) if isinstance(part, Said) else part
            for part in found
            if isinstance(part, Said | Alert)
        ),
        changes=tuple(part for part in found if isinstance(part, ChangeEvent)),
        unread=tuple(str(fault) for fault in faults),
        ignored=tuple(part.says for part in found if isinstance(part, Ignored)),
        reply=replies[0] if replies else None,
    )
