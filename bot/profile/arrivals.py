"""How long labels took, by class: the counts, and which of them are suspiciously alike."""

import math
from typing import TYPE_CHECKING

import ibis
import numpy as np

from bot.profile.coding import code, moment, seconds, steps
from bot.profile.delays import FINEST, STEPS, UNDATED

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.binning import Survey
    from bot.profile.engine import Engine
    from bot.profile.grid import Grid
    from bot.profile.log import Log

    Counts = npt.NDArray[np.int64]

EDGES = tuple(math.ceil(FINEST * 2 ** (step / 2)) for step in range(1, STEPS - 1))
"""Whole seconds from which a label counts as a step later; a logarithm differs by engine."""


def arrivals_by_bucket(
    log: "Log", found: "Survey", grid: "Grid", engine: "Engine"
) -> "Counts | None":
    """[bucket, label class, delay] of the rows with a label; None without a label's time."""
    columns = log.settings.predictions.columns
    name = columns.label_time
    if name is None or name not in log.table.columns or log.settings.task == "regression":
        return None
    late = seconds(moment(log.table[name])) - log.clock
    base = log.table.filter(log.known()).select(
        bucket=((log.clock - grid.origin) // grid.width).cast("int32"),
        label=code(log.table[columns.label], found.label),
        delay=ibis.ifelse(late.isnull(), UNDATED, steps(late, EDGES) + 1),
    )
    grouped = base.group_by("bucket", "label", "delay").aggregate(n=base.count())
    counts = np.zeros((grid.size, found.label.size, STEPS), dtype=np.int64)
    for bucket, label, delay, rows in engine.rows(grouped):
        counts[int(bucket), int(label), int(delay)] += int(rows)
    return counts


def undated(arrivals: "Counts") -> "Counts":
    """The same as [bucket, label class, dated or not]: what late labels cannot move."""
    without = arrivals[:, :, UNDATED]
    return np.stack([arrivals.sum(axis=2) - without, without], axis=2)
