"""How long a connection may keep the server waiting."""

import asyncio
from typing import ClassVar, cast

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

PATIENCE_SECONDS = 10.0


class PatientProtocol(H11Protocol):
    """Uvicorn's HTTP/1.1, hanging up on who sends half of a request and then nothing.

    Uvicorn itself waits for headers for ever, and reads the rest of a body that was already
    answered for ever. A body that is wanted has its own time limit where it is read.
    """

    patience: ClassVar[float] = PATIENCE_SECONDS
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came, and wait on or rest."""
        super().data_received(data)
        cycle = cast("RequestResponseCycle | None", self.cycle)  # None before the first request
        if cycle is not None and not cycle.response_complete:
            self._rest()
        elif self._deadline is None:
            self._wait()

    def on_response_complete(self) -> None:
        """Uvicorn's own timer takes over between two requests."""
        super().on_response_complete()
        self._rest()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody to wait for."""
        self._rest()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(self.patience, self.transport.abort)

    def _rest(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def patient(seconds: float) -> type[PatientProtocol]:
    """The protocol with so much patience; uvicorn makes one for each connection itself."""
    return type("PatientProtocol", (PatientProtocol,), {"patience": seconds})
