"""A sample of local Parquet that costs the same however large the files are."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

LEAST_GROUPS, MOST_HEADS = 8, 12
"""A sample of fewer row groups would not be spread over the time; each one more takes time."""

HEAD_ROWS, HEAD_VALUES = 60_000, 6_000_000
"""So much of a longer log is looked at where it is read from files, into memory."""


def heads(files: Sequence[Path], *, rows: int) -> "pa.Table | None":
    """The first rows of row groups that are spread evenly; None where there are too few groups."""
    found = [parquet.ParquetFile(file) for file in files]
    groups = [(file, group) for file in found for group in range(file.num_row_groups)]
    if len({str(file.schema_arrow) for file in found}) > 1:
        return None
    wanted, size = chosen(len(groups), rows=rows, columns=len(found[0].schema_arrow))
    batches = [
        next(file.iter_batches(size, row_groups=[group]), None)
        for file, group in (groups[place] for place in wanted)
    ]
    held = [batch for batch in batches if batch is not None]
    return pa.Table.from_batches(held) if held else None


def chosen(groups: int, *, rows: int, columns: int) -> tuple[list[int], int]:
    """Which of so many row groups, and the first rows of each; none where they are too few."""
    if groups < LEAST_GROUPS:
        return [], 0
    # As `numpy.linspace` spaces them; its `unique` brings masked arrays along.
    step = (groups - 1) / (MOST_HEADS - 1)
    wanted = list(dict.fromkeys(int(place * step) for place in range(MOST_HEADS - 1)))
    wanted = list(dict.fromkeys([*wanted, groups - 1]))
    return wanted, min(rows, HEAD_VALUES // columns) // len(wanted) or 1
