"""How often each code of each column comes up in a table that has no time: the training data."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ibis

from bot.profile.arrays import plain
from bot.profile.coder import coder_of
from bot.profile.coding import code
from bot.profile.engine import Engine, Product
from bot.profile.inputs import valued
from bot.profile.tallied import Tally

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy as np
    import numpy.typing as npt

    from bot.profile.bins import Bins

    Counts = npt.NDArray[np.int64]


def count_plainly(engine: Engine, table: "ir.Table", columns: "Sequence[Bins]") -> "list[Counts]":
    """Rows of each code of each column; every engine gives the same."""
    if not columns:
        return []
    return _read(engine, table, columns) if engine.fast else _asked(engine, table, columns)


def _read(engine: Engine, table: "ir.Table", columns: "Sequence[Bins]") -> "list[Counts]":
    wanted: dict[str, Any] = {}
    for i, bins in enumerate(columns):
        wanted |= valued(f"c{i}", table[bins.name], bins)
    tallies = [Tally((bins.size,)) for bins in columns]
    coders = None
    for batch in engine.batches(table.select(**wanted)):
        found = dict(zip(batch.schema.names, batch.columns, strict=True))
        coders = coders or [
            coder_of(bins, found[f"c{i}_value"].type) for i, bins in enumerate(columns)
        ]
        for i, (coder, tally) in enumerate(zip(coders, tallies, strict=True)):
            gone = found.get(f"c{i}_gone")
            tally.add(coder.codes(found[f"c{i}_value"], None if gone is None else plain(gone)))
    return [tally.counts for tally in tallies]


def _asked(engine: Engine, table: "ir.Table", columns: "Sequence[Bins]") -> "list[Counts]":
    codes = {f"c{i}": code(table[bins.name], bins) for i, bins in enumerate(columns)}
    base = table.select(none=ibis.literal(0, "int32"), **codes)
    products = [Product(((f"c{i}", bins.size),)) for i, bins in enumerate(columns)]
    counts = engine.products(base, base.none, products, groups=1)
    return [counts.dense(i, groups=1, codes=b.size)[0] for i, b in enumerate(columns)]
