"""The metric and nothing else: of one window, or along the whole log."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from bot.errors import SourceError
from bot.profile.coded_log import Coding
from bot.profile.coding import literal, moment
from bot.profile.engine import Engine
from bot.profile.grid import Grid
from bot.profile.log import Log, open_log
from bot.profile.measures import Tallies
from bot.profile.plan import Plan, plan_columns
from bot.profile.scan import open_coded, tallies_of
from bot.profile.survey import survey

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bot.settings import ModelSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The metric by bucket, over the rows up to `at`."""

    at: datetime
    grid: Grid
    tallies: Tallies


def measure_course(
    table: "ir.Table", settings: "ModelSettings", engine: Engine, *, at: datetime | None = None
) -> Course:
    """What `scan` finds of the metric, without its other columns.

    Raises:
        SourceError: The log has no rows up to `at`.
    """
    log = open_log(_narrowed(table, settings), settings, engine, at=at)
    grid = Grid.covering(log.first, log.last, rows=log.rows)
    return Course(at=log.at, grid=grid, tallies=_tallied(log, grid, engine))


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
        log = open_log(_narrowed(part, settings), settings, engine, at=None)
    except SourceError:
        return None, 0
    log = replace(log, at=now or datetime.max.replace(tzinfo=UTC))
    grid = Grid(origin=log.first, width=log.last - log.first + 1, size=1)
    tallies = _tallied(log, grid, engine)
    every = np.ones(1, dtype=np.bool_)
    return tallies.value(every), tallies.labelled(every)


def _narrowed(table: "ir.Table", settings: "ModelSettings") -> "ir.Table":
    """The columns that a metric is made of."""
    named = settings.predictions.columns
    wanted = (named.time, named.prediction, named.label, named.score, named.label_time)
    return table.select(*dict.fromkeys(name for name in wanted if name in table.columns))


def _tallied(log: Log, grid: Grid, engine: Engine) -> Tallies:
    whole = plan_columns(log.table, log.settings, None)
    needed = tuple(bins for bins in whole.columns if "score" in bins.roles)
    found = survey(log, Plan(columns=needed, skipped={}), engine, None)
    coding = Coding(log=log, found=found, grid=grid)
    with open_coded(coding, engine) as coded:
        return tallies_of(coding, coded)
