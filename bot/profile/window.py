"""The metric of one window and nothing else, for a quick look."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import ibis
import numpy as np

from bot.errors import SourceError
from bot.profile.coding import code, literal, moment
from bot.profile.engine import Engine
from bot.profile.grid import Grid
from bot.profile.log import open_log
from bot.profile.measures import Tallies
from bot.profile.plan import Plan, plan_columns
from bot.profile.sums import sums_by_bucket
from bot.profile.survey import survey

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bot.settings import ModelSettings


def measure_window(
    table: "ir.Table",
    settings: "ModelSettings",
    engine: Engine,
    *,
    start: datetime,
    end: datetime,
    now: datetime | None = None,
) -> tuple[float | None, int]:
    """The metric over [start, end) and the labelled rows it rests on."""
    time = moment(table[settings.predictions.columns.time])
    part = table.filter(time >= literal(start), time < literal(end))
    try:
        log = open_log(part, settings, engine, at=None)
        log = replace(log, at=now or datetime.max.replace(tzinfo=UTC))
    except SourceError:
        return None, 0
    whole = plan_columns(table, settings, None)
    needed = tuple(bins for bins in whole.columns if "score" in bins.roles)
    found = survey(log, Plan(columns=needed, skipped={}), engine, None)
    grid = Grid(origin=log.first, width=log.last - log.first + 1, size=1)
    columns = settings.predictions.columns
    codes = [code(log.table[bins.name], bins) for bins in found.plan.columns]
    label = ibis.ifelse(log.known(), code(log.table[columns.label], found.label), 0)
    base = log.table.select(
        label=label, prediction=code(log.table[columns.prediction], found.prediction),
        score=codes[0] if codes else ibis.literal(0, "int32"),
        outcome=log.outcome(tolerance=found.tolerance),
    )  # fmt: skip
    size = found.plan.columns[0].size if codes else 1
    confusion = np.zeros((1, found.label.size, found.prediction.size), dtype=np.int64)
    scores = np.zeros((1, found.label.size, size), dtype=np.int64)
    outcomes = np.zeros((1, 3), dtype=np.int64)
    grouped = base.group_by("label", "prediction", "score", "outcome").aggregate(n=base.count())
    for is_, said, score, outcome, rows in engine.rows(grouped):
        confusion[0, is_, said] += rows
        scores[0, is_, score] += rows
        outcomes[0, outcome] += rows
    tallies = Tallies(
        metric=settings.metric, positive=found.positive, confusion=confusion,
        scores=scores if codes else None, outcomes=outcomes,
        sums=sums_by_bucket(log, found, grid, engine),
    )  # fmt: skip
    every = np.ones(1, dtype=np.bool_)
    return tallies.value(every), tallies.labelled(every)
