"""The drift part of a profile from local Parquet: one pass over the files, and no database."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pyarrow import parquet

from bot.errors import SourceError
from bot.profile.arrays import PER_SECOND, numbers_of, plain, present
from bot.profile.binning import find_bins
from bot.profile.coded_log import OUTCOMES, Reading
from bot.profile.coder import coder_of
from bot.profile.drift_part import WINDOWS, DriftPart, feature_drift
from bot.profile.extent import Extent
from bot.profile.grid import Grid
from bot.profile.heads import HEAD_ROWS, heads
from bot.profile.held import HeldLook
from bot.profile.moments import Moments
from bot.profile.parquet_log import ParquetLog
from bot.profile.plan import plan_types
from bot.profile.tallied import Tally
from bot.profile.types import plain_types

if TYPE_CHECKING:
    import pyarrow as pa

    from bot.settings import ModelSettings

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_drift(
    files: Sequence[Path], settings: "ModelSettings", *, onset: datetime
) -> DriftPart | None:
    """Count both windows: before the onset, and from its minute on.

    The counts are those of `ask_drift` in the same bins. None where the files hold more than
    numbers, words, booleans and times: a database has to be asked of them.

    Raises:
        SourceError: The log has no rows.
    """
    schema = parquet.read_schema(files[0])
    plan = plan_types(plain_types(schema), settings, trained={})
    if not HeldLook.reads(schema, settings, plan):
        return None
    extent = _extent(files, schema, settings)
    sample = heads(files, rows=HEAD_ROWS) if extent.rows > HEAD_ROWS else None
    look = HeldLook(parquet.read_table(files) if sample is None else sample, extent)
    grid = Grid.of_minutes(extent.first, extent.last)
    reading = Reading(
        log=extent, found=find_bins(settings, plan, look, known={}), grid=grid
    )  # fmt: skip
    log = ParquetLog.of(files, reading, columns=schema.names)
    return None if log is None else _counted(reading, log, onset)


def _extent(files: Sequence[Path], schema: "pa.Schema", settings: "ModelSettings") -> Extent:
    """The whole of the files, by their column of times."""
    name = settings.predictions.columns.time
    unit = PER_SECOND[schema.field(name).type.unit]
    rows, undated, first, last = 0, 0, [], []
    for file in files:
        for batch in parquet.ParquetFile(file).iter_batches(columns=[name]):
            time = batch.column(0)
            ticks = plain(time)[present(time)]
            rows, undated = rows + len(ticks), undated + len(time) - len(ticks)
            if len(ticks):
                first.append(int(ticks.min()))
                last.append(int(ticks.max()))
    if not rows:
        raise SourceError(f"the prediction log has no row with a time in {name!r}")
    newest = -(-max(last) * 1_000_000 // unit)
    return Extent(
        settings=settings, rows=rows, undated=undated,
        at=EPOCH + timedelta(microseconds=newest), first=min(first) // unit,
        last=max(last) // unit,
    )  # fmt: skip


def _counted(reading: Reading, log: ParquetLog, onset: datetime) -> DriftPart:
    bins, grid = reading.found.plan.columns, reading.grid
    late = np.arange(grid.size) >= grid.bucket(onset)
    counts = [Tally((WINDOWS * OUTCOMES, b.size)) for b in bins]
    minutes = Tally((grid.size * OUTCOMES,))
    moments = {b.name: Moments(WINDOWS * OUTCOMES) for b in bins if b.kind == "numeric"}
    coders: list[Any] = []
    for rows in log.rows(reading, summed=False):
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
            b.name: feature_drift(b, tally.counts, moments.get(b.name))
            for b, tally in zip(bins, counts, strict=True)
        },
        minutes=minutes.counts.reshape(-1, OUTCOMES),
    )  # fmt: skip
