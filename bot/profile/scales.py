"""Whether part of a number's new values are its old ones in another unit, from counts alone."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.bins import FIRST
from bot.profile.distance import by_chance

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.bins import Bins
    from bot.profile.lines import Line

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]

_ONE_WAY = {
    "hours to minutes": 60.0, "hours to seconds": 3600.0, "days to hours": 24.0,
    "weeks to days": 7.0, "years to months": 12.0,
    "to thousandths": 1000.0, "to hundredths": 100.0, "to tenths": 10.0,
    "metres to feet": 1 / 0.3048, "inches to centimetres": 2.54, "miles to kilometres": 1.609344,
    "kilograms to pounds": 1 / 0.45359237, "square metres to square feet": 1 / 0.09290304,
    "gallons to litres": 3.785412, "radians to degrees": 57.29577951,
}  # fmt: skip
_BACK = {
    f"the reverse of {name}" if " to " not in name or name.startswith("to ")
    else " to ".join(reversed(name.split(" to "))): 1 / factor
    for name, factor in _ONE_WAY.items()
}  # fmt: skip
KNOWN: Mapping[str, tuple[float, float]] = MappingProxyType(
    {name: (factor, 0.0) for name, factor in (_ONE_WAY | _BACK).items()}
    | {
        "Celsius to Fahrenheit": (1.8, 32.0), "Fahrenheit to Celsius": (1 / 1.8, -32 / 1.8),
    }
)  # fmt: skip
"""Conversions that are known, each as slope and offset."""

SHARES = np.array([0.03, 0.05, 0.08, 0.12, 0.18, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.93, 1])


FARTHEST = 1e4
"""More than any known factor."""

ROUNDED = 5e-4
"""A source rounds what it converts: a value this near to a converted one, in parts of it, is it."""

NEAR = 5.0
"""Conversions that fit as well as the best but for this log likelihood are not told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The conversion that fits best, and the share of rows that it was applied to.

    `slope`, `offset` and `fit` (R²) are those of the line from the old quantiles to those of the
    rows that came in addition; `gain` is the log likelihood ratio against no conversion, and
    `explained` how much of the change of distribution the conversion accounts for.
    """

    name: str
    factor: float
    added: float
    share: float
    gain: float
    explained: float
    slope: float
    offset: float
    fit: float
    rivals: int
    """How many other known conversions fit about as well."""
    codes: tuple[int, ...]
    """The codes that the converted rows came into."""


def scale_of(bins: "Bins", old: "Counts", new: "Counts", *, least_rows: int = 40) -> Scale | None:
    """The known conversion that explains the new counts of a number best, if any does."""
    if old[FIRST:].sum() < 5 * least_rows or new[FIRST:].sum() < least_rows or not bins.edges:
        return None
    largest = max(abs(place) for place in (*bins.edges, *map(float, bins.values)))
    if largest * FARTHEST > sys.float_info.max:
        return None  # of numbers so large no conversion can be computed
    before = old[FIRST:] + 0.5
    p = before / before.sum()
    counts = new[FIRST:].astype(np.float64)
    q = counts / counts.sum()
    layout = Layout.of(bins, p)
    tried: list[tuple[float, str, float, Floats]] = []
    for name, (factor, added) in KNOWN.items():
        moved = layout.converted(factor, added)
        mixed = (1 - SHARES)[:, None] * p + SHARES[:, None] * np.maximum(moved, 1e-6)
        gains = (counts * np.log(mixed / p)).sum(axis=1)
        place = int(np.argmax(gains))
        tried.append((float(gains[place]), name, float(SHARES[place]), moved))
    most = max(gain for gain, *_ in tried)
    if most <= 0:
        return None
    # Factors that bins cannot tell apart: the one that is commoner in practice, which comes first.
    gain, name, share, moved = next(one for one in tried if one[0] >= most - NEAR)
    mixed = (1 - share) * p + share * moved
    noise = float(by_chance(p, per_row=1 / counts.sum()))
    apart, left = (float(np.abs(q - other).sum()) / 2 for other in (p, mixed))
    slope, offset, fit = _line(bins, p, np.maximum(q - (1 - share) * p, 0.0))
    gained = np.flatnonzero((share * moved > p) & (q > p)) + FIRST
    return Scale(
        name=name, factor=KNOWN[name][0], added=KNOWN[name][1], share=share, gain=gain,
        explained=1 - max(left - noise, 0.0) / max(apart - noise, 1e-9),
        slope=slope, offset=offset, fit=fit,
        rivals=sum(one[0] >= most - NEAR for one in tried) - 1,
        codes=tuple(int(code) for code in gained),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the shares of a number's codes lie: on point masses, and along a course between."""

    masses: "Floats"
    held: "Floats"
    edges: "Floats"
    places: "Floats"
    reached: "Floats"

    @classmethod
    def of(cls, bins: "Bins", p: "Floats") -> "Layout":
        """The layout of these shares of the codes from `FIRST`."""
        masses, edges = np.array([float(value) for value in bins.values]), np.array(bins.edges)
        places, reached = _course(edges, p[len(masses) :])
        return cls(
            masses=masses, held=p[: len(masses)], edges=edges, places=places, reached=reached
        )

    def converted(self, factor: float, added: float) -> "Floats":
        """The shares of the codes after every value became factor x value + added."""
        masses, edges, size = self.masses, self.edges, len(self.masses)
        found = np.zeros(size + len(edges) + 1)
        if size:
            # Values that have a code of their own land on another such value, or in an interval.
            values = factor * masses + added
            apart = np.abs(masses[None, :] - values[:, None])
            nearest = apart.argmin(axis=1)
            near = apart.min(axis=1) <= 1e-12 + ROUNDED * np.abs(values)
            between = size + np.searchsorted(edges, values, side="right")
            np.add.at(found, np.where(near, nearest, between), self.held)
        below = np.interp((edges - added) / factor, self.places, self.reached)
        found[size:] += np.diff(np.concatenate([[0.0], below, [self.reached[-1]]]))
        return found


def _course(edges: "Floats", shares: "Floats") -> "tuple[Floats, Floats]":
    """Which share of the values that have no code of their own lies below which value.

    They lie evenly in their intervals; in the first and the last one, which reach out to the
    rarest values, they thin out from the side of the neighbour.
    """
    width = max(float(edges[-1] - edges[0]), 1e-9)
    places = np.concatenate([[edges[0] - width], edges, [edges[-1] + width]])
    reached = np.concatenate([[0.0], np.cumsum(shares)])
    if len(edges) < 4:
        return places, reached
    thin = np.array([0.3, 0.55, 0.8, 0.95]), np.array([1.0, 2.0, 4.0, 8.0])
    last, first = float(edges[-2] - edges[-3]), float(edges[2] - edges[1])
    high = edges[-2] + thin[1] * last
    low = edges[1] - thin[1] * first
    more = [(v, reached[-3] + s * shares[-2]) for s, v in zip(thin[0], high, strict=True)
            if v < edges[-1]]  # fmt: skip
    more += [(v, reached[2] - s * shares[1]) for s, v in zip(thin[0], low, strict=True)
             if v > edges[0]]  # fmt: skip
    pairs = sorted([*zip(places.tolist(), reached.tolist(), strict=True), *more])
    return np.array([value for value, _ in pairs]), np.array([share for _, share in pairs])


def _line(bins: "Bins", p: "Floats", excess: "Floats") -> tuple[float, float, float]:
    """Slope, offset and R² of the line between the quantiles of two distributions."""
    if excess.sum() <= 0:
        return 1.0, 0.0, 0.0
    levels = np.arange(0.1, 0.95, 0.1)
    x, y = (_quantiles(bins, shares, levels) for shares in (p, excess))
    if np.ptp(x) <= 0 or np.ptp(y) <= 0:
        return 1.0, 0.0, 0.0
    slope, offset = np.polyfit(x, y, 1)
    left = float(((y - slope * x - offset) ** 2).sum())
    return float(slope), float(offset), 1 - left / float(((y - y.mean()) ** 2).sum())


def _quantiles(bins: "Bins", shares: "Floats", levels: "Floats") -> "Floats":
    """Quantiles of a number from the shares of its codes."""
    masses, size = np.array([float(value) for value in bins.values]), len(bins.values)
    places, reached = _course(np.array(bins.edges), shares[size:])
    grid = np.unique(np.concatenate([places, masses]))
    below = np.interp(grid, places, reached)
    below += np.where(masses[None, :] <= grid[:, None], shares[:size][None, :], 0.0).sum(axis=1)
    found: Floats = np.interp(levels * below[-1], below, grid)
    return found


def named_by(line: "Line | None") -> tuple[str, float, float] | None:
    """The known conversion of a line that was fitted to values: its name, slope and offset."""
    if line is None or not line.fits:
        return None
    for name, (factor, added) in KNOWN.items():
        if abs(line.slope / factor - 1) < 0.04 and abs(line.offset - added) <= 0.1 * abs(added):
            return name, factor, added
    return None


def scale_read(bins: "Bins", old: "Counts", new: "Counts", line: "Line | None") -> Scale | None:
    """As `scale_of`, the factor read off the values themselves where their line is known.

    Beyond the old range the bins are open: there only the values tell the factor.
    """
    found, exact = scale_of(bins, old, new), named_by(line)
    if found is None or exact is None or line is None:
        return found
    name, factor, added = exact
    return replace(
        found, name=name, factor=factor, added=added, rivals=0, slope=line.slope,
        offset=line.offset, fit=line.fit,
    )  # fmt: skip
