"""Whether hours of the day that a feature holds were moved against the clock of the log."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import FIRST

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.columns import Column
    from bot.profile.traffic import Traffic

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]

DAY = 24
SHARES = np.array([0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97])
HALF = 0.5
LEAST_HOURS = 20
"""A column with fewer of the hours of the day than this holds something else, but where it goes
with the clock: a shop that is closed at night has no hours of the night."""

FEWEST_HOURS = 6
WITH_CLOCK = 0.8
"""The part of the earlier rows that lie within an hour of the clock and one constant beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """The lag in hours that fits best, the share of rows it is in, and how much better it fits.

    `hits` are rows by bucket whose hour is likelier with the lag than without, of `rows`.
    """

    hours: int
    share: float
    gain: float
    hits: "Counts"
    rows: "Counts"


def lag_of(evidence: "Traffic", column: "Column", *, least: int = 40) -> Lag | None:
    """The lag of a column of hours; None where it holds no hours, or there are too few rows."""
    codes = hours_of(column)
    width = evidence.grid.width
    if codes is None or width > 6 * 3600:
        return None
    buckets = np.arange(evidence.grid.size)
    phase = (evidence.grid.origin + buckets * width) // 3600 % DAY
    by_hour = _by_hour(column.series.sum(axis=1), codes)
    old, new = (_by_phase(by_hour, phase, mask) for mask in (evidence.before, evidence.during))
    by_label = _by_hour(column.cells.sum(axis=2)[:, 1:], codes)
    told, heard = by_label[:8].sum(axis=0), by_label[8:].sum(axis=0)
    if old.sum() < 5 * least or new.sum() < least:
        return None
    if (codes >= 0).sum() < LEAST_HOURS and _with_clock(old) < WITH_CLOCK:
        return None
    usual = _smooth(old)
    given = (told + HALF) / (told + HALF).sum(axis=0, keepdims=True)
    best: tuple[float, int, float] | None = None
    for hours in range(1, DAY):
        gains = _gains(new, usual, np.roll(usual, hours, axis=1))
        labels = _gains(heard, given, np.roll(given, hours, axis=1))
        total = gains + labels
        place = int(np.argmax(total))
        if best is None or total[place] > best[0]:
            best = float(total[place]), hours, float(SHARES[place])
    if best is None:
        return None
    gain, hours, share = best
    # What rows of any hour explain as well is no lag: generated requests, or other traffic.
    gain -= max(_any_hour(new, usual, heard, given, told), _other_mix(new, usual), 0.0)
    likelier = np.roll(usual, hours, axis=1) > 1.5 * usual
    hits = (by_hour * likelier[phase]).sum(axis=1)
    return Lag(hours=hours if hours <= DAY // 2 else hours - DAY, share=share, gain=gain,
               hits=hits, rows=by_hour.sum(axis=1))  # fmt: skip


def hours_of(column: "Column") -> "Counts | None":
    """The code of each hour of the day; -1 for one without rows; None for what can be no hours."""
    names: list[float] = []
    for value in column.bins.values:
        try:
            names.append(float(value))
        except ValueError:
            return None
    if not FEWEST_HOURS <= len(names) <= DAY or any(v not in range(DAY) for v in names):
        return None
    if column.bins.kind == "numeric":
        every = column.series.sum(axis=(0, 1))
        if every[column.bins.under :].sum() > 0.02 * every.sum():
            return None
    codes = np.full(DAY, -1, dtype=np.int64)
    for place, hour in enumerate(names):
        codes[int(hour)] = FIRST + place
    return codes


def _by_hour(counts: "Counts", codes: "Counts") -> "Counts":
    """The last axis as the hours of the day."""
    found: Counts = np.where(codes >= 0, counts[..., np.maximum(codes, 0)], 0)
    return found


def _by_phase(by_hour: "Counts", phase: "Counts", mask: "npt.NDArray[np.bool_]") -> "Floats":
    found = np.zeros((DAY, DAY))
    np.add.at(found, phase[mask], by_hour[mask].astype(np.float64))
    return found


def _with_clock(old: "Floats") -> float:
    """The largest part of the rows, [phase, hour], that lie about one constant from the clock."""
    ahead = np.array([np.roll(old, -hours, axis=1).trace() for hours in range(DAY)])
    about: Floats = ahead + np.roll(ahead, 1) + np.roll(ahead, -1)
    return float(about.max() / old.sum())


def _smooth(counts: "Floats") -> "Floats":
    """The share of each hour at each time of day, a little of the whole mixed in."""
    whole = (counts.sum(axis=0) + HALF) / (counts.sum() + HALF * DAY)
    mixed: Floats = (counts + 2 * whole) / (counts.sum(axis=1, keepdims=True) + 2)
    return mixed


def _any_hour(
    new: "Floats", usual: "Floats", heard: "Counts", given: "Floats", told: "Counts"
) -> float:
    """How much better the rows fit with some of them at any hour, whatever their time and label."""
    hours = usual.mean(axis=0, keepdims=True)
    labels = (told.sum(axis=1, keepdims=True) + HALF) / (told.sum() + HALF * len(told))
    gains = _gains(new, usual, np.broadcast_to(hours, usual.shape))
    return float((gains + _gains(heard, given, np.broadcast_to(labels, given.shape))).max())


def _other_mix(new: "Floats", usual: "Floats", *, rounds: int = 20) -> float:
    """How much better the rows fit if some hours merely became commoner, at any time of day alike.

    Each hour has a factor of its own, found by iterative proportional fitting (Deming and Stephan,
    Annals of Mathematical Statistics 1940), for which half a logarithm of the rows is taken off
    (Schwarz, Annals of Statistics 1978). Hours that do not go with the clock can do that at will.
    """
    rows, wanted = new.sum(axis=1, keepdims=True), new.sum(axis=0)
    mixed = usual / usual.sum(axis=1, keepdims=True)
    for _ in range(rounds):
        mixed = mixed * wanted / np.maximum((rows * mixed).sum(axis=0), 1e-9)
        mixed = mixed / np.maximum(mixed.sum(axis=1, keepdims=True), 1e-9)
    fits = float((new * np.log(np.maximum(mixed, 1e-9) / usual)).sum())
    return fits - 0.5 * (DAY - 1) * float(np.log(max(new.sum(), 2.0)))


def _gains(counts: "Floats | Counts", usual: "Floats", moved: "Floats") -> "Floats":
    """The log likelihood ratio of a part of the rows being moved, for each of `SHARES`."""
    ratio = moved / usual
    mixed = 1 + SHARES[:, None, None] * (ratio - 1)
    gains: Floats = (counts * np.log(np.maximum(mixed, 1e-9))).sum(axis=(1, 2))
    return gains
