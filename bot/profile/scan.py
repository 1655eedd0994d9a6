"""The aggregated scan: one coded expression, counted by time, then by window and cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from bot.profile.arrivals import arrivals_by_bucket, undated
from bot.profile.bins import FIRST, Bins
from bot.profile.coded import Coded, coded
from bot.profile.columns import Column
from bot.profile.distance import drift_of
from bot.profile.engine import SPREAD, Engine, Product
from bot.profile.grid import Grid
from bot.profile.joint import Joint
from bot.profile.log import Log, open_log
from bot.profile.measures import Tallies
from bot.profile.plan import plan_columns
from bot.profile.sums import ids_by_bucket, sums_by_bucket
from bot.profile.survey import Survey, survey
from bot.profile.together import count_jointly
from bot.profile.turns import turning_points
from bot.profile.windows import HISTORY, INCIDENT, Windows, find_windows

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import ibis.expr.types as ir
    import numpy.typing as npt

    from bot.settings import ModelSettings

    Counts = npt.NDArray[np.int64]

EPOCHS = HISTORY + INCIDENT
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
    joint: Joint
    arrivals: "Counts | None"
    rows: "Counts"
    ids: "Counts | None"


def scan(
    table: "ir.Table", settings: "ModelSettings", engine: Engine, *, at: datetime | None,
    since: datetime | None, until: datetime | None, reference: "ir.Table | None",
) -> Scan:  # fmt: skip
    """Count everything that the checks look at.

    Raises:
        SourceError: The log has no rows up to `at`.
    """
    log = open_log(table, settings, engine, at=at)
    found = survey(log, plan_columns(table, settings, reference), engine, reference)
    grid = Grid.covering(log.first, log.last, rows=log.rows)
    with _coded(log, found, grid, engine) as base:
        return _counted(_Pass(log=log, found=found, grid=grid, engine=engine, base=base),
                        reference=reference, since=since, until=until)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pass:
    log: Log
    found: Survey
    grid: Grid
    engine: Engine
    base: "ir.Table"

    @property
    def bins(self) -> tuple[Bins, ...]:
        return self.found.plan.columns

    @property
    def cells(self) -> int:
        return self.found.label.size * self.found.prediction.size


def _coded(
    log: Log, found: Survey, grid: Grid, engine: Engine
) -> "AbstractContextManager[ir.Table]":
    """Each row as its bucket, its outcome, its cell of label and prediction, and its codes."""
    columns, table = log.settings.predictions.columns, log.table
    wanted = {
        "label": Coded(column=table[columns.label], bins=found.label, where=log.known()),
        "prediction": Coded(column=table[columns.prediction], bins=found.prediction),
    } | {
        f"c{i}": Coded(column=table[bins.name], bins=bins, place=i)
        for i, bins in enumerate(found.plan.columns)
    }
    plain = {
        "bucket": ((log.clock - grid.origin) // grid.width).cast("int32"),
        "outcome": log.outcome(tolerance=found.tolerance),
    }
    sizes = ("label", 0, found.label.size), ("prediction", 0, found.prediction.size)
    return coded(engine, table, wanted, plain=plain, joint={"cell": Product(sizes)}, rows=log.rows)


def _counted(
    work: _Pass, *, reference: "ir.Table | None", since: datetime | None, until: datetime | None
) -> Scan:
    grid, columns = work.grid, len(work.bins)
    by_time = _by_time(work)
    outcomes = by_time["outcome"]
    tallies = _tallies(work, by_time)
    arrivals = arrivals_by_bucket(work.log, work.found, grid, work.engine)
    turned = [by_time[f"c{i}"] for i in range(columns)]
    windows = find_windows(
        tallies.series(),
        day=86_400 // grid.width,
        hints=turning_points(turned if arrivals is None else [*turned, undated(arrivals)]),
        since=None if since is None else grid.bucket(since),
        until=None if until is None else grid.bucket(until) + 1,
    )
    series = [by_time[f"c{i}"] for i in range(columns)]
    cells, whole = _by_cell(work, windows)
    known = _reference(work, reference)
    profiled = {
        bins.name: Column(bins=bins, series=series[i], cells=cells[i], reference=known.get(i))
        for i, bins in enumerate(work.bins)
    }
    pairs, crossed = _by_segment(work, windows, profiled)
    joint = count_jointly(
        work.base, work.engine, epoch=_epoch(windows, work.base.bucket), columns=profiled,
        labels=work.found.label.size, predictions=work.found.prediction.size,
        rows=outcomes.sum(axis=1), windows=windows,
    )  # fmt: skip
    return Scan(
        log=work.log, grid=grid, windows=windows, tallies=tallies, survey=work.found,
        columns=profiled, cells=whole, pairs=pairs, crossed=crossed, joint=joint,
        arrivals=arrivals, rows=outcomes.sum(axis=1),
        ids=ids_by_bucket(work.log, grid, work.engine),
    )  # fmt: skip


def _by_time(work: _Pass) -> "dict[str, Counts]":
    """Every column, and the cells, as [bucket, outcome, code]."""
    base, size = work.base, work.grid.size
    extra = len(work.bins)
    table = base.mutate(
        cells=base.cell + extra * SPREAD, all_rows=ibis.literal((extra + 1) * SPREAD, "int32")
    )
    names = [f"c{i}" for i in range(extra)]
    counts = work.engine.counts(
        table, table.bucket * 3 + table.outcome, [*names, "cells", "all_rows"]
    )

    def dense(place: int, codes: int) -> "Counts":
        return counts.dense(place, groups=size * 3, codes=codes).reshape(size, 3, codes)

    found = {name: dense(i, work.bins[i].size) for i, name in enumerate(names)}
    found["cell"] = dense(extra, work.cells)
    found["outcome"] = dense(extra + 1, 1)[:, :, 0]
    return found


def _tallies(work: _Pass, by_time: "Mapping[str, Counts]") -> Tallies:
    label, prediction = work.found.label.size, work.found.prediction.size
    confusion = by_time["cell"].sum(axis=1).reshape(-1, label, prediction)
    return Tallies(
        metric=work.log.settings.metric, positive=work.found.positive, confusion=confusion,
        scores=_scores(work), outcomes=by_time["outcome"],
        sums=sums_by_bucket(work.log, work.found, work.grid, work.engine),
    )  # fmt: skip


def _scores(work: _Pass) -> "Counts | None":
    """[bucket, label, score code], the score ascending after the codes that are no number."""
    place = next((i for i, bins in enumerate(work.bins) if "score" in bins.roles), None)
    if place is None:
        return None
    base, labels, codes = work.base, work.found.label.size, work.bins[place].size
    group = base.bucket * labels + base.cell // work.found.prediction.size
    counts = work.engine.counts(base, group, [f"c{place}"])
    size = work.grid.size
    found = counts.dense(place, groups=size * labels, codes=codes).reshape(size, labels, codes)
    return found[:, :, [*range(FIRST), *work.bins[place].ascending()]]


def _epoch(windows: Windows, bucket: Any) -> Any:
    """The epoch of a row from its bucket: a chain over the few places where it changes."""
    epochs = windows.epochs()
    turns = [0, *(np.flatnonzero(np.diff(epochs)) + 1).tolist()]
    value: Any = ibis.literal(int(epochs[turns[0]]), "int32")
    for turn in turns[1:]:
        value = ibis.ifelse(bucket >= turn, int(epochs[turn]), value)
    return value.cast("int32")


def _by_cell(work: _Pass, windows: Windows) -> "tuple[list[Counts], Counts]":
    """Each column as [epoch, label, prediction, code], and all rows without the code."""
    base = work.base.mutate(epoch=_epoch(windows, work.base.bucket))
    base = base.filter(base.epoch >= 0)
    extra = len(work.bins)
    base = base.mutate(all_rows=ibis.literal(extra * SPREAD, "int32"))
    names = [f"c{i}" for i in range(extra)]
    counts = work.engine.counts(base, base.epoch * work.cells + base.cell, [*names, "all_rows"])
    shape = (EPOCHS, work.found.label.size, work.found.prediction.size)

    def dense(place: int, codes: int) -> "Counts":
        return counts.dense(place, groups=EPOCHS * work.cells, codes=codes).reshape(*shape, codes)

    return [dense(i, bins.size) for i, bins in enumerate(work.bins)], dense(extra, 1)[..., 0]


def _by_segment(
    work: _Pass, windows: Windows, columns: Mapping[str, Column]
) -> "tuple[dict[tuple[str, ...], Counts], dict[tuple[str, ...], Counts]]":
    """Pairs of segments by outcome, and drifted features by segment and pair, in epochs."""
    segments = [b.name for b in work.bins if {"segment", "host", "version"} & set(b.roles)]
    segments = segments[:MOST_SEGMENTS]
    declared = [b.name for b in work.bins if "segment" in b.roles and b.name in segments]
    drifted = sorted(
        (c for c in columns.values() if c.is_("feature")),
        key=lambda c: (-drift_of(c, windows).z, c.name),
    )[:MOST_CROSSED]
    pairs = list(combinations(segments, 2))
    crosses = [
        (feature.name, *group)
        for feature in drifted
        for group in [*((name,) for name in segments), *combinations(declared, 2)]
        if feature.name not in group
    ]
    base = work.base.mutate(epoch=_epoch(windows, work.base.bucket))
    base = base.filter(base.epoch >= 0)
    split = _products(work, base, pairs, by_outcome=True)
    joint = _products(work, base, crosses, by_outcome=False)
    return split, joint


def _products(
    work: _Pass, base: "ir.Table", keys: Sequence[tuple[str, ...]], *, by_outcome: bool
) -> "dict[tuple[str, ...], Counts]":
    """The joint codes of several columns, counted as if they were one column each."""
    place = {bins.name: i for i, bins in enumerate(work.bins)}
    sizes = {bins.name: bins.size for bins in work.bins}
    shapes = {key: tuple(sizes[name] for name in key) for key in keys}
    kept = [key for key in keys if np.prod(shapes[key]) < SPREAD]
    products = [Product(tuple((f"c{place[n]}", place[n], sizes[n]) for n in key)) for key in kept]
    outcomes = (3,) if by_outcome else ()
    group = base.epoch * 3 + base.outcome if by_outcome else base.epoch
    counts = work.engine.products(base, group, products)
    found = {}
    for i, key in enumerate(kept):
        codes = int(np.prod(shapes[key]))
        flat = counts.dense(i, groups=EPOCHS * (3 if by_outcome else 1), codes=codes)
        found[key] = flat.reshape(EPOCHS, *outcomes, *shapes[key])
    return found


def _reference(work: _Pass, reference: "ir.Table | None") -> "dict[int, Counts]":
    """The reference in the same codes."""
    if reference is None:
        return {}
    shared = [(i, b) for i, b in enumerate(work.bins) if b.name in reference.columns]
    if not shared:
        return {}
    wanted = {f"c{i}": Coded(column=reference[b.name], bins=b, place=i) for i, b in shared}
    none = {"none": ibis.literal(0, "int32")}
    with coded(work.engine, reference, wanted, plain=none, joint={}, rows=0) as base:
        counts = work.engine.counts(base, base.none, list(wanted))
    return {i: counts.dense(i, groups=1, codes=b.size)[0] for i, b in shared}
