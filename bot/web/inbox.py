"""What the web asks of the store."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.incident import Alert, ChangeEvent, Incident


class Receipt(Protocol):
    """What became of a delivery that was written down."""

    @property
    def delivery(self) -> int:
        """The delivery's number."""
        ...

    @property
    def new(self) -> int:
        """How many of its alerts and changes were not seen before."""
        ...

    @property
    def repeated(self) -> int:
        """How many were."""
        ...


class Inbox(Protocol):
    """Where deliveries are written; every method blocks, and may raise."""

    def receive(
        self,
        *,
        sender: str,
        body: bytes,
        headers: Mapping[str, str],
        alerts: Sequence[Alert],
        changes: Sequence[ChangeEvent] = (),
    ) -> Receipt:
        """Write a delivery and a job for each new alert; they are durable when this returns."""
        ...

    def bury(
        self, *, sender: str, reason: str, status: int, body: bytes, headers: Mapping[str, str]
    ) -> int:
        """Keep what could not be taken."""
        ...

    def waiting(self) -> int:
        """How many alerts nobody has worked on yet."""
        ...

    def incidents(self, *, open_only: bool = True, limit: int = ...) -> tuple[Incident, ...]:
        """The incidents."""
        ...
