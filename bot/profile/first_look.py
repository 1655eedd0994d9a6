"""What a small sample of a log says of the metric: before, now, and how sure that is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.changepoint import Change, Series, dispersion, locate

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Sums = Mapping[str, float]

SURE = 6.5
"""The strength of a change from which on it is believed, as in `find_windows`."""
LEAST_ROWS = 30
"""Fewer labelled rows than this, before or now, say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Rows of a log in pieces of neighbours: arrays of one length.

    `clock` is in seconds since 1970, `piece` ascends with the time; `right` and `error`
    (prediction minus label) are NaN where there is no label. `said` and `was` tell whether
    prediction and label are of the positive class.
    """

    clock: "Floats"
    piece: "npt.NDArray[np.int64]"
    right: "Floats"
    error: "Floats"
    label: "Floats"
    said: "Floats"
    was: "Floats"
    score: "Floats"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A metric over one window, its standard error, and the labelled rows it rests on."""

    value: float
    error: float
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """The metric before and now.

    `start` is the first piece of now, `found` whether a change stands out there; from `low` on it
    may have begun already.
    """

    metric: str
    before: Level
    now: Level
    start: int
    low: int
    found: bool
    margin: float | None
    """Half the width of the 95 % interval of the difference; None where it cannot be told."""


def look_first(sample: Sample, *, metric: str, pieces: int, since: float | None) -> Fall | None:
    """The metric before and after its most likely change; None with too few labels.

    Without a clear change the last tenth of the time is now. Of a metric that sums over rows do
    not give (AUC, R²) the nearest one that they do is looked at. Neighbouring rows are alike, so
    the error is that of a jackknife which leaves out one piece at a time (Tukey 1958).
    """
    name = metric if metric in METRICS else _NEAREST.get(metric, "accuracy")
    parts = _parts(sample, pieces)
    change = None if since is not None else _change(parts, regression=name in _REGRESSION)
    if since is not None:
        start = int(np.searchsorted(_begins(sample, pieces), since))
    elif change is not None:
        start = change.bucket
    else:
        start = _last_tenth(sample, pieces)
    start = min(max(start, 1), pieces - 1)
    places = np.arange(pieces)
    before = _level(parts, places[:start], name)
    now = _level(parts, places[start:], name)
    if before is None or now is None:
        return None
    spread = float(np.hypot(before.error, now.error))
    known = np.isfinite(spread)
    free = min(_with_rows(parts, places[:start]), _with_rows(parts, places[start:])) - 1
    return Fall(
        metric=name, before=before, now=now, start=start,
        low=start if change is None else min(change.low, start), found=change is not None,
        margin=_students(free) * spread if known and free > 0 else None,
    )  # fmt: skip


_SUMS = (
    "rows", "right", "hit", "said", "was", "absolute", "squared", "relative", "loss", "brier",
)  # fmt: skip
_REGRESSION = frozenset({"mae", "rmse", "mape"})
_NEAREST = {"r2": "rmse"}
_SMALLEST = 1e-7


def _parts(sample: Sample, pieces: int) -> "dict[str, Floats]":
    """Each of `_SUMS` by piece, over the labelled rows."""
    given = np.where(sample.was > 0, sample.score, 1 - sample.score)
    safe = np.clip(given, _SMALLEST, 1 - _SMALLEST)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(sample.label == 0, np.nan, np.abs(sample.error / sample.label))
    values = {
        "rows": np.ones_like(sample.right), "right": sample.right,
        "hit": sample.said * sample.was, "said": sample.said, "was": sample.was,
        "absolute": np.abs(sample.error), "squared": sample.error**2, "relative": relative,
        "loss": -np.log(safe), "brier": (1 - given) ** 2,
    }  # fmt: skip
    known = np.isfinite(sample.right)
    found: dict[str, Floats] = {}
    for name in _SUMS:
        weights = np.nan_to_num(values[name][known])
        sums = np.bincount(sample.piece[known], weights, minlength=pieces)
        found[name] = sums.astype(np.float64)
    return found


def _share(over: str, under: str) -> "Callable[[Sums], float]":
    return lambda s: s[over] / s[under] if s[under] else float("nan")


METRICS: "dict[str, Callable[[Sums], float]]" = {
    "accuracy": _share("right", "rows"),
    "precision": _share("hit", "said"),
    "recall": _share("hit", "was"),
    "f1": lambda s: 2 * s["hit"] / (s["said"] + s["was"]) if s["said"] + s["was"] else float("nan"),
    "log_loss": _share("loss", "rows"),
    "brier": _share("brier", "rows"),
    "mae": _share("absolute", "rows"),
    "rmse": lambda s: float(np.sqrt(s["squared"] / s["rows"])),
    "mape": _share("relative", "rows"),
}
"""The contract's metrics that sums over rows give."""


def _level(parts: "dict[str, Floats]", places: "npt.NDArray[np.int64]", name: str) -> Level | None:
    """The metric over these pieces and its standard error by the jackknife."""
    held = places[parts["rows"][places] > 0]
    sums = {key: float(values[held].sum()) for key, values in parts.items()}
    if sums["rows"] < LEAST_ROWS:
        return None
    value = METRICS[name](sums)
    without = np.array([
        METRICS[name]({key: sums[key] - float(values[one]) for key, values in parts.items()})
        for one in (held if len(held) > 1 else ())
    ])  # fmt: skip
    if not np.isfinite(value):
        return None
    if len(without) < 2:
        return Level(value=value, error=float("nan"), rows=int(sums["rows"]))
    spread = (len(without) - 1) / len(without) * ((without - without.mean()) ** 2).sum()
    return Level(value=value, error=float(np.sqrt(spread)), rows=int(sums["rows"]))


def _with_rows(parts: "dict[str, Floats]", places: "npt.NDArray[np.int64]") -> int:
    return int((parts["rows"][places] > 0).sum())


def _change(parts: "dict[str, Floats]", *, regression: bool) -> Change | None:
    """The clearest fall, where it is clear enough."""
    if regression:
        square = parts["squared"]
        series = Series(n=parts["rows"], total=-parts["absolute"], square=square)
    else:
        series = Series(n=parts["rows"], total=parts["right"], square=parts["right"])
    change = locate(series, phi=dispersion(series))
    return change if change is not None and change.strength >= SURE else None


def _begins(sample: Sample, pieces: int) -> "Floats":
    """When each piece begins; one without rows begins with the next."""
    begins = np.full(pieces, np.inf)
    np.minimum.at(begins, sample.piece, sample.clock)
    return np.minimum.accumulate(begins[::-1])[::-1]


def _last_tenth(sample: Sample, pieces: int) -> int:
    first, last = float(sample.clock.min()), float(sample.clock.max())
    return int(np.searchsorted(_begins(sample, pieces), last - (last - first) / 10))


def _students(free: int) -> float:
    """The 97.5 % point of Student's t (Abramowitz and Stegun 26.7.5), without importing scipy."""
    z = 1.959964
    table = {1: 12.71, 2: 4.30}  # the series is poor for so few
    series = z + (z**3 + z) / (4 * free) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)
    return table.get(free, series)
