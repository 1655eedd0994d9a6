"""When the columns themselves turned: candidates for the onset of what they may have caused."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.changepoint import Series, dispersion
from bot.profile.shapes import ramp_end

if TYPE_CHECKING:
    import numpy.typing as npt

    Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A bucket in which the share of a code jumped, and that share, falling.

    `released` says that it is that of a version of the model.
    """

    bucket: int
    series: Series
    released: bool = False

    def ramp(self, *, sure: float = 6.0) -> int | None:
        """Where a slow change began; None where it came at once."""
        start, _, gain = ramp_end(self.series, self.bucket)
        before = self.series.part(0, max(start, 1))
        return start if gain / dispersion(before) > sure else None


def turning_points(
    columns: "Iterable[Counts]", *, strong: float = 25.0, most: int = 12, latest: float = 0.5,
    versions: "Iterable[Counts]" = (),
) -> list[Turn]:  # fmt: skip
    """The buckets in which the share of some code jumped the most clearly, the clearest first.

    Each column is [bucket, outcome, code]. Only the later part of the time is searched: a jump
    long ago is history by now.
    """
    found: list[tuple[float, Turn]] = []
    named = [
        *((column, False) for column in columns),
        *((one, True) for column in versions for one in _each(column)),
    ]
    for column, released in named:
        every = column.sum(axis=1)
        best, bucket, code = _turn(every.astype(np.float64), first=int(len(every) * latest))
        if best >= strong:
            turn = Turn(bucket=bucket, series=_falling(every, bucket, code), released=released)
            found.append((best, turn))
    found.sort(key=lambda one: (not one[1].released, -one[0], one[1].bucket))
    return list({turn.bucket: turn for _, turn in reversed(found)}.values())[::-1][:most]


def _each(column: "Counts") -> "Iterator[Counts]":
    """Each code beside all others: of several versions every one has a turn of its own."""
    every = column.sum(axis=2)
    for code in np.flatnonzero(column.sum(axis=(0, 1))):
        own = column[:, :, code]
        yield np.stack([own, every - own], axis=2)


def _falling(every: "Counts", bucket: int, code: int) -> Series:
    """The share of a code, its sign turned where it rose."""
    series = Series.of_counts(every[:, code], every.sum(axis=1))
    rose = series.mean(bucket) > series.mean(0, bucket)
    return series.turned() if rose else series


def _turn(every: "npt.NDArray[np.float64]", *, first: int) -> tuple[float, int, int]:
    """The strongest change of any code's share, the history's over-dispersion divided out."""
    rows = np.cumsum(every.sum(axis=1))
    hits = np.cumsum(every, axis=0)
    if len(rows) < 4 or rows[-1] < 100:
        return 0.0, 0, 0
    n0, n1 = rows[:-1, None], rows[-1] - rows[:-1, None]
    ok = (n0 >= 50) & (n1 >= 20)
    p0 = hits[:-1] / np.maximum(n0, 1)
    p1 = (hits[-1] - hits[:-1]) / np.maximum(n1, 1)
    p = np.maximum(hits[-1] / rows[-1], 2 / rows[-1])
    ratio = n0 * n1 / rows[-1] * (p1 - p0) ** 2 / (2 * p * (1 - p) + 1e-12)
    ratio = np.where(ok & (np.arange(len(ratio))[:, None] >= first), ratio, 0.0) / _swing(every)
    place = int(np.argmax(ratio))
    bucket, code = divmod(place, ratio.shape[1])
    return float(ratio[bucket, code]), bucket + 1, code


def _swing(every: "npt.NDArray[np.float64]", *, blocks: int = 20) -> "npt.NDArray[np.float64]":
    """How much more each code's share varies between blocks of time than chance; at least 1."""
    edges = np.linspace(0, len(every), min(blocks, len(every)) + 1).astype(int)[:-1]
    k = np.add.reduceat(every, edges, axis=0)
    n = k.sum(axis=1, keepdims=True)
    share = k / np.maximum(n, 1)
    p = np.maximum(every.sum(axis=0) / max(every.sum(), 1), 1e-6)
    chance = p * (1 - p) * (1 / np.maximum(n[1:], 1) + 1 / np.maximum(n[:-1], 1))
    ratio = np.median(np.diff(share, axis=0) ** 2 / np.maximum(chance, 1e-12), axis=0) / 0.455
    spread: npt.NDArray[np.float64] = np.maximum(ratio, 1.0)
    return spread
