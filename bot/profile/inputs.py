"""What the fast road reads of each row, as the database itself works it out."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bot.profile.coded_log import BUCKET, LABEL, OUTCOME, PREDICTION, Coding
from bot.profile.coding import key
from bot.profile.sums import summed

if TYPE_CHECKING:
    import pyarrow as pa

    from bot.profile.bins import Bins
    from bot.profile.engine import Engine


def asked_inputs(engine: "Engine", coding: Coding) -> "Iterator[pa.RecordBatch]":
    """Batches of the rows: bucket and outcome, values to be coded, numbers to be summed."""
    log, found = coding.log, coding.found
    columns, table = log.settings.predictions.columns, log.table
    wanted: dict[str, Any] = {
        BUCKET: ((log.clock - coding.grid.origin) // coding.grid.width).cast("int32"),
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
    return engine.batches(table.select(**wanted))


def valued(name: str, column: Any, bins: "Bins") -> dict[str, Any]:
    """The value that is compared, and where it may be null for a value that is there, whether."""
    kind = column.type()
    found = {f"{name}_value": key(column, bins)}
    if kind.is_string() and bins.kind == "numeric":
        found[f"{name}_gone"] = column.isnull()
    return found
