"""The world in which the model serves: time passes, flights leave, somebody breaks something."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from bot.demo import flights, model
from bot.demo.clock import SimulatedClock
from bot.demo.evidence import ROUTINE, ChangeLog, Dashboard, SystemMetrics
from bot.demo.faults import FAULTS, Fault
from bot.demo.files import write_parquet
from bot.demo.log import Parts, PredictionLog
from bot.demo.server import serve
from bot.demo.stream import Stream, micros
from bot.demo.warehouse import make_warehouse

log = logging.getLogger(__name__)

BEGIN = timedelta(days=16, hours=11, minutes=30)
"""A demo begins this long after the first Monday of the data: a Wednesday noon."""
TICK_SECONDS = 0.2
_LEAST_TICK = 10 * 60_000_000
"""Ticks are at least ten simulated minutes long, in microseconds."""


class World:
    """Two weeks of history at once, then live, as fast as the clock runs.

    Everything it writes lies in `folder`, in the form of the diagnosis contract. The data's third
    Wednesday is laid on the clock's time now, so every demo meets the same flights. `told` hears
    what breaks and what is repaired.
    """

    def __init__(self, folder: Path, *, clock: SimulatedClock, seed: int = 7) -> None:
        self.folder = folder
        self.clock = clock
        self.began = clock()
        self.told: Callable[[str], object] = log.info
        training, served = flights.load()
        self._training = training
        self._models = model.shipped()
        self._stream = Stream(served, monday=self.began - BEGIN)
        self._chance = np.random.default_rng(seed)
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="world", daemon=True)
        self.fault: Fault | None = None
        self.broken_at: datetime | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self.log = PredictionLog(folder)
        self._changes = ChangeLog(folder / "changes.jsonl")
        self._system = SystemMetrics(folder / "system")
        self._dashboard = Dashboard(folder / "reported")
        self._offline = Parts(folder / "offline")
        self._served_until = micros(self.began - BEGIN)
        self._write_past()

    def start(self) -> None:
        """Let time pass on a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stand still."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def break_model(self, name: str) -> Fault:
        """Break it in one of the ways of `FAULTS`, from now on; what was broken before heals."""
        fault = FAULTS[name]
        with self._lock:
            self.repair()
            self.step()
            self.fault, self.broken_at = fault, self.clock()
            self._changes.add(fault.change, self.broken_at)
            self.told(fault.says)
        return fault

    def repair(self) -> Fault | None:
        """Take back what was broken, from now on; returns what it was."""
        with self._lock:
            mended = self.fault
            if mended:
                self.step()
                self.fault = None
                self._changes.add(mended.undo, self.clock())
                self.told(mended.undo.what)
            return mended

    def step(self) -> None:
        """Serve what came in since the last step, and write it."""
        with self._lock:
            now = micros(self.clock())
            requests = self._stream.between(self._served_until, now)
            self._served_until = max(now, self._served_until)
            if flights.size(requests):
                served, offline = serve(
                    requests, models=self._models, fault=self.fault, chance=self._chance
                )
                self.log.append(served)
                self._system.append(served)
                self._offline.add(offline)
            self._write(now)

    def accuracy(self, span: timedelta) -> tuple[float, int]:
        """The accuracy over the labels that arrived in the last `span`, and how many."""
        with self._lock:
            now = micros(self.clock())
            rows, right = self.log.labelled(now - int(span.total_seconds() * 1_000_000), now)
        return (right / rows if rows else float("nan")), rows

    def _write(self, now: int) -> None:
        self._dashboard.take(self.log.flush(now))
        self._dashboard.flush(now)
        self._system.flush(now)

    def _write_past(self) -> None:
        training = {name: self._training[name] for name in flights.FEATURES}
        training |= {"label": self._training["late"].astype(np.int8)}
        write_parquet(self.folder / "training.parquet", training)
        for change in ROUTINE:
            self._changes.add(change, self.began)
        self.step()
        make_warehouse(self.folder)

    def _run(self) -> None:
        while not self._stopping.wait(TICK_SECONDS):
            if micros(self.clock()) - self._served_until >= _LEAST_TICK:
                self.step()
