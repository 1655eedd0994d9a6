"""When a cause began: by what it shows itself, where the fall of the metric allows for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.diagnosis.weighing import plain
from bot.incident import Finding

if TYPE_CHECKING:
    from bot.profile import Evidence

SLACK = 8
"""Buckets by which a column may turn outside the interval of the metric's onset."""

NEARLY = 0.5
"""A time at which the fall is at least so clear as at its clearest may be its beginning."""

SLOWLY = 4
"""Buckets by which the start of a slow change may be misdated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A beginning and the times between which it lies; `own` where the cause shows it itself."""

    time: datetime
    low: datetime
    high: datetime
    slow: bool
    own: bool


def dated(evidence: "Evidence", leading: Finding | None) -> Dated:
    """The beginning that its leading finding shows; that of the metric's fall where it shows none.

    The metric is the blurred image of what brought it down: the share of a column turns more
    sharply. It is believed where the fall, had it begun then, would be nearly as clear, or where
    what was never there before holds the extra errors.
    """
    onset, width = evidence.onset_interval, timedelta(seconds=evidence.grid.width)
    since = None if leading is None else leading.since
    if leading is None or since is None:
        return _of_fall(evidence)
    if leading.subject.get("part") == "reported" and evidence.dashboard is not None:
        step = timedelta(seconds=evidence.dashboard.step_seconds)
        return Dated(time=since, low=since - step, high=since + step, slow=False, own=True)
    # A check that found no time of its own gives that of the fall; a share has its own.
    if since == evidence.start and not {"before", "during"} <= leading.figures.keys():
        return _of_fall(evidence)
    slack = max(SLACK * width, 0.5 * (onset.high - onset.low))
    near = onset.low - slack <= since <= onset.high + slack
    sure = plain(leading) and since > onset.low
    if not (near or sure or _as_clear(evidence, since)):
        return _of_fall(evidence)
    apart = (SLOWLY if leading.slow else 1) * width
    return Dated(time=since, low=since - apart, high=since + apart, slow=leading.slow, own=True)


def _of_fall(evidence: "Evidence") -> Dated:
    onset = evidence.onset_interval
    slow = evidence.windows.shape == "ramp"
    return Dated(time=onset.time, low=onset.low, high=onset.high, slow=slow, own=False)


def _as_clear(evidence: "Evidence", since: datetime) -> bool:
    """Whether the fall would be nearly as clear if it had begun at that time."""
    from bot.profile.changepoint import fall_at, without_course  # noqa: PLC0415 - numpy

    change, grid = evidence.windows.change, evidence.grid
    if change is None:
        return False
    level = without_course(evidence.tallies.series(), day=86_400 // grid.width)
    bucket = int((since.timestamp() - grid.origin) // grid.width)
    fall = fall_at(level, bucket, phi=change.dispersion)
    return fall is not None and fall.strength >= NEARLY * change.strength
