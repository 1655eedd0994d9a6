"""Time that runs faster than the wall's."""

import threading
import time
from datetime import UTC, datetime, timedelta


class SimulatedClock:
    """A clock that begins at `start` and passes `rate` minutes a second; safe between threads."""

    def __init__(self, start: datetime, *, rate: float) -> None:
        self._lock = threading.Lock()
        self._anchor = start.astimezone(UTC)
        self._since = time.monotonic()
        self._rate = rate

    def __call__(self) -> datetime:
        """The simulated time."""
        with self._lock:
            return self._now()

    @property
    def rate(self) -> float:
        """Simulated minutes a second."""
        return self._rate

    def run(self, *, rate: float) -> None:
        """Go on from now at another rate; 0 stands still."""
        with self._lock:
            self._anchor = self._now()
            self._since = time.monotonic()
            self._rate = rate

    def leap(self, span: timedelta) -> None:
        """Jump ahead."""
        with self._lock:
            self._anchor += span

    def _now(self) -> datetime:
        return self._anchor + timedelta(minutes=(time.monotonic() - self._since) * self._rate)
