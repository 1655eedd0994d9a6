"""SIGKILL at random moments: what was promised holds afterwards."""

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from bot.incident import fold
from bot.store import Store
from tests.store import victim

KILLS = 10


@pytest.mark.slow
def test_ten_kills_lose_no_alert_and_repeat_no_finished_job(path: Path) -> None:
    moments = random.Random(20261121)  # noqa: S311 - it picks moments, not secrets
    told: list[tuple[str, str]] = []

    for life in range(KILLS):
        told += lines_of_a_life(path, str(life), seconds=moments.uniform(0.02, 0.5))

    with Store.open(path) as store:
        promised = [id_ for word, id_ in told if word == "+"]
        assert len(promised) > KILLS
        assert [store.alert(f"am/{id_}").id for id_ in promised] == promised
        assert_no_finished_job_runs_again(store, told)
        assert store.parked() == []
        incidents = store.incidents()
        assert len(incidents) == 5
        for incident in incidents:
            assert fold(store.timeline(incident.id)) == incident
        noted = Counter(note.says for incident in incidents for note in incident.notes)
        assert set(noted.values()) == {1}
        assert set(promised) <= set(noted)


def lines_of_a_life(path: Path, life: str, *, seconds: float) -> list[tuple[str, str]]:
    """Start the victim, kill it some time after its first promise, and hear what it told."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.store.victim", str(path), life],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(seconds)
        process.kill()
        rest = process.stdout.read()
    # The last line may be cut in two: then it is no promise.
    whole = (first + rest).rpartition("\n")[0].splitlines()
    return [(line[0], line[2:]) for line in whole]


def assert_no_finished_job_runs_again(store: Store, told: list[tuple[str, str]]) -> None:
    """Nothing began after its end; work the rest off in this process, and it holds there too."""
    finished: set[str] = set()
    for word, id_ in told:
        assert (word, id_) != (">", id_) or id_ not in finished
        if word == "-":
            finished.add(id_)
    while (job := store.take()) is not None:
        id_ = store.alert(job.payload["alert"]).id
        assert id_ not in finished
        victim.work_on(store, job)
        finished.add(id_)
    assert store.waiting() == 0
