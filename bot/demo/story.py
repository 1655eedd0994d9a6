"""`plummet demo`: one incident, played by itself, and then whatever a person breaks."""

import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo.cast import Cast
from bot.demo.faults import DEFAULT_FAULT, FAULTS, Fault
from bot.demo.pace import ACTING, WAITING, Pace
from bot.demo.transcript import Listener, Transcript
from bot.errors import SettingsError
from bot.incident import Incident
from bot.settings import nearest

if TYPE_CHECKING:
    from bot.demo.stage import Stage


_PAUSE, _SHORT_PAUSE = 0.8, 0.2
"""Seconds before each deed of a person: to be followed in a terminal, or just to be done."""


def play(
    *,
    ends: bool = False,
    fault: str | None = None,
    port: int = 0,
    folder: Path | None = None,
    speed: float = 1.0,
    quiet: bool = False,
) -> None:
    """Play one incident from the fault to the post-mortem; stay afterwards, unless it `ends`.

    Raises:
        PlummetError: There is no such fault, something cannot start, or the play is stuck.
    """
    started = time.monotonic()
    chosen = _fault(fault or DEFAULT_FAULT)
    from bot.demo.stage import set_up  # noqa: PLC0415 - brings in the whole bot, a second to import

    with set_up(folder=folder, port=port, speed=speed) as stage:
        transcript = Transcript(clock=stage.clock, quiet=quiet)
        transcript.result(f"Page       {stage.workspace.url}")
        transcript.result(f"Data       {stage.folder}")
        transcript.heading("Times are simulated: up to three hours pass in a second.")
        listener = Listener(stage.workspace, transcript)
        listener.start()
        try:
            stays = not ends and sys.stdin.isatty() and sys.stdout.isatty()
            cast = Cast(
                workspace=stage.workspace, store=stage.bot.store, world=stage.world,
                transcript=transcript, pause=_PAUSE if stays else _SHORT_PAUSE,
            )  # fmt: skip
            incident = _incident(stage, cast, transcript, chosen, started=started, speed=speed)
            listener.catch_up()
            _results(stage, transcript, incident)
            if stays:
                _stay(stage, transcript, speed=speed)
        finally:
            listener.stop()


def _incident(
    stage: "Stage",
    cast: Cast,
    transcript: Transcript,
    fault: Fault,
    *,
    started: float,
    speed: float,
) -> Incident:
    """From the fault to the post-mortem."""
    pace = Pace(stage.clock, speed=speed)
    transcript.heading("Something breaks")
    stage.world.told = partial(transcript.says, "world")
    stage.monitor.told = partial(transcript.says, "monitor")
    stage.world.break_model(fault.name)
    pace.set(WAITING)
    stage.monitor.wait()
    pace.set(ACTING)
    incident = cast.meet()
    cast.take_over(incident)
    cast.first_finding(incident)
    finding_after = time.monotonic() - started
    cast.hear_out(incident)
    transcript.heading("The response")
    cast.clarify(incident, fault)
    cast.mitigate(incident, fault)
    transcript.heading("Has it recovered?")
    cast.watch(incident, pace=pace)
    pace.set(ACTING)
    transcript.heading("The end of it")
    ended = cast.wrap_up(incident, fault)
    whole = time.monotonic() - started
    transcript.heading(
        f"First finding {finding_after:.1f} s after the start, post-mortem after {whole:.1f} s."
    )
    return ended


def _results(stage: "Stage", transcript: Transcript, incident: Incident) -> None:
    transcript.result(f"Page         {stage.workspace.url}")
    transcript.result(f"Channel      #{incident.room_name}")
    transcript.result(f"Post-mortem  {incident.postmortem}")
    transcript.result(f"Store        {stage.folder / 'plummet.db'}")
    transcript.result(f"Data         {stage.folder}")


def _stay(stage: "Stage", transcript: Transcript, *, speed: float) -> None:
    """Let the world go on until Ctrl-C; time runs as fast as what is going on wants."""
    pace = Pace(stage.clock, speed=speed)
    transcript.heading("Open the page, break the model yourself, and act. Ctrl-C ends it.")
    waiting = threading.Event()
    try:
        while not waiting.wait(0.2):
            incidents = stage.bot.store.incidents(open_only=True)
            mitigated = (one for one in incidents if one.status == "mitigated")
            watched = next((one for one in mitigated if not one.recovered_at), None)
            pace.follow(stage.world, stage.monitor, watched=watched)
    except KeyboardInterrupt:
        transcript.result("")


def _fault(name: str) -> Fault:
    if name not in FAULTS:
        raise SettingsError(f"--fault: there is no {name!r}{nearest(name, FAULTS)}")
    return FAULTS[name]
