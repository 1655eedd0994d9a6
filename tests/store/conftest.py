"""A store in a fresh folder, and what goes into it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.incident import PLUMMET, Alert, Incident, IncidentKey
from bot.incident.timeline import AlertJoined, Opened
from bot.store import Store


class HandClock:
    """Time that moves only when it is told to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        with self._lock:
            return self._now

    def forward(self, **by: float) -> None:
        with self._lock:
            self._now += timedelta(**by)


@dataclass(frozen=True)
class Desk:
    """Opens incidents and makes alerts without saying everything each time."""

    store: Store

    def alert(self, id: str = "a1", **more: object) -> Alert:  # noqa: A002 - the noun's own word
        given: dict[str, object] = {
            "sender": "alertmanager",
            "status": "firing",
            "title": "Accuracy is low",
            "starts_at": datetime(2026, 3, 5, 11, 0, tzinfo=UTC),
            "model": "fraud",
            "metric": "accuracy",
        }
        return Alert(id=id, **(given | more))  # type: ignore[arg-type]  # a test's own shorthand

    def receive(self, *alerts: Alert, sender: str = "am") -> None:
        self.store.receive(sender=sender, body=b"{}", headers={}, alerts=alerts)

    def open(
        self,
        *,
        key: IncidentKey | None = None,
        since: datetime = datetime(2000, 1, 1, tzinfo=UTC),
        once: str | None = None,
    ) -> tuple[Incident, bool]:
        key = key or IncidentKey(model="fraud", metric="accuracy")

        def opened(number: int) -> Opened:
            return Opened(
                number=number, key=key, title="Low", severity="sev3", playbook="accuracy-drop"
            )

        joined = AlertJoined(alert=self.alert())
        return self.store.open_or_join(
            key=key, since=since, opened=opened, joined=joined, by=PLUMMET, once=once
        )


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "plummet.db"


@pytest.fixture
def store(path: Path, clock: HandClock) -> Iterator[Store]:
    with Store.open(path, clock=clock, settle=0.3, attempts=3) as opened:
        yield opened


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


@pytest.fixture
def at_once() -> Callable[[int, Callable[[int], object]], None]:
    """Run a function with 0, 1, … n-1, each in a thread of its own, all at the same moment."""

    def run(count: int, work: Callable[[int], object]) -> None:
        gate = threading.Barrier(count)
        failures: list[BaseException] = []

        def one(number: int) -> None:
            gate.wait()
            try:
                work(number)
            except BaseException as error:  # noqa: BLE001 - raised again below, in the test's thread
                failures.append(error)

        threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]

    return run
