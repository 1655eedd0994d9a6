"""Sums by bucket and outcome, and distinct ids by bucket."""

from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from bot.profile.coding import code, finite, moment, number, seconds, square
from bot.profile.columns import UNLABELLED
from bot.profile.limits import FAR, GREATEST, NEAR, SMALLEST
from bot.profile.measures import SUMS

if TYPE_CHECKING:
    import numpy.typing as npt

    from bot.profile.binning import Survey
    from bot.profile.engine import Engine
    from bot.profile.grid import Grid
    from bot.profile.log import Log


def sums_by_bucket(
    log: "Log", found: "Survey", grid: "Grid", engine: "Engine"
) -> "dict[str, npt.NDArray[np.float64]]":
    """Each of `SUMS` as [bucket, outcome]; zeros for those whose columns are not there."""
    table = log.table
    values = {name: value for name, value in summed(log, found).items() if value is not None}
    base = table.select(
        g=((log.clock - grid.origin) // grid.width) * 3 + log.outcome(tolerance=found.tolerance),
        **values,
    )
    rows = engine.rows(
        base.group_by("g").aggregate(
            rows=base.count(),
            **{name: _measured(base[name]).sum() for name in values},
        ).order_by("g")
    )  # fmt: skip
    sums = {name: np.zeros((grid.size, UNLABELLED + 1)) for name in SUMS}
    for place, *row in rows:
        for name, value in zip(("rows", *values), row, strict=True):
            sums[name].flat[int(place)] = float(value or 0.0)
    return sums


def _measured(value: Any) -> Any:
    """A number that can be summed; null for all else."""
    return ibis.ifelse(value.abs() <= GREATEST, value, ibis.null("float64"))


def summed(log: "Log", found: "Survey") -> dict[str, Any]:
    """The numbers of a row that are summed, by their name in `SUMS`; None where there is none."""
    columns = log.settings.predictions.columns
    table, clock = log.table, log.clock

    def there(name: str | None) -> bool:
        return name is not None and name in table.columns

    def delay(name: str | None) -> Any:
        if not there(name):
            return None
        return (seconds(moment(table[name])) - clock).cast("float64")

    values = {"arrival": delay(columns.arrival_time), "label_delay": delay(columns.label_time)}
    if there(columns.latency_ms):
        values["latency"] = number(table[columns.latency_ms])
    if log.settings.task == "regression":
        values |= _errors(log)
    if there(columns.score):
        score = number(table[columns.score])
        values |= {"score": score, "score2": square(score)} | _losses(log, found, score)
    return values


def _errors(log: "Log") -> dict[str, Any]:
    error = log.error()
    label = number(log.table[log.settings.predictions.columns.label])
    squared = square(error)
    apart = ibis.cases((error.abs() < NEAR, 0.0), (error.abs() <= FAR, error))
    relative = ibis.cases(((label.abs() > NEAR) & (label.abs() <= FAR), (apart / label).abs()))
    return {
        "absolute": error.abs(), "squared": squared, "squared2": square(squared),
        "relative": relative, "relative2": square(relative),
        "label": label, "label2": square(label),
    }  # fmt: skip


def _losses(log: "Log", found: "Survey", score: Any) -> dict[str, Any]:
    """Log loss and Brier score of the probability that the score gives to what happened."""
    columns = log.settings.predictions.columns
    if log.settings.task == "regression":
        return {}
    label = code(log.table[columns.label], found.label)
    if found.positive is not None:
        given = ibis.ifelse(label == found.positive, score, 1 - score)
    else:
        prediction = code(log.table[columns.prediction], found.prediction)
        given = ibis.ifelse(label == prediction, score, 1 - score)
    # Not by least and greatest: some engines skip a null in them, and NaN is the greatest.
    there = finite(given)
    safe = ibis.cases(
        (there < SMALLEST, SMALLEST), (there > 1 - SMALLEST, 1 - SMALLEST), else_=there
    )
    loss, brier = -safe.ln(), square(1 - there)
    return {"loss": loss, "loss2": loss * loss, "brier": brier, "brier2": square(brier)}


def ids_by_bucket(log: "Log", grid: "Grid", engine: "Engine") -> "npt.NDArray[np.int64] | None":
    """Distinct ids in each bucket; None without an id column."""
    name = log.settings.predictions.columns.id
    if name is None or name not in log.table.columns:
        return None
    base = log.table.select(
        bucket=(log.clock - grid.origin) // grid.width, id=log.table[name].cast("string")
    )
    found = np.zeros(grid.size, dtype=np.int64)
    for bucket, ids in engine.rows(base.group_by("bucket").aggregate(n=base.id.nunique())):
        found[int(bucket)] = int(ids)
    return found
