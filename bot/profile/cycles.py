"""The metric at the same phase of earlier days or weeks."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.changepoint import Series
    from bot.profile.traffic import Traffic

    Mask = npt.NDArray[np.bool_]

DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """The metric now, at the same phase of earlier cycles, and at all other times before.

    `gap` is by how much the earlier phases were worse than the other times and `z` that in
    standard errors; `now` by how much the incident is worse than they were, and `low_z` by how
    many standard errors it is worse than the other times.
    """

    name: str
    earlier: tuple[float, ...]
    during: float
    otherwise: float
    gap: float
    z: float
    now: float
    now_z: float
    low_z: float
    rows: int


def cycle_of(
    evidence: "Traffic", *, name: str, seconds: int, least: int, rows: int = 30,
    recent: int | None = None,
) -> Cycle | None:  # fmt: skip
    """The same phase of earlier cycles; None where there are too few, or the incident is longer.

    With `recent`, so many seconds up to the moment of the report are taken for the incident.
    """
    width = evidence.grid.width
    period, places = seconds // width, np.flatnonzero(evidence.during)
    if recent is not None:
        places = np.arange(max(evidence.windows.end - recent // width, 0), evidence.windows.end)
    past = np.arange(evidence.grid.size) < (places[0] if len(places) else 0)
    past &= evidence.before | (recent is not None)
    if not len(places) or seconds % width or places[-1] - places[0] >= period:
        return None
    tallies = evidence.tallies
    earlier: list[float] = []
    spans: list[Mask] = []
    held = np.zeros_like(evidence.before)
    for back in range(1, evidence.grid.size // period + 1):
        moved = places - back * period
        mask = _mask(moved[moved >= 0], evidence.grid.size) & past
        value = tallies.value(mask) if mask.sum() >= 0.8 * len(places) else None
        if value is not None and tallies.labelled(mask) >= rows:
            earlier.append(value)
            spans.append(mask)
            held |= mask
    rest, now = past & ~held, _mask(places, evidence.grid.size)
    during, otherwise = tallies.value(now), tallies.value(rest)
    if len(earlier) < least or during is None or otherwise is None:
        return None
    usual = float(np.mean(earlier))
    z, now_z, low_z = _errors(tallies.series(), spans, rest=rest, now=now)
    gap, worse = tallies.worse(otherwise, usual), tallies.worse(usual, during)
    return Cycle(
        name=name, earlier=tuple(earlier), during=during, otherwise=otherwise, gap=gap, z=z,
        now=worse, now_z=now_z, low_z=low_z, rows=tallies.labelled(held | now),
    )  # fmt: skip


def _errors(
    series: "Series", spans: "list[Mask]", *, rest: "Mask", now: "Mask"
) -> tuple[float, float, float]:
    """In standard errors: earlier phases worse than the rest, now than they, now than the rest.

    In the value of a single row, which a metric such as the root of a mean is not counted in.
    """
    means = [_mean(series, span) for span in spans]
    usual, rows = float(np.mean(means)), float(sum(series.n[span].sum() for span in spans))
    swing = float(np.std(means, ddof=1)) if len(means) > 1 else 0.0
    spread = series.variance()
    apart = math.sqrt(spread / max(rows, 1.0) + swing**2 / len(means))
    alone = math.sqrt(spread / max(float(series.n[now].sum()), 1.0))
    gap, worse = _mean(series, rest) - usual, usual - _mean(series, now)
    return (
        gap / max(apart, 1e-12), worse / max(math.hypot(alone, swing), 1e-12),
        (gap + worse) / max(alone, 1e-12),
    )  # fmt: skip


def _mean(series: "Series", mask: "Mask") -> float:
    rows = float(series.n[mask].sum())
    return float(series.total[mask].sum()) / rows if rows else 0.0


def _mask(places: "npt.NDArray[np.int64]", size: int) -> "npt.NDArray[np.bool_]":
    mask = np.zeros(size, dtype=np.bool_)
    mask[places] = True
    return mask
