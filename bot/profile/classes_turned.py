"""When answers or labels began to be of another class: sharper than the metric they bring down."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.beginnings import beginning
from bot.profile.changepoint import Series, without_course
from bot.profile.windows import HISTORY

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.traffic import Traffic

SLACK = 8
"""Buckets outside the interval of the onset in which a class may turn."""

SEEN = 6.5
"""The log likelihood ratio below which a share did not turn, as for the metric itself."""


def class_turned(
    evidence: "Traffic", counts: "npt.NDArray[np.int64]"
) -> tuple[datetime, bool]:  # fmt: skip
    """When the class that gained the most began to, and whether slowly; else the onset.

    `counts` are [bucket, class]. The usual course of the day is taken out first.
    """
    rows = counts.sum(axis=1)
    before, during = (
        counts[mask].sum(axis=0) / max(int(rows[mask].sum()), 1)
        for mask in (evidence.before, evidence.during)
    )
    gained = int(np.argmax(during - before))
    ends = evidence.windows.end
    series = Series.of_counts(counts[:ends, gained], rows[:ends])
    level = without_course(series, day=86_400 // evidence.grid.width)
    spells = evidence.windows.shape == "intermittent"
    found = beginning(level.turned(), spells=spells)
    onset, width = evidence.onset_interval, timedelta(seconds=evidence.grid.width)
    if found is None or found.strength < SEEN:
        return onset.time, False
    turned = evidence.grid.time(found.bucket)
    slack = max(SLACK * width, 0.5 * (onset.high - onset.low))
    # What turned at another time is not what brought the metric down.
    if not onset.low - slack <= turned <= onset.high + slack and not found.slow:
        return onset.time, False
    return turned, found.slow


def contradicted_since(evidence: "Traffic") -> tuple[datetime, bool] | None:
    """When answers began to contradict what their score used to say, and whether slowly.

    The answers that a bucket's scores foretell, by the rule of the history, are taken out: next to
    none is left of them before, where the share of a class comes and goes with the traffic. None
    without a score and two classes, or where nothing turned.
    """
    score, positive = evidence.one("score"), evidence.tallies.positive
    if score is None or positive is None:
        return None
    usual = score.cells[:HISTORY].sum(axis=(0, 1)).astype(np.float64)
    share = usual[positive] / np.maximum(usual.sum(axis=0), 1.0)
    ends = evidence.windows.end
    rows = evidence.tallies.confusion[:ends].sum(axis=(1, 2)).astype(np.float64)
    said = evidence.tallies.confusion[:ends, :, positive].sum(axis=1)
    gap = said - score.series[:ends].sum(axis=1) @ share
    before, during = evidence.before[:ends], evidence.during[:ends]
    rose = gap[during].sum() / rows[during].sum() > gap[before].sum() / rows[before].sum()
    hits = np.clip(gap if rose else -gap, 0.0, rows)
    series = Series(n=rows, total=-hits, square=hits)
    found = beginning(series, spells=evidence.windows.shape == "intermittent")
    if found is None or found.strength < SEEN:
        return None
    return evidence.grid.time(found.bucket), found.slow
