"""The first look, by whatever reads the log: a database, or the heads of its files in memory."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.profile.binning import ERROR, Ends, Levels, Look, Survey, find_bins
from bot.profile.coding import finite, moment, number, seconds, since
from bot.profile.held import HeldLook
from bot.profile.values import common_values, quantiles

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bot.profile.engine import Engine
    from bot.profile.log import Log
    from bot.profile.plan import Plan


def survey(log: "Log", plan: "Plan", engine: "Engine", reference: "ir.Table | None") -> Survey:
    """Find the bins of every column on the log and the reference."""
    return find_bins(
        log.settings, plan, _look(log, plan, engine), known=_ends(plan, engine, reference)
    )


def _look(log: "Log", plan: "Plan", engine: "Engine") -> Look:
    rows = log.heads() if engine.fast else None
    if rows is None:
        return AskedLook(log, engine, log.sample(engine))
    if HeldLook.reads(rows.schema, log.settings, plan):
        return HeldLook(rows, log)
    part = engine.held(rows)
    clock = seconds(moment(part[log.settings.predictions.columns.time]))
    return AskedLook(log, engine, part.filter(clock.between(log.first, log.last)))


class AskedLook:
    """A look that a database takes; `Look` says what it answers."""

    def __init__(self, log: "Log", engine: "Engine", table: "ir.Table") -> None:
        self._log = log
        self._engine = engine
        self._table = table

    @cached_property
    def rows(self) -> int:
        """How many rows are looked at."""
        if self._table is self._log.table:
            return self._log.rows
        ((rows,),) = self._engine.rows(self._table.aggregate(n=self._table.count()))
        return int(rows)

    @property
    def types(self) -> Mapping[str, str]:
        """The type of each column."""
        return {name: str(kind) for name, kind in self._table.schema().items()}

    def common(self, least: Mapping[str, int]) -> list[tuple[str, str, int, int]]:
        """Values that come often."""
        late = since(self._time, self._log.last - (self._log.last - self._log.first) // 10)
        return common_values(self._engine, self._table, least, late=late)

    def quantiles(self, levels: Mapping[str, Levels]) -> dict[str, list[float | None]]:
        """Quantiles and ends over the first half of the time."""
        early = self._table.filter(~since(self._time, (self._log.first + self._log.last) // 2))
        if ERROR in levels:
            columns = self._log.settings.predictions.columns
            apart = number(early[columns.prediction]) - number(early[columns.label])
            early = early.mutate(**{ERROR: apart.abs()})
        values = {name: finite(number(early[name])) for name in levels}
        return quantiles(self._engine, early, values, levels)

    @property
    def _time(self) -> Any:
        return moment(self._table[self._log.settings.predictions.columns.time])


def _ends(plan: "Plan", engine: "Engine", reference: "ir.Table | None") -> Mapping[str, Ends]:
    """The least and the greatest of each number in the reference."""
    if reference is None:
        return {}
    numeric = [bins.name for bins in plan.columns if bins.kind == "numeric"]
    shared = [name for name in numeric if name in reference.columns]
    values = {name: finite(number(reference[name])) for name in shared}
    found = quantiles(engine, reference, values, dict.fromkeys(shared, ()))
    return {name: (least, greatest) for name, (least, greatest) in found.items()}
