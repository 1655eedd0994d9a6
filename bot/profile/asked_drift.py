"""The drift part of a profile by a database: three queries, and one look before."""

import math
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
    numbers = [b.name for b in coding.found.plan.columns if b.kind == "numeric"]
    found = {name: Moments(WINDOWS * OUTCOMES) for name in numbers}
    start = (
        coding.grid.origin + int(np.argmax(late)) * MINUTE if late.any() else coding.log.last + 1
    )
    # Postgres looks at each number again for each thing asked of it, and adds up what is none
    # without an error: so only columns that turn out to have some are asked for the others.
    odd = numbers
    if engine.direct:
        odd = list(dict.fromkeys(_ask_moments(coding, engine, numbers, start, found, plainly=True)))
    if odd:
        _ask_moments(coding, engine, odd, start, found, plainly=False)
    return found


def _ask_moments(
    coding: Coding, engine: "Engine", names: list[str], start: int, found: dict[str, Moments], *,
    plainly: bool,
) -> list[str]:  # fmt: skip
    """Find the moments of these numbers; the names of those that were not all finite."""
    log, table = coding.log, coding.log.table
    window = ibis.ifelse(log.clock >= start, OUTCOMES, 0)
    values = {f"v{i}": number(table[name]) for i, name in enumerate(names)}
    base = table.select(
        g=window + log.outcome(tolerance=coding.found.tolerance),
        **{place: value if plainly else finite(value) for place, value in values.items()},
    )
    asked = {
        f"{kind}{i}": getattr(base[f"v{i}"], kind)()
        for i in range(len(names))
        for kind in ("min", "max", "sum", "count")
    }
    odd = []
    for group, *row in engine.rows(base.group_by("g").aggregate(**asked)):
        for i, name in enumerate(names):
            least, greatest, total, rows = row[4 * i : 4 * i + 4]
            if total is not None and not math.isfinite(total):
                odd.append(name)
            found[name].put(int(group), least, greatest, total, rows)
    return odd
