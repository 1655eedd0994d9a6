"""The log counted where it lies, through ibis: the road that every backend can go."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from bot.profile.arrivals import arrivals_by_bucket
from bot.profile.coded_log import BUCKET, EPOCH, LABEL, OUTCOME, PREDICTION, Coding, Key
from bot.profile.coding import code
from bot.profile.engine import Engine, Product
from bot.profile.sums import ids_by_bucket, sums_by_bucket

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import numpy.typing as npt

    Counts = npt.NDArray[np.int64]


class AskedLog:
    """Every answer is a query; `CodedLog` says what they are."""

    def __init__(self, coding: Coding, engine: Engine, rows: "ir.Table") -> None:
        self._coding = coding
        self._engine = engine
        self._base = rows
        self._names = _names(coding)

    @cached_property
    def sums(self) -> "dict[str, npt.NDArray[np.float64]]":
        """Each of `SUMS` as [bucket, outcome]."""
        made = self._coding
        return sums_by_bucket(made.log, made.found, made.grid, self._engine)

    @cached_property
    def arrivals(self) -> "Counts | None":
        """[bucket, label class, delay]."""
        made = self._coding
        return arrivals_by_bucket(made.log, made.found, made.grid, self._engine)

    @cached_property
    def ids(self) -> "Counts | None":
        """Distinct ids in each bucket."""
        return ids_by_bucket(self._coding.log, self._coding.grid, self._engine)

    def counted(
        self, keys: Sequence[Key], by: Sequence[str], *, epochs: "Counts | None" = None,
        among: Mapping[str, int] | None = None,
    ) -> "list[Counts]":  # fmt: skip
        """Rows of each key as [*by, *codes of the key]."""
        columns = self._coding.columns
        shapes = [tuple(columns[name].size for name in key) for key in keys]
        products = [
            Product(tuple((self._names[name], columns[name].size) for name in key)) for key in keys
        ]
        groups = self._coding.sizes(by)
        base = self._base
        for name, wanted in (among or {}).items():
            base = base.filter(base[self._names[name]] == wanted)
        if epochs is not None:
            base = base.mutate(epoch=_epoch(epochs, base[BUCKET]))
            base = base.filter(base[EPOCH] >= 0)
        group = Product(tuple(zip(by, groups, strict=True))).expression(base, 0)
        counts = self._engine.products(base, group, products, groups=math.prod(groups))
        return [
            counts.dense(i, groups=int(np.prod(groups)), codes=int(np.prod(shape))).reshape(
                *groups, *shape
            )
            for i, shape in enumerate(shapes)
        ]


@contextmanager
def ask_log(coding: Coding, engine: Engine) -> Iterator[AskedLog]:
    """The log, its rows coded once where the backend can keep them."""
    with engine.kept(_coded(coding)) as rows:
        yield AskedLog(coding, engine, rows)


def _names(coding: Coding) -> dict[str, str]:
    return {name: f"c{i}" for i, name in enumerate(coding.columns)}


def _coded(coding: Coding) -> "ir.Table":
    """Each row as its bucket, its outcome, its label and prediction, and its codes."""
    log, found, grid = coding.log, coding.found, coding.grid
    columns, table, names = log.settings.predictions.columns, log.table, _names(coding)
    label = code(table[columns.label], found.label)
    return table.select(**{
        BUCKET: ((log.clock - grid.origin) // grid.width).cast("int32"),
        OUTCOME: log.outcome(tolerance=found.tolerance),
        LABEL: ibis.ifelse(log.known(), label, ibis.literal(0, "int32")),
        PREDICTION: code(table[columns.prediction], found.prediction),
    }, **{
        names[bins.name]: code(table[bins.name], bins) for bins in found.plan.columns
    })  # fmt: skip


def _epoch(epochs: "Counts", bucket: Any) -> Any:
    """The epoch of a row from its bucket: a chain over the few places where it changes."""
    turns = [0, *(np.flatnonzero(np.diff(epochs)) + 1).tolist()]
    parts = [(bucket >= turn, int(epochs[turn])) for turn in reversed(turns[1:])]
    first = ibis.literal(int(epochs[0]), "int32")
    return ibis.cases(*parts, else_=first).cast("int32") if parts else first
