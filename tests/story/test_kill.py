"""Killed at random points and started again: nothing is lost, nothing is done twice."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from bot.errors import PlummetError
from bot.incident import fold
from bot.settings import read_settings
from bot.slack import manifest
from bot.store import Store
from bot.workspace import LocalWorkspace
from tests.story.stage import SETTINGS, TOKEN, alert_body, environment_of, free_port

KILLS, KILLS_IN_FULL = 6, 40


@dataclass(kw_only=True)
class Patient:
    """The bot as a process that dies and comes back, and what the outside world was promised."""

    folder: Path
    workspace: LocalWorkspace
    url: str
    process: subprocess.Popen[bytes] | None = None
    promised_alerts: set[str] = field(default_factory=set)
    promised_findings: list[str] = field(default_factory=list)

    def start(self) -> None:
        command = [sys.executable, "-m", "bot", "serve", "--config", "plummet.toml"]
        environment = os.environ | environment_of(self.workspace)
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=log, stderr=log
            )
        until = time.monotonic() + 120  # a busy machine takes its time to import
        while not self.is_live():
            assert self.process.poll() is None, (self.folder / "serve.log").read_text()
            assert time.monotonic() < until, "the bot did not start"
            time.sleep(0.1)

    def is_live(self) -> bool:
        # A bare connection: what starts needs the processor more than whoever asks whether it did.
        where = urlsplit(self.url)
        connection = HTTPConnection(where.hostname or "", where.port, timeout=5)
        try:
            connection.request("GET", "/health/live")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)

    def alert_until_promised(self, name: str) -> None:
        """As Alertmanager does: what got no answer may have arrived, and is said again."""
        until = time.monotonic() + 120
        while name not in self.promised_alerts:
            assert time.monotonic() < until, f"{name} was never promised"
            self.alert(name)

    def alert(self, name: str) -> None:
        """A sender that says it once."""
        body = alert_body("firing", {"alertname": name, "model": "delays", "metric": name})
        headers = {"Authorization": f"Bearer {TOKEN}"}
        try:
            answer = httpx.post(
                f"{self.url}/alerts/alertmanager", json=body, headers=headers, timeout=5
            )
        except httpx.HTTPError:
            return
        if answer.status_code == 202:
            self.promised_alerts.add(name)

    def find(self, says: str) -> None:
        """Somebody writes down a finding in the first room there is."""
        rooms = rooms_of(self.workspace)
        if not rooms:
            return
        maria = self.workspace.member("maria")
        try:
            maria.join(rooms[0])
            outcome = maria.slash(rooms[0], f"/incident finding {says}")
        except PlummetError:
            return
        if outcome.ok:
            self.promised_findings.append(says)


@pytest.fixture
def patient(fresh_case: Path) -> Iterator[Patient]:
    port = free_port()
    path = fresh_case / "plummet.toml"
    path.write_text(
        path.read_text() + SETTINGS.format(mode="socket", port=port, spacing=0.5), encoding="utf-8"
    )
    with LocalWorkspace(
        members=["maria", "li", "ben"], manifest=manifest(read_settings(path)), rate_limits=False
    ) as workspace:
        text = path.read_text().replace("[slack]", f'[slack]\napi_url = "{workspace.api_url}"')
        path.write_text(text, encoding="utf-8")
        sick = Patient(folder=fresh_case, workspace=workspace, url=f"http://127.0.0.1:{port}")
        try:
            yield sick
        finally:
            sick.stop()


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_is_done_twice(
    patient: Patient, pytestconfig: pytest.Config
) -> None:
    kills = KILLS_IN_FULL if pytestconfig.getoption("full") else KILLS
    dice = random.Random(20261121)  # noqa: S311 - the same moments in every run

    for number in range(kills):
        patient.start()
        patient.alert(f"metric{number % 3}")
        patient.find(f"clue {number}")
        wait_for_calls(patient.workspace, dice.randrange(30))
        time.sleep(dice.uniform(0, 0.1))
        patient.kill()
    patient.start()
    for number in range(3):
        patient.alert_until_promised(f"metric{number}")
    wait_until_quiet(patient)
    patient.stop()

    state = patient.workspace.state()
    rooms = rooms_of(patient.workspace)
    with Store.open(patient.folder / "plummet.db") as store:
        incidents = store.incidents(open_only=False)
        assert {incident.key.metric for incident in incidents} == patient.promised_alerts
        assert sorted(incident.room_name or "" for incident in incidents) == sorted(rooms)
        for incident in incidents:
            assert fold(store.timeline(incident.id)) == incident
        notes = Counter(note.says for incident in incidents for note in incident.notes)
        assert [store.parked(), store.waiting()] == [[], 0]
    assert [name for name in patient.promised_findings if notes[name] != 1] == []
    posted = Counter(
        (channel["name"], json.dumps(message["metadata"], sort_keys=True))
        for channel in state["channels"]
        for message in channel["messages"]
        if message.get("metadata")
    )
    assert [what for what, times in posted.items() if times != 1] == []
    for room in rooms:
        steps = {
            json.loads(what)["event_payload"]["step"] for where, what in posted if where == room
        }
        assert {"situation", "checklist", "ranking"} <= steps


def rooms_of(workspace: LocalWorkspace) -> list[str]:
    channels = workspace.state()["channels"]
    return [each["name"] for each in channels if each["name"].startswith("inc-")]


def wait_for_calls(workspace: LocalWorkspace, number: int) -> None:
    """Until the bot has called Slack that often again, or does not seem to."""
    until = time.monotonic() + 6
    wanted = len(workspace.calls()) + number
    while len(workspace.calls()) < wanted and time.monotonic() < until:
        time.sleep(0.05)  # each look takes time from the bot that it waits for


def wait_until_quiet(patient: Patient) -> None:
    """Until no job is due any more, in the store that the bot is writing."""
    store = sqlite3.connect(f"file:{patient.folder / 'plummet.db'}?mode=ro", uri=True)
    until = time.monotonic() + 240
    while unfinished(store):
        assert time.monotonic() < until, (patient.folder / "serve.log").read_text()[-3000:]
        time.sleep(0.2)
    store.close()


def unfinished(store: sqlite3.Connection) -> int:
    query = "select count(*) from job where state in ('waiting', 'taken') and due < ?"
    soon = (datetime.now(UTC) + timedelta(seconds=60)).isoformat()
    return int(store.execute(query, (soon,)).fetchone()[0])
