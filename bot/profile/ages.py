"""How old the timestamps are that a feature holds, against the time of their row."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.columns import Column
from bot.profile.sequence import STEP, YOUNGEST
from bot.profile.windows import HISTORY

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.traffic import Traffic

    Counts = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

HALF_DAY = 4 * 14
"""Steps of the largest lag: no two zones lie further apart in practice."""

SHARES = (0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.98)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """The lag that best explains how ages moved, and the median ages in seconds.

    `hours` is positive where timestamps lie ahead; `fit` is the part of the movement that the lag
    explains, 1 for all of it.
    """

    hours: float
    share: float
    gain: float
    fit: float
    before: float
    during: float
    rows: int


def aged_of(evidence: "Traffic", column: Column, *, fewest: int = 40) -> Aged | None:
    """The lag of a column of timestamps; None where it holds none, or there are too few rows."""
    ages = evidence.stamps.get(column.name)
    if ages is None:
        return None
    old, new = ages.steps[:HISTORY].sum(axis=0), ages.steps[HISTORY:].sum(axis=0)
    if old.sum() < 5 * fewest or new.sum() < fewest:
        return None
    usual = _smooth(old)
    best = max(
        (fit for step in range(-HALF_DAY, HALF_DAY + 1) if step for fit in _fits(new, usual, step)),
        key=lambda one: one[0],
    )
    gain, step, share = best
    moved = (1 - share) * usual + share * _moved(usual, step)
    seen = new / new.sum()
    apart = float(np.abs(seen - usual).sum() / 2)
    left = float(np.abs(seen - moved).sum() / 2)
    return Aged(
        # An age that shrinks is a timestamp that lies ahead.
        hours=-step * STEP / 3600, share=share, gain=gain, fit=1 - left / max(apart, 1e-9),
        before=_median(old), during=_median(new), rows=int(old.sum() + new.sum()),
    )  # fmt: skip


def _fits(new: "Counts", usual: "Floats", step: int) -> "list[tuple[float, int, float]]":
    """The log likelihood ratio of a part of the rows being moved by so many steps."""
    ratio = _moved(usual, step) / usual
    places = np.flatnonzero(new)
    return [
        (float((new[places] * np.log(1 + share * (ratio[places] - 1))).sum()), step, share)
        for share in SHARES
    ]


def _smooth(counts: "Counts") -> "Floats":
    """Shares of the steps; neighbours and a thin floor keep an unseen age from being impossible."""
    near = np.convolve(counts.astype(np.float64), (0.05, 0.9, 0.05), mode="same")
    mixed = near + 0.5 / len(counts)
    shares: Floats = mixed / mixed.sum()
    return shares


def _moved(usual: "Floats", step: int) -> "Floats":
    """The shares moved by so many steps; what falls off one end does not come in at the other."""
    moved = np.roll(usual, step)
    floor = usual.min()
    if step > 0:
        moved[:step] = floor
    else:
        moved[step:] = floor
    return moved


def _median(counts: "Counts") -> float:
    place = int(np.searchsorted(np.cumsum(counts), counts.sum() / 2))
    return float((place + YOUNGEST) * STEP)
