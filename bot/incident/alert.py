"""What a monitor said."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Severity = Literal["sev1", "sev2", "sev3", "sev4"]
SEVERITIES: tuple[Severity, ...] = ("sev1", "sev2", "sev3", "sev4")

Segment = tuple[tuple[str, str], ...]
"""Sorted pairs of column and value; empty is all traffic."""


def segment_of(pairs: dict[str, str]) -> Segment:
    """The segment that these columns and values name."""
    return tuple(sorted(pairs.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentKey:
    """What makes two alerts one incident."""

    model: str | None
    metric: str | None
    segment: Segment = ()

    def __str__(self) -> str:
        where = ", ".join(f"{column}={value}" for column, value in self.segment)
        return " ".join(filter(None, (self.model or "?", self.metric or "?", where)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert of one delivery, in our words.

    `id` is equal for two deliveries of the same state of the same alert, so a sender's retry is
    recognised. `model` is None where no label names one; `labels` keeps what the sender sent.
    """

    id: str
    sender: str
    status: Literal["firing", "resolved"]
    title: str
    starts_at: datetime
    ends_at: datetime | None = None
    """When the sender saw it end; only once it is resolved."""
    model: str | None = None
    metric: str | None = None
    segment: Segment = ()
    severity: Severity | None = None
    value: float | None = None
    link: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    thread: str = ""
    """The sender's own id of this alert from its firing to its end, where it has one.

    Some senders name the model only when an alert fires; this finds its incident again.
    """

    @property
    def key(self) -> IncidentKey:
        """The incident this alert belongs to."""
        return IncidentKey(model=self.model, metric=self.metric, segment=self.segment)
