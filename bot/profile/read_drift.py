"""The drift part of a profile from local Parquet: one pass over the files, and no database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pyarrow import parquet

from bot.errors import SourceError
from bot.profile.arrays import PER_SECOND, keep_memory, one_piece, plain, present
from bot.profile.binning import find_bins
from bot.profile.coded_log import OUTCOMES
from bot.profile.drift_part import DriftPart, FeatureDrift, feature_drift
from bot.profile.extent import Extent
from bot.profile.grid import Grid
from bot.profile.grouped import Grouped, GroupedTally
from bot.profile.heads import HEAD_ROWS, heads
from bot.profile.held import HeldLook
from bot.profile.parquet_log import ParquetLog, value_of
from bot.profile.plan import Plan, plan_types
from bot.profile.split import GROUPS, Split
from bot.profile.types import plain_types
from bot.profile.whole_columns import WHOLE_ROWS, WholeColumns

if TYPE_CHECKING:
    import pyarrow as pa

    from bot.profile.bins import Bins
    from bot.settings import ModelSettings

    Columns = Mapping[str, pa.Array]
    Pieces = Iterable[tuple[Grouped, Columns]]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_drift(
    files: Sequence[Path], settings: "ModelSettings", *, onset: datetime, whole: int = WHOLE_ROWS
) -> DriftPart | None:
    """Count both windows: before the onset, and from its minute on.

    Of logs of up to `whole` rows a column is read wholly, of longer ones a few rows at a time.

    The counts are those of `ask_drift` in the same bins. None where the files hold more than
    numbers, words, booleans and times: a database has to be asked of them.

    Raises:
        SourceError: The log has no rows.
    """
    keep_memory()
    schema = parquet.read_schema(files[0])
    plan = plan_types(plain_types(schema), settings, trained={})
    log = ParquetLog.of(files, settings, plan, columns=schema.names)
    if log is None or not HeldLook.reads(schema, settings, plan):
        return None
    sample = heads(files, rows=HEAD_ROWS) if log.rows_stored > whole else None
    if sample is None:
        return _by_columns(log, settings, plan, onset)
    named = settings.predictions.columns
    times = (table.column(named.time) for table in log.tables([named.time]))
    split = _split(_extent(times, settings), onset)
    bins = find_bins(settings, plan, HeldLook(sample, split.log), known={}).plan.columns
    names = list(dict.fromkeys([*_grouping(log, settings), *(b.name for b in bins)]))
    pieces = (_one_piece(table) for table in log.tables(names))
    found = _counted(bins, ((split.grouped(columns), columns) for columns in pieces))
    return _drift(found, split)


def _by_columns(
    log: ParquetLog, settings: "ModelSettings", plan: Plan, onset: datetime
) -> DriftPart:
    """A few columns after the other, so that what bins are found on is not read twice."""
    with WholeColumns(log) as columns:
        first = columns.read(_grouping(log, settings))
        extent = _extent([first.column(settings.predictions.columns.time)], settings)
        split = _split(extent, onset)
        groups = [split.grouped(_one_piece(piece)) for piece in columns.pieces(first)]
        rows = HEAD_ROWS if extent.rows > HEAD_ROWS else first.num_rows
        found: dict[str, FeatureDrift] = {}
        for block in columns.blocks([bins.name for bins in plan.columns]):
            table = columns.read(block)
            sample = columns.sample(columns.beside(first, table), rows=rows)
            part = replace(plan, columns=tuple(b for b in plan.columns if b.name in block))
            survey = find_bins(settings, part, HeldLook(sample, extent), known={})
            pieces = (_one_piece(piece) for piece in columns.pieces(table))
            found |= _counted(survey.plan.columns, zip(groups, pieces, strict=True))
    return _drift({bins.name: found[bins.name] for bins in plan.columns}, split)


def _grouping(log: ParquetLog, settings: "ModelSettings") -> list[str]:
    """The columns by which a row has its window and its outcome."""
    named = settings.predictions.columns
    late = [named.label_time] if named.label_time in log.schema.names else []
    return [named.time, named.label, named.prediction, *(name for name in late if name)]


def _extent(times: "Iterable[pa.ChunkedArray]", settings: "ModelSettings") -> Extent:
    """The whole of the files, by their column of times."""
    rows, undated, unit, first, last = 0, 0, 1, [], []
    for time in (chunk for column in times for chunk in column.chunks):
        unit = PER_SECOND[time.type.unit]
        ticks = plain(time)[present(time)] if time.null_count else plain(time)
        rows, undated = rows + len(ticks), undated + len(time) - len(ticks)
        if len(ticks):
            first.append(int(ticks.min()))
            last.append(int(ticks.max()))
    if not rows:
        name = settings.predictions.columns.time
        raise SourceError(f"the prediction log has no row with a time in {name!r}")
    newest = -(-max(last) * 1_000_000 // unit)
    return Extent(
        settings=settings, rows=rows, undated=undated,
        at=EPOCH + timedelta(microseconds=newest), first=min(first) // unit,
        last=max(last) // unit,
    )  # fmt: skip


def _split(extent: Extent, onset: datetime) -> Split:
    grid = Grid.of_minutes(extent.first, extent.last)
    return Split.at(grid.bucket(onset), log=extent, grid=grid)


def _one_piece(table: "pa.Table") -> "Columns":
    return {name: one_piece(table.column(name)) for name in table.column_names}


def _counted(bins: "Sequence[Bins]", pieces: "Pieces") -> dict[str, FeatureDrift]:
    tallies = [GroupedTally(own, groups=GROUPS) for own in bins]
    for rows, columns in pieces:
        for tally in tallies:
            tally.add(value_of(columns[tally.bins.name], tally.bins), rows)
    return {t.bins.name: feature_drift(t.bins, t.counts, t.moments) for t in tallies}


def _drift(features: Mapping[str, FeatureDrift], split: Split) -> DriftPart:
    return DriftPart(features=features, minutes=split.minutes.counts.reshape(-1, OUTCOMES))
