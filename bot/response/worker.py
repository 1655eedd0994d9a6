"""Takes jobs from the store and runs the verb each one names."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.errors import ChatError, StoreError
from bot.response.asking import read_request
from bot.response.board import refresh
from bot.response.closing import file_postmortem
from bot.response.conduct import take_request
from bot.response.desk import Desk
from bot.response.details import show_details
from bot.response.first_look import take_first_look
from bot.response.giving_up import give_up
from bot.response.intake import note_cleared, take_alert
from bot.response.investigation import investigate
from bot.response.opening import open_incident
from bot.response.polling import look, poll
from bot.response.reminding import remind
from bot.response.rollback import carry_out, expire
from bot.response.rolling import keep_rollup
from bot.response.storm import list_storm
from bot.response.watch import watch
from bot.store import Job

log = logging.getLogger(__name__)

_ATTEMPTS = 5
"""An outage of the chat may last, and is waited out; what fails otherwise is our own defect."""

_LONGEST_WAIT = 60.0

_OF_AN_INCIDENT: Mapping[str, Callable[[Desk, str], None]] = {
    "open": open_incident,
    "first_look": take_first_look,
    "investigate": investigate,
    "details": show_details,
    "refresh": refresh,
    "watch": watch,
    "postmortem": file_postmortem,
    "remind": remind,
    "cleared": note_cleared,
    "storm": list_storm,
    "rollback": carry_out,
    "expire": expire,
}


def perform(desk: Desk, job: Job) -> None:
    """Run the verb of one job."""
    if job.kind == "alert":
        take_alert(desk, str(job.payload["alert"]))
    elif job.kind == "poll":
        poll(desk, str(job.payload["sender"]))
    elif job.kind == "registry":
        look(desk, str(job.payload["source"]))
    elif job.kind == "request":
        take_request(desk, read_request(job.payload))
    elif job.kind == "rollup":
        keep_rollup(desk, str(job.payload["model"]))
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
        """Finish the jobs that are being worked on, within `timeout` seconds, and take no more."""
        self._stopping.set()
        until = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def symptom(self) -> str | None:
        """What is wrong, if something is."""
        alive = sum(thread.is_alive() for thread in self._threads)
        return None if alive == self._count else f"{alive} of {self._count} threads work"

    def _run(self, desk: Desk) -> None:
        while not self._stopping.is_set():
            try:
                job = desk.store.take()
                if job is None:
                    desk.store.wait(0.5)
                else:
                    self._work(desk, job)
            except StoreError as error:
                # A full disk may have room again; the thread must live to see it.
                if not self._stopping.wait(1.0):
                    log.error("no job can be taken or put back: %s", error)  # noqa: TRY400 - the words say it all

    def _work(self, desk: Desk, job: Job) -> None:
        try:
            perform(desk, job)
            desk.store.finish(job)
        except Exception as error:  # noqa: BLE001 - the reason is kept with the job
            if self._stopping.is_set():
                log.info("%s is left for the next start: %s", job.kind, error)
            else:
                put_back(desk, job, error)


def put_back(desk: Desk, job: Job, error: Exception) -> None:
    """Have a job that failed tried again later; park it, and say so, where that cannot help.

    The log names the job and its incident, never its payload: a request holds people's words and
    the address for a private answer.
    """
    about = f"job {job.id} ({job.kind}, incident {_incident_of(job)})"
    if isinstance(error, ChatError):
        reason, final, asked = str(error), error.permanent, error.retry_after or 0.0
        log.warning("%s, attempt %s: %s", about, job.attempts, error)
    else:
        reason, final, asked = f"{type(error).__name__}: {error}", job.attempts >= _ATTEMPTS, 0.0
        log.error("%s failed, attempt %s", about, job.attempts, exc_info=error)
    if final:
        give_up(desk, job, error)
    # As long as Slack asks for, and longer each time: in a storm of alerts hundreds of jobs wait
    # for the same method, and one that comes back every second is out of attempts in minutes. The
    # last term keeps those that failed together from coming back together.
    backoff = min(_LONGEST_WAIT, 0.5 * 2 ** min(job.attempts, 10))
    wait = max(asked, backoff) * (1 + job.id % 10 / 20)
    due = None if final else desk.clock() + timedelta(seconds=wait)
    if desk.store.fail(job, reason=reason, retry_at=due):
        log.error("%s is parked: %s", about, reason)


def _incident_of(job: Job) -> str:
    return str(job.payload.get("incident") or "unknown")
