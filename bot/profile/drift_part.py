"""The drift part of a profile alone: two windows of a log, split by outcome.

It is what other drift tools compute, so that their speed and ours can be compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.profile.coded_log import OUTCOMES
from bot.profile.distance import jensen_shannon, psi

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.bins import Bins
    from bot.profile.moments import Moments

    Floats = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]

WINDOWS = 2
MINUTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureDrift:
    """One feature: `counts` are [window, outcome, code], the codes those of its `bins`.

    `least`, `greatest` and `mean` are [window, outcome], NaN where there is no number. Nulls have
    a code of their own. `wasserstein` is in the feature's own unit, None for a category.
    """

    bins: "Bins"
    counts: "Counts"
    least: "Floats | None"
    greatest: "Floats | None"
    mean: "Floats | None"

    @property
    def _both(self) -> "tuple[Counts, Counts]":
        before, during = self.counts.sum(axis=1)
        return before, during

    @property
    def psi(self) -> float:
        """Population stability index."""
        return psi(*self._both)

    @property
    def js(self) -> float:
        """Jensen–Shannon distance, from 0 to 1."""
        return jensen_shannon(*self._both)

    @property
    def chi_squared(self) -> float:
        """Pearson's statistic of the table of windows by codes."""
        table = np.stack(self._both).astype(np.float64)
        table = table[:, table.sum(axis=0) > 0]
        wanted = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / max(table.sum(), 1.0)
        return float(((table - wanted) ** 2 / np.maximum(wanted, 1e-300)).sum())

    @property
    def wasserstein(self) -> float | None:
        """The area between the two distribution functions, each interval at its middle."""
        if self.bins.kind != "numeric" or len(self.bins.edges) < 2:
            return None
        order = self.bins.ascending()
        ends = (self.bins.edges[0], *self.bins.edges, self.bins.edges[-1])
        middles = [(ends[i] + ends[i + 1]) / 2 for i in range(len(ends) - 1)]
        places = np.array([
            float(self.bins.name_of(code)) if code < self.bins.under
            else middles[code - self.bins.under]
            for code in order
        ])  # fmt: skip
        one, other = (part[order] / max(part[order].sum(), 1) for part in self._both)
        return float((np.abs(np.cumsum(one - other))[:-1] * np.diff(places)).sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftPart:
    """Every feature's drift, and the rows as [minute, outcome]."""

    features: Mapping[str, FeatureDrift]
    minutes: "Counts"


def feature_drift(bins: "Bins", counts: "Counts", moments: "Moments | None") -> FeatureDrift:
    """What was counted of one feature, in its shape."""
    shape = WINDOWS, OUTCOMES
    return FeatureDrift(
        bins=bins, counts=counts.reshape(*shape, -1),
        least=None if moments is None else moments.least.reshape(shape),
        greatest=None if moments is None else moments.greatest.reshape(shape),
        mean=None if moments is None else moments.mean.reshape(shape),
    )  # fmt: skip
