"""How fast time runs: slow while people act, fast while everybody waits."""

from bot.demo.clock import SimulatedClock
from bot.demo.monitor import Monitor
from bot.demo.world import World

WAITING, ACTING, IDLE = 180.0, 1.0, 2.0
"""Simulated minutes a second."""


class Pace:
    """Sets the clock's rate by what is going on; `speed` multiplies it."""

    def __init__(self, clock: SimulatedClock, *, speed: float = 1.0) -> None:
        self._clock = clock
        self._speed = speed

    def follow(self, world: World, monitor: Monitor, *, watching: bool) -> None:
        """Run as fast as this moment wants; `watching` while a mitigation has to prove itself."""
        if watching or (world.fault and not monitor.firing_since):
            self.set(WAITING)
        elif world.fault or monitor.firing_since:
            self.set(ACTING)
        else:
            self.set(IDLE)

    def set(self, rate: float) -> None:
        """Run at this many simulated minutes a second."""
        if self._clock.rate != rate * self._speed:
            self._clock.run(rate=rate * self._speed)
