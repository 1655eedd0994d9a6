"""The aggregated scan: rows as codes, counted by time, then by window and cell."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from bot.profile.arrivals import undated
from bot.profile.asked_log import ask_log
from bot.profile.binning import Survey
from bot.profile.bins import FIRST
from bot.profile.coded_log import (
    BUCKET,
    EPOCH,
    LABEL,
    OUTCOME,
    PREDICTION,
    CodedLog,
    Coding,
    Key,
)
from bot.profile.columns import Column
from bot.profile.distance import drift_of
from bot.profile.engine import SPREAD, Engine
from bot.profile.grid import Grid
from bot.profile.inputs import asked_ids, asked_inputs
from bot.profile.joint import Joint
from bot.profile.log import Log, open_log
from bot.profile.measures import Tallies
from bot.profile.parquet_log import ParquetLog
from bot.profile.plain_counts import count_plainly
from bot.profile.plan import plan_columns
from bot.profile.read_log import read_log
from bot.profile.survey import survey
from bot.profile.together import count_jointly
from bot.profile.turns import turning_points
from bot.profile.windows import Windows, find_windows
from bot.profile.within import count_within

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import ibis.expr.types as ir
    import numpy as np
    import numpy.typing as npt

    from bot.profile.within import Within
    from bot.settings import ModelSettings

    Counts = npt.NDArray[np.int64]

MOST_SEGMENTS = 6
MOST_CROSSED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What the scan of one log brings back."""

    log: Log
    grid: Grid
    windows: Windows
    tallies: Tallies
    survey: Survey
    columns: dict[str, Column]
    cells: "Counts"
    pairs: "dict[tuple[str, ...], Counts]"
    crossed: "dict[tuple[str, ...], Counts]"
    within: "Within"
    joint: Joint
    arrivals: "Counts | None"
    rows: "Counts"
    ids: "Counts | None"


def scan(
    table: "ir.Table", settings: "ModelSettings", engine: Engine, *, at: datetime | None,
    since: datetime | None, until: datetime | None, reference: "ir.Table | None",
    files: Sequence[Path] | None = None,
) -> Scan:  # fmt: skip
    """Count everything that the checks look at.

    `files` are the Parquet files that the table stands for, where it does for any.

    Raises:
        SourceError: The log has no rows up to `at`.
    """
    log = open_log(table, settings, engine, at=at, files=files)
    found = survey(log, plan_columns(table, settings, reference), engine, reference)
    grid = Grid.covering(log.first, log.last, rows=log.rows)
    coding = Coding(log=log, found=found, grid=grid)
    with open_coded(coding, engine, files) as coded:
        return count(
            coding, coded, known=reference_counts(coding, engine, reference), since=since,
            until=until,
        )  # fmt: skip


def open_coded(
    coding: Coding, engine: Engine, files: Sequence[Path] | None = None
) -> "AbstractContextManager[CodedLog]":
    """The log behind the door that the engine is fastest through."""
    log = None
    if engine.fast and files:
        log = ParquetLog.of(
            files, coding.log.settings, coding.found.plan, columns=coding.log.table.columns
        )
    if log is not None:
        return read_log(coding, log.rows(coding), ids=asked_ids(engine, coding))
    if engine.fast:
        return read_log(coding, asked_inputs(engine, coding))
    return ask_log(coding, engine)


def count(
    coding: Coding, coded: CodedLog, *, known: "Mapping[str, Counts]", since: datetime | None,
    until: datetime | None, jointly: bool = True,
) -> Scan:  # fmt: skip
    """Everything that the checks look at; not `jointly`, without features counted together."""
    grid, bins = coding.grid, coding.found.plan.columns
    series = coded.counted([(b.name,) for b in bins], (BUCKET, OUTCOME))
    tallies = tallies_of(coding, coded)
    arrivals = coded.arrivals
    windows = find_windows(
        tallies.series(),
        day=86_400 // grid.width,
        hints=turning_points(
            [one for one, b in zip(series, bins, strict=True) if "version" not in b.roles]
            + ([] if arrivals is None else [undated(arrivals)]),
            versions=[one for one, b in zip(series, bins, strict=True) if "version" in b.roles],
        ),
        since=None if since is None else grid.bucket(since),
        until=None if until is None else grid.bucket(until) + 1,
    )
    rows, by = tallies.outcomes.sum(axis=1), (EPOCH, LABEL, PREDICTION)
    *cells, whole = coded.counted(
        [*((b.name,) for b in bins), ()], by, epochs=windows.epochs()
    )  # fmt: skip
    profiled = {
        b.name: Column(bins=b, series=series[i], cells=cells[i], reference=known.get(b.name))
        for i, b in enumerate(bins)
    }
    pairs, crossed = _by_segment(coded, windows, profiled, jointly=jointly)
    joint, within = Joint(), {}
    if jointly:
        within = count_within(coded, columns=profiled, pairs=pairs, windows=windows)
        joint = count_jointly(
            coded, columns=profiled, rows=tallies.outcomes.sum(axis=1), windows=windows
        )
    return Scan(
        log=coding.log, grid=grid, windows=windows, tallies=tallies, survey=coding.found,
        columns=profiled, cells=whole, pairs=pairs, crossed=crossed, within=within, joint=joint,
        arrivals=arrivals, rows=rows, ids=coded.ids,
    )  # fmt: skip


def tallies_of(coding: Coding, coded: CodedLog) -> Tallies:
    """What the metric is made of, by bucket."""
    label, prediction = coding.sizes((LABEL, PREDICTION))
    (outcomes,) = coded.counted([()], (BUCKET, OUTCOME))
    (confusion,) = coded.counted([()], (BUCKET, LABEL, PREDICTION))
    return Tallies(
        metric=coding.log.settings.metric, positive=coding.found.positive,
        confusion=confusion.reshape(-1, label, prediction), scores=_scores(coding, coded),
        outcomes=outcomes, sums=coded.sums,
    )  # fmt: skip


def _scores(coding: Coding, coded: CodedLog) -> "Counts | None":
    """[bucket, label, score code], the score ascending after the codes that are no number."""
    bins = next((b for b in coding.found.plan.columns if "score" in b.roles), None)
    if bins is None:
        return None
    (found,) = coded.counted([(bins.name,)], (BUCKET, LABEL))
    return found[:, :, [*range(FIRST), *bins.ascending()]]


def _by_segment(
    coded: CodedLog, windows: Windows, columns: Mapping[str, Column], *, jointly: bool
) -> "tuple[dict[Key, Counts], dict[Key, Counts]]":
    """Pairs of segments by outcome, and drifted features by segment and pair, in epochs."""
    roles = {"segment", "host", "version"}
    segments = [c.name for c in columns.values() if roles & set(c.bins.roles)][:MOST_SEGMENTS]
    declared = [name for name in segments if columns[name].is_("segment")]
    drifted = sorted(
        (c for c in columns.values() if c.is_("feature")),
        key=lambda c: (-drift_of(c, windows).z, c.name),
    )[:MOST_CROSSED]
    pairs = _fitting(columns, list(combinations(segments, 2)))
    crosses = _fitting(columns, [
        (feature.name, *group)
        for feature in drifted
        for group in [*((name,) for name in segments), *combinations(declared, 2)]
        if feature.name not in group
    ])  # fmt: skip
    epochs = windows.epochs()
    split = coded.counted(pairs, (EPOCH, OUTCOME), epochs=epochs)
    if not jointly:
        return dict(zip(pairs, split, strict=True)), {}
    crossed = coded.counted(crosses, (EPOCH,), epochs=epochs)
    return dict(zip(pairs, split, strict=True)), dict(zip(crosses, crossed, strict=True))


def _fitting(columns: Mapping[str, Column], keys: "list[Key]") -> "list[Key]":
    """Those whose joint codes are few enough to count."""
    return [key for key in keys if math.prod(columns[n].bins.size for n in key) < SPREAD]


def reference_counts(
    coding: Coding, engine: Engine, reference: "ir.Table | None"
) -> "dict[str, Counts]":  # fmt: skip
    """The reference in the same codes."""
    if reference is None:
        return {}
    shared = [bins for bins in coding.found.plan.columns if bins.name in reference.columns]
    return dict(zip(
        (bins.name for bins in shared), count_plainly(engine, reference, shared), strict=True
    ))  # fmt: skip
