"""How a fall ran after it began: in spells of good and bad, or slowly."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.changepoint import Series

    Array = npt.NDArray[np.float64]
    Places = npt.NDArray[np.int64]


def states(
    series: "Series", *, good: float, bad: float, price: float = 6.0
) -> "npt.NDArray[np.bool_]":
    """Which buckets are bad, for two known means: the likeliest path, each switch at `price`.

    Viterbi (1967) for two states: all that counts is how far the score of bad is ahead of that of
    good. Beyond the price it is no further ahead, because the other would have switched to it.
    """
    centre, unit = (good + bad) / 2, (good - bad) / series.variance()
    # Log likelihood of bad minus that of good, normal with the same variance.
    gain = unit * (series.n * centre - series.total)
    ahead = np.empty(len(gain) + 1)
    ahead[0] = lead = -price
    for i, step in enumerate(gain.tolist(), start=1):
        # Not by min and max, whose calls would take four times as long.
        if not -price <= lead <= price:
            lead = price if lead > 0 else -price
        lead += step
        ahead[i] = lead
    # Read backwards: a state lasts until the bucket before which the other one was dearer.
    decided = np.abs(ahead) > price
    decided[-1] = True
    places = np.arange(len(ahead))
    next_decided = np.minimum.accumulate(np.where(decided, places, len(gain))[::-1])[::-1]
    path: npt.NDArray[np.bool_] = ahead[next_decided][1:] > 0
    return path


def ramp_end(series: "Series", onset: int) -> tuple[int, int, float]:
    """Start and end of the straight fall that fits best, and what it gains over a step.

    Of every start and end the least squares follow from running sums of the weights, of the values
    and of both times the clock, so that a fit costs the same however many buckets it spans.
    """
    size = len(series.n)
    starts = np.arange(max(1, onset - size // 6), onset + 1, max(1, size // 200))
    ends = np.arange(onset + 1, size + 1, max(1, size // 100))
    start, end = (side.ravel() for side in np.meshgrid(starts, ends, indexing="ij"))
    start, end = start[end - start >= 3], end[end - start >= 3]
    if not len(start):
        return onset, onset, -np.inf
    ramps = _explained(series, start, end, zero=onset)
    (step,) = _explained(series, np.array([onset]), np.array([onset]), zero=onset)
    gain = (ramps - step) / (2 * series.variance())
    best = int(np.argmax(gain))
    return int(start[best]), int(end[best]), float(gain[best])


def _explained(series: "Series", start: "Places", end: "Places", *, zero: int) -> "Array":
    """Weighted squares that a rise from 0 at each start to 1 at its end explains.

    The clock is counted from `zero`: squares of small numbers lose fewer digits.
    """
    weight = np.maximum(series.n, 1e-9)
    value = series.total - weight * (series.total.sum() / weight.sum())
    clock = np.arange(len(weight), dtype=np.float64) - zero
    w0, w1, w2, y0, y1 = (
        np.concatenate([[0.0], np.cumsum(one)])
        for one in (weight, weight * clock, weight * clock**2, value, value * clock)
    )
    begin, long = start - zero - 0.5, np.maximum(end - start, 1)

    def inside(sums: "Array") -> "Array":
        found: Array = sums[end] - sums[start]
        return found

    x = (inside(w1) - begin * inside(w0)) / long + w0[-1] - w0[end]
    x2 = (inside(w2) - 2 * begin * inside(w1) + begin**2 * inside(w0)) / long**2 + w0[-1] - w0[end]
    xy = (inside(y1) - begin * inside(y0)) / long + y0[-1] - y0[end]
    explained: Array = xy**2 / np.maximum(x2 - x**2 / w0[-1], 1e-12)
    return explained
