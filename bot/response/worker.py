"""Takes jobs from the store and runs the verb each one names."""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.errors import ChatError
from bot.response.asking import read_request
from bot.response.board import refresh
from bot.response.closing import file_postmortem
from bot.response.conduct import take_request
from bot.response.desk import Desk
from bot.response.intake import note_cleared, take_alert
from bot.response.investigation import investigate
from bot.response.opening import open_incident
from bot.response.reminding import remind
from bot.response.watch import watch
from bot.store import Job

log = logging.getLogger(__name__)

_ATTEMPTS = 5
"""An outage of the chat may last, and is waited out; what fails otherwise is our own defect."""

_OF_AN_INCIDENT: Mapping[str, Callable[[Desk, str], None]] = {
    "open": open_incident,
    "investigate": investigate,
    "refresh": refresh,
    "watch": watch,
    "postmortem": file_postmortem,
    "remind": remind,
    "cleared": note_cleared,
}


def perform(desk: Desk, job: Job) -> None:
    """Run the verb of one job."""
    if job.kind == "alert":
        take_alert(desk, str(job.payload["alert"]))
    elif job.kind == "request":
        take_request(desk, read_request(job.payload))
    else:
        _OF_AN_INCIDENT[job.kind](desk, str(job.payload["incident"]))


class Worker:
    """A few threads that take jobs until they are stopped."""

    def __init__(self, *, threads: int = 6) -> None:
        self._stopping = threading.Event()
        self._count = threads
        self._threads: list[threading.Thread] = []

    def start(self, desk: Desk) -> None:
        """Begin to take jobs."""
        self._threads = [
            threading.Thread(
                target=self._run, args=(desk,), name=f"plummet-worker-{number}", daemon=True
            )
            for number in range(self._count)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float = 10) -> None:
        """Finish the jobs that are being worked on and take no more."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout)

    def symptom(self) -> str | None:
        """What is wrong, if something is."""
        alive = sum(thread.is_alive() for thread in self._threads)
        return None if alive == self._count else f"{alive} of {self._count} threads work"

    def _run(self, desk: Desk) -> None:
        while not self._stopping.is_set():
            job = desk.store.take()
            if job is None:
                desk.store.wait(0.5)
            else:
                self._work(desk, job)

    def _work(self, desk: Desk, job: Job) -> None:
        try:
            perform(desk, job)
            desk.store.finish(job)
        except Exception as error:  # noqa: BLE001 - a journal step; the reason is kept with the job
            if self._stopping.is_set():
                log.info("%s is left for the next start: %s", job.kind, error)
            else:
                _put_back(desk, job, error)


def _put_back(desk: Desk, job: Job, error: Exception) -> None:
    if isinstance(error, ChatError):
        log.warning("%s: %s", job.kind, error)
        _again(desk, job, reason=str(error), seconds=error.retry_after, final=error.permanent)
        return
    log.error("%s failed", job.kind, exc_info=error)
    defect = job.attempts >= _ATTEMPTS
    _again(desk, job, reason=f"{type(error).__name__}: {error}", final=defect)


def _again(
    desk: Desk, job: Job, *, reason: str, seconds: float | None = None, final: bool = False
) -> None:
    wait = seconds if seconds is not None else min(60.0, 0.5 * 2**job.attempts)
    due = None if final else desk.clock() + timedelta(seconds=wait)
    desk.store.fail(job, reason=reason, retry_at=due)
