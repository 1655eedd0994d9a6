"""The drift part of a profile by a database: three queries, and one look before."""

from datetime import datetime
from typing import TYPE_CHECKING

import ibis
import numpy as np

from bot.profile.asked_log import ask_log
from bot.profile.coded_log import BUCKET, EPOCH, OUTCOME, OUTCOMES, Coding
from bot.profile.coding import finite, number
from bot.profile.drift_part import MINUTE, WINDOWS, DriftPart, feature_drift
from bot.profile.grid import Grid
from bot.profile.log import open_log
from bot.profile.moments import Moments
from bot.profile.plan import plan_columns
from bot.profile.survey import survey

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy.typing as npt

    from bot.profile.engine import Engine
    from bot.settings import ModelSettings


def ask_drift(
    table: "ir.Table", settings: "ModelSettings", engine: "Engine", *, onset: datetime
) -> DriftPart:
    """Count both windows: before the onset, and from its minute on.

    Raises:
        SourceError: The log has no rows.
    """
    log = open_log(table, settings, engine, at=None)
    found = survey(log, plan_columns(table, settings, None), engine, None)
    grid = Grid.of_minutes(log.first, log.last)
    coding = Coding(log=log, found=found, grid=grid)
    late = np.arange(grid.size) >= grid.bucket(onset)
    bins = found.plan.columns
    with ask_log(coding, engine) as asked:
        counts = asked.counted(
            [(b.name,) for b in bins], (EPOCH, OUTCOME), epochs=late.astype(np.int64)
        )
        (minutes,) = asked.counted([()], (BUCKET, OUTCOME))
    moments = _moments(coding, engine, late)
    return DriftPart(
        features={
            b.name: feature_drift(b, held[:WINDOWS], moments.get(b.name))
            for b, held in zip(bins, counts, strict=True)
        },
        minutes=minutes,
    )  # fmt: skip


def _moments(coding: Coding, engine: "Engine", late: "npt.NDArray[np.bool_]") -> dict[str, Moments]:
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
