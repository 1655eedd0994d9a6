"""How fast time runs: slow while people act, fast while everybody waits."""

from datetime import timedelta

from bot.demo.clock import SimulatedClock
from bot.demo.monitor import Monitor
from bot.demo.world import World
from bot.incident import Incident

WAITING, ACTING, IDLE = 180.0, 1.0, 2.0
"""Simulated minutes a second."""
_AHEAD = timedelta(hours=6)
"""Labels of a window are in by then."""


class Pace:
    """Sets the clock's rate by what is going on; `speed` multiplies it."""

    def __init__(self, clock: SimulatedClock, *, speed: float = 1.0) -> None:
        self._clock = clock
        self._speed = speed

    def follow(self, world: World, monitor: Monitor, *, watched: Incident | None) -> None:
        """Run as fast as this moment wants; `watched` is what has to prove itself."""
        if watched is not None:
            self.keep_with(watched)
        elif world.fault and not monitor.firing_since:
            self.set(WAITING)
        elif world.fault or monitor.firing_since:
            self.set(ACTING)
        else:
            self.set(IDLE)

    def keep_with(self, watched: Incident) -> None:
        """Run fast, but not away from a bot whose machine is busy: it would find days to read."""
        mitigated = watched.mitigated_at
        reading = watched.reading
        read = reading.until if reading and mitigated and reading.at >= mitigated else mitigated
        self.set(ACTING if read is not None and self._clock() - read > _AHEAD else WAITING)

    def set(self, rate: float) -> None:
        """Run at this many simulated minutes a second."""
        if self._clock.rate != rate * self._speed:
            self._clock.run(rate=rate * self._speed)
