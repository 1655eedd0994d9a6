"""A sample of local Parquet that costs the same however large the files are."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
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
    if len(groups) < LEAST_GROUPS or len({str(file.schema_arrow) for file in found}) > 1:
        return None
    wanted = np.unique(np.linspace(0, len(groups) - 1, MOST_HEADS).astype(int)).tolist()
    size = min(rows, HEAD_VALUES // len(found[0].schema_arrow)) // len(wanted) or 1
    batches = [
        next(file.iter_batches(size, row_groups=[group]), None)
        for file, group in (groups[place] for place in wanted)
    ]
    return pa.Table.from_batches([batch for batch in batches if batch is not None])
