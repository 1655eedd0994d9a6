"""What the fast road reads of each row, as the database itself works it out."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.profile.arrays import numbers_of, plain, present
from bot.profile.coded_log import BUCKET, LABEL, OUTCOME, PREDICTION, Coding
from bot.profile.coding import key
from bot.profile.rows import Rows
from bot.profile.sums import summed

if TYPE_CHECKING:
    import pyarrow as pa

    from bot.profile.bins import Bins
    from bot.profile.engine import Engine


def asked_inputs(engine: "Engine", coding: Coding) -> Iterator[Rows]:
    """The rows: bucket and outcome, values to be coded, numbers to be summed."""
    log, found = coding.log, coding.found
    columns, table = log.settings.predictions.columns, log.table
    wanted: dict[str, Any] = {
        BUCKET: _bucket(coding),
        OUTCOME: log.outcome(tolerance=found.tolerance),
    }
    label = table[columns.label]
    wanted |= valued(LABEL, label, found.label) | {f"{LABEL}_gone": label.isnull() | ~log.known()}
    wanted |= valued(PREDICTION, table[columns.prediction], found.prediction)
    for i, bins in enumerate(found.plan.columns):
        wanted |= valued(f"c{i}", table[bins.name], bins)
    for name, value in summed(log, found).items():
        if value is not None:
            wanted[f"sum_{name}"] = value.cast("float64")
    if columns.id is not None and columns.id in table.columns:
        wanted["id"] = table[columns.id].cast("string").hash()
    yield from (_rows(batch) for batch in engine.batches(table.select(**wanted)))


def asked_ids(engine: "Engine", coding: Coding) -> Iterator[Rows]:
    """The rows with nothing but their bucket and the hash of their id."""
    log = coding.log
    name = log.settings.predictions.columns.id
    if name is None or name not in log.table.columns:
        return
    base = log.table.select(
        bucket=_bucket(coding), id=log.table[name].cast("string").hash(),
    )  # fmt: skip
    yield from (_rows(batch) for batch in engine.batches(base))


def _bucket(coding: Coding) -> Any:
    return ((coding.log.clock - coding.grid.origin) // coding.grid.width).cast("int32")


def _rows(batch: "pa.RecordBatch") -> Rows:
    """A batch of the columns above, taken apart."""
    found = dict(zip(batch.schema.names, batch.columns, strict=True))
    bucket = plain(found[BUCKET]).astype(np.int32)
    outcome = plain(found[OUTCOME]) if OUTCOME in found else np.zeros(len(bucket))
    ids = found.get("id")
    return Rows(
        bucket=bucket, outcome=outcome.astype(np.uint8),
        values=_ending(found, "_value"),
        gone={name: plain(one) for name, one in _ending(found, "_gone").items()},
        sums={name.removeprefix("sum_"): numbers_of(one) for name, one in found.items()
              if name.startswith("sum_")},
        ids=None if ids is None else plain(ids),
        identified=None if ids is None else present(ids),
    )  # fmt: skip


def _ending(found: "dict[str, pa.Array]", end: str) -> "dict[str, pa.Array]":
    return {name.removesuffix(end): one for name, one in found.items() if name.endswith(end)}


def valued(name: str, column: Any, bins: "Bins") -> dict[str, Any]:
    """The value that is compared, and where it may be null for a value that is there, whether."""
    kind = column.type()
    found = {f"{name}_value": key(column, bins)}
    if kind.is_string() and bins.kind == "numeric":
        found[f"{name}_gone"] = column.isnull()
    return found
