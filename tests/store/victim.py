"""A process that takes alerts and works on them until it is killed; it tells what it has done.

`+ id` an alert was received, `> id` work on it begins, `- id` its job is finished: each line is
written after the store's call returned, so each is a promise.
"""

import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from bot.incident import PLUMMET, Alert
from bot.incident.timeline import AlertJoined, FindingRecorded, Opened
from bot.store import Job, Store

EPOCH = datetime(2026, 3, 1, tzinfo=UTC)
_lock = threading.Lock()


def tell(word: str, id: str) -> None:  # noqa: A002 - the noun's own word
    with _lock:
        sys.stdout.write(f"{word} {id}\n")
        sys.stdout.flush()


def receive(store: Store, life: str) -> None:
    for number in range(100_000):
        id_ = f"{life}-{number}"
        alert = Alert(
            id=id_,
            sender="am",
            status="firing",
            title="Low",
            starts_at=EPOCH,
            model=f"model {number % 5}",
        )
        store.receive(sender="am", body=b"{}", headers={}, alerts=[alert])
        tell("+", id_)


def work_on(store: Store, job: Job) -> None:
    alert = store.alert(job.payload["alert"])
    tell(">", alert.id)

    def opened(number: int) -> Opened:
        return Opened(number=number, key=alert.key, title="Low", severity="sev3", playbook="p")

    incident, _ = store.open_or_join(
        key=alert.key,
        since=EPOCH,
        opened=opened,
        joined=AlertJoined(alert=alert),
        by=PLUMMET,
        once=job.payload["alert"],
    )
    store.append(incident.id, FindingRecorded(says=alert.id), by=PLUMMET, once=alert.id)
    store.finish(job)
    tell("-", alert.id)


def work(store: Store) -> None:
    while True:
        job = store.take()
        if job is None:
            store.wait(1)
        else:
            work_on(store, job)


def main(path: str, life: str) -> None:
    store = Store.open(Path(path))
    threads = [
        threading.Thread(target=receive, args=(store, f"{life}{door}")) for door in ("a", "b")
    ]
    threads += [threading.Thread(target=work, args=(store,)) for _ in range(2)]
    for thread in threads:
        thread.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
