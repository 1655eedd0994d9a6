"""The drift part of a profile alone: two windows of a log, split by outcome, in one pass.

It is what other drift tools compute, so that their speed and ours can be compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from bot.profile.arrays import numbers_of
from bot.profile.asked_log import ask_log
from bot.profile.coded_log import BUCKET, EPOCH, OUTCOME, OUTCOMES, Coding
from bot.profile.coder import coder_of
from bot.profile.coding import finite, number
from bot.profile.distance import jensen_shannon, psi
from bot.profile.engine import Engine
from bot.profile.grid import Grid
from bot.profile.log import open_log
from bot.profile.moments import Moments
from bot.profile.parquet_log import ParquetLog
from bot.profile.plan import plan_columns
from bot.profile.survey import survey
from bot.profile.tallied import Tally

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy.typing as npt

    from bot.profile.bins import Bins
    from bot.settings import ModelSettings

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


def drift_part(
    table: "ir.Table", settings: "ModelSettings", engine: Engine, *, onset: datetime,
    files: Sequence[Path] | None = None,
) -> DriftPart:  # fmt: skip
    """Count both windows: before the onset, and from its minute on.

    With the local Parquet `files` that the table stands for they are read without the database,
    where their columns are plain; else the database counts. Both ways give the same counts.

    Raises:
        SourceError: The log has no rows.
    """
    log = open_log(table, settings, engine, at=None, files=files)
    found = survey(log, plan_columns(table, settings, None), engine, None)
    origin = log.first - log.first % MINUTE
    grid = Grid(origin=origin, width=MINUTE, size=(log.last - origin) // MINUTE + 1)
    coding = Coding(log=log, found=found, grid=grid)
    parquet = ParquetLog.of(files, coding) if engine.fast and files else None
    late = np.arange(grid.size) >= grid.bucket(onset)
    return _asked(coding, engine, late) if parquet is None else _read(coding, parquet, late)


def _read(coding: Coding, log: ParquetLog, late: "npt.NDArray[np.bool_]") -> DriftPart:
    bins = coding.found.plan.columns
    counts = [Tally((WINDOWS * OUTCOMES, b.size)) for b in bins]
    minutes = Tally((coding.grid.size * OUTCOMES,))
    moments = {b.name: Moments(WINDOWS * OUTCOMES) for b in bins if b.kind == "numeric"}
    coders: list[Any] = []
    for rows in log.rows(coding, summed=False):
        coders = coders or [coder_of(b, rows.values[f"c{i}"].type) for i, b in enumerate(bins)]
        minutes.add(rows.bucket.astype(np.int64) * OUTCOMES + rows.outcome)
        group = late[rows.bucket] * np.int64(OUTCOMES) + rows.outcome
        order = np.argsort(group.astype(np.uint8), kind="stable")
        sizes = np.bincount(group, minlength=WINDOWS * OUTCOMES)
        for i, (own, coder, tally) in enumerate(zip(bins, coders, counts, strict=True)):
            values = rows.values[f"c{i}"]
            tally.add(group * own.size + coder.codes(values, None))
            if own.name in moments:
                moments[own.name].add(numbers_of(values)[order], sizes)
    return DriftPart(
        features={
            b.name: _drift(b, tally.counts, moments.get(b.name))
            for b, tally in zip(bins, counts, strict=True)
        },
        minutes=minutes.counts.reshape(-1, OUTCOMES),
    )  # fmt: skip


def _asked(coding: Coding, engine: Engine, late: "npt.NDArray[np.bool_]") -> DriftPart:
    """The same by three queries: the counts, the minutes, and the numbers' ends and means."""
    bins = coding.found.plan.columns
    with ask_log(coding, engine) as log:
        counts = log.counted(
            [(b.name,) for b in bins], (EPOCH, OUTCOME), epochs=late.astype(np.int64)
        )
        (minutes,) = log.counted([()], (BUCKET, OUTCOME))
    moments = _asked_moments(coding, engine, late)
    return DriftPart(
        features={
            b.name: _drift(b, found[:WINDOWS], moments.get(b.name))
            for b, found in zip(bins, counts, strict=True)
        },
        minutes=minutes,
    )  # fmt: skip


def _asked_moments(
    coding: Coding, engine: Engine, late: "npt.NDArray[np.bool_]"
) -> dict[str, Moments]:
    log, table = coding.log, coding.log.table
    numbers = [b.name for b in coding.found.plan.columns if b.kind == "numeric"]
    start = coding.grid.origin + int(np.argmax(late)) * MINUTE if late.any() else log.last + 1
    window = ibis.ifelse(log.clock >= start, OUTCOMES, 0)
    base = table.select(
        g=window + log.outcome(tolerance=coding.found.tolerance),
        **{f"v{i}": finite(number(table[name])) for i, name in enumerate(numbers)},
    )
    asked = {
        f"{kind}{i}": getattr(base[f"v{i}"], kind)()
        for i in range(len(numbers))
        for kind in ("min", "max", "sum", "count")
    }
    found = {name: Moments(WINDOWS * OUTCOMES) for name in numbers}
    for group, *row in engine.rows(base.group_by("g").aggregate(**asked)):
        for i, name in enumerate(numbers):
            found[name].put(int(group), *row[4 * i : 4 * i + 4])
    return found


def _drift(bins: "Bins", counts: "Counts", moments: Moments | None) -> FeatureDrift:
    shape = WINDOWS, OUTCOMES
    return FeatureDrift(
        bins=bins, counts=counts.reshape(*shape, -1),
        least=None if moments is None else moments.least.reshape(shape),
        greatest=None if moments is None else moments.greatest.reshape(shape),
        mean=None if moments is None else moments.mean.reshape(shape),
    )  # fmt: skip
