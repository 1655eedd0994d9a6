"""How long rows and labels take to arrive, before and during."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import FIRST
from bot.profile.changepoint import Series, dispersion, locate
from bot.profile.shift import Shift, shift

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.traffic import Traffic

    Counts = npt.NDArray[np.int64]

UNDATED = 0
"""The delay of a label that is there, with no time at which it arrived."""
STEPS, FINEST = 48, 60.0
"""Delays are told apart by a factor of the square root of two, from a minute up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """The mean delay in seconds before and during, with an interval of the difference."""

    before: float
    during: float
    low: float
    high: float
    strength: float
    since: datetime | None
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSided:
    """Labels that came in one way and are nearly all of one class, where they used to be mixed.

    `undated` says that they have no time of arrival; otherwise `low` and `high` bound how long
    they took. `one_class` is the share of `label` among them, `usual` its share before.
    """

    label: str
    undated: bool
    low: float
    high: float
    one_class: float
    usual: float
    shift: Shift


def arrival_of(evidence: "Traffic") -> Delay:
    """How late rows reach the log."""
    total = evidence.tallies.sums["arrival"].sum(axis=1)
    rows = evidence.rows.astype(np.float64)
    means = total / np.maximum(rows, 1)
    filled = rows > 0
    # Delays have long tails: the swing between buckets says how far a mean may stray.
    before, during = evidence.before & filled, evidence.during & filled
    n0, n1 = rows[before].sum(), rows[during].sum()
    if not n0 or not n1:
        return Delay(before=0, during=0, low=0, high=0, strength=0, since=None, rows=int(n0 + n1))
    old, new = float(total[before].sum() / n0), float(total[during].sum() / n1)
    spread = float(np.average((means[before] - old) ** 2, weights=rows[before])) + 1e-9
    error = math.sqrt(spread * (1 / before.sum() + 1 / during.sum()))
    series = Series(n=filled.astype(np.float64), total=np.where(filled, -means, 0.0),
                    square=np.where(filled, means**2, 0.0))  # fmt: skip
    found = locate(series, least_before=5, least_after=1, phi=dispersion(series))
    return Delay(
        before=old, during=new, low=new - old - 1.96 * error, high=new - old + 1.96 * error,
        strength=max((new - old) / error, 0.0) ** 2 / 2, rows=int(n0 + n1),
        since=evidence.grid.time(found.bucket) if found else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """Rows at least `seconds` old, of how many no label had come by that age: the shift of it.

    Every row has had that long, so that the newest rows are not taken for slow ones.
    """

    seconds: float
    late: Shift


def prompt_of(evidence: "Traffic", *, most: float = 0.6) -> Prompt | None:
    """By the age at which `most` of the labels used to have come."""
    arrivals = evidence.arrivals
    if arrivals is None:
        return None
    dated = arrivals[:, FIRST:, UNDATED + 1 :].sum(axis=1)
    usual = dated[evidence.before].sum(axis=0)
    if usual.sum() < 50:
        return None
    step = int(np.searchsorted(np.cumsum(usual), most * usual.sum()))
    seconds = FINEST * 2 ** ((step + 1) / 2)
    last = int((evidence.at.timestamp() - seconds - evidence.grid.origin) // evidence.grid.width)
    rows = np.where(np.arange(evidence.grid.size) < last, evidence.rows, 0)
    soon = np.minimum(dated[:, : step + 1].sum(axis=1), rows)
    late = shift(rows - soon, rows, evidence.windows, evidence.grid)
    return Prompt(seconds=seconds, late=late)


def one_sided(evidence: "Traffic", *, pure: float = 0.9, most_before: float = 0.8
) -> OneSided | None:  # fmt: skip
    """The clearest pile of labels of one class that came in another way than labels used to."""
    arrivals = evidence.arrivals
    if arrivals is None:
        return None
    labelled = arrivals[:, FIRST:]
    rows = labelled.sum(axis=(1, 2))
    old, new = (labelled[mask].sum(axis=0) for mask in (evidence.before, evidence.during))
    if old.sum() < 50 or new.sum() < 30:
        return None
    usual = old.sum(axis=1) / old.sum()
    best: OneSided | None = None
    for delay in range(STEPS):
        column = new[:, delay]
        if column.sum() < 15:
            continue
        place = int(np.argmax(column))
        share = float(column[place] / column.sum())
        known = old[:, delay].sum()
        was = float(old[place, delay] / known) if known >= 20 else float(usual[place])
        if share < pure or was > most_before or _everywhere(new, place, delay) > (was + share) / 2:
            continue
        moved = shift(labelled[:, place, delay], rows, evidence.windows, evidence.grid)
        if moved.change > 0 and (best is None or moved.strength > best.shift.strength):
            low = FINEST * 2 ** ((delay - 1) / 2) if delay > 1 else 0.0
            best = OneSided(
                label=evidence.label.name_of(place + FIRST), undated=delay == UNDATED,
                low=low, high=FINEST * 2 ** (delay / 2), one_class=share, usual=was, shift=moved,
            )  # fmt: skip
    return best


def _everywhere(new: "Counts", place: int, delay: int) -> float:
    """The part that the class has now of the labels that took any other time to come.

    Where it is as large, the class became frequent by itself, and nothing was written down for it.
    """
    others = new.sum() - new[:, delay].sum()
    return float((new[place].sum() - new[place, delay]) / others) if others >= 30 else 0.0
