"""What one delivery of a sender says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.incident.alert import Alert

CHANGE_KINDS = (
    "model", "code", "config", "pipeline", "schema", "dependency", "infrastructure", "label",
    "traffic", "other",
)  # fmt: skip
"""What a change may be of; the contract's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEvent:
    """Somebody or something changed something; the shape of the contract's change events."""

    id: str
    time: datetime
    kind: str = "other"
    what: str = ""
    who: str = ""
    ref: str = ""
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The alerts and changes of one delivery, and what of it is neither.

    `unread` has a sentence for each part that is wrong: the others are taken all the same.
    `ignored` has one for each part that is right and asks for nothing, such as an acknowledgement.
    `reply` is the body that a sender's handshake wants to see.
    """

    alerts: tuple[Alert, ...] = ()
    changes: tuple[ChangeEvent, ...] = ()
    unread: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    reply: Mapping[str, str] | None = None
