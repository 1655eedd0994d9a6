"""A few single rows of a prediction log, asked for when a check wants them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.errors import SourceError
from bot.profile.single_rows import REDACTED, Asked
from bot.settings import ModelSettings, nearest
from bot.sources.sources import Sources

if TYPE_CHECKING:
    from datetime import datetime

    import ibis.expr.types as ir

    from bot.profile.bins import Bins
    from bot.profile.log import Log

LARGEST = 5_000
"""More rows than this are never brought at once, whatever is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRows:
    """Rows of one log between `first` and `last`, split at `start` (seconds since 1970, UTC).

    `bins` are those of the scan, by column, the label and the prediction among them.
    """

    sources: Sources
    settings: ModelSettings
    at: "datetime"
    first: int
    start: int
    last: int
    tolerance: float | None
    bins: "Mapping[str, Bins]"

    def wrong(self, asked: Asked) -> Sequence[Mapping[str, object]]:
        """Wrong rows since the onset, as `asked`, in an order that never changes.

        Raises:
            SourceError: The log cannot be read, or `redact` names a column that it does not have.
        """
        from bot.profile.coding import code  # noqa: PLC0415 - brings ibis, wanted once data is read
        from bot.profile.columns import WRONG  # noqa: PLC0415 - as above

        log = self._log(self.start, self.last)
        self._require_redacted(log.table)
        chosen = log.outcome(tolerance=self.tolerance) == WRONG
        for name, wanted in asked.among.items():
            chosen &= code(log.table[name], self.bins[name]) == wanted
        hidden = set(self.settings.predictions.redact)
        shown = [name for name in asked.columns if name not in hidden]
        first = [_sureness(log)] if asked.surest else []
        rows = self._ordered(log, chosen, shown, first=first, most=min(asked.most, LARGEST))
        return [{name: row.get(name, REDACTED) for name in asked.columns} for row in rows]

    def sample(
        self, columns: Sequence[str], *, during: bool, most: int
    ) -> Sequence[Mapping[str, object]]:
        """Labelled rows, every so manieth by time, so that they are spread evenly.

        Raises:
            SourceError: The log cannot be read.
        """
        import ibis  # noqa: PLC0415 - a second to import, wanted once data is read

        log = self._log(*((self.start, self.last) if during else (self.first, self.start)))
        columns_of = self.settings.predictions.columns
        table = log.table.filter(log.known())
        ties = [table[name] for name in (columns_of.id, *columns) if name in table.columns]
        order = [table[columns_of.time], *dict.fromkeys(ties)]
        base = table.select(
            *columns, plummet_n=ibis.row_number().over(order_by=order), plummet_all=table.count()
        )
        step = ibis.greatest((base.plummet_all + most - 1) // most, ibis.literal(1, "int64"))
        kept = base.filter(base.plummet_n % step == 0).order_by("plummet_n").limit(most)
        return self._fetched(kept, list(columns))

    def _log(self, first: int, last: int) -> "Log":
        from bot.profile.coding import literal, moment, seconds  # noqa: PLC0415 - brings ibis
        from bot.profile.log import Log  # noqa: PLC0415 - as above

        whole = Log(
            table=self.sources.table(self.settings.predictions), settings=self.settings,
            at=self.at, rows=0, undated=0, first=first, last=last,
        )  # fmt: skip
        # Files of other times stay closed: to convert every time of the log was most of the work.
        near = whole.around([(first, last)])
        time = moment(near[self.settings.predictions.columns.time])
        clock = seconds(time)
        part = near.filter(time <= literal(self.at), clock >= first, clock < last)
        return replace(whole, table=part)

    def _ordered(
        self, log: "Log", chosen: Any, shown: list[str], *, first: list[Any], most: int
    ) -> list[Mapping[str, object]]:
        """The first rows; ties of time are settled by every column that is shown."""
        columns = self.settings.predictions.columns
        # A column can order rows once: what goes first already is no tie breaker.
        ties = (log.table[name] for name in shown if name not in {columns.time, columns.score})
        order = [*first, log.table[columns.time].desc(), *ties]
        kept = log.table.filter(chosen).order_by(order).limit(most)
        return self._fetched(kept, shown)

    def _fetched(self, kept: "ir.Table", names: list[str]) -> list[Mapping[str, object]]:
        from bot.profile.engine import Engine  # noqa: PLC0415 - brings numpy, as above

        if not names:
            return []
        name = self.settings.predictions.source
        plain = kept.select(**{f"v{i}": _plain(kept[column]) for i, column in enumerate(names)})
        with self.sources.hold(name):
            rows = Engine(self.sources.engine(name)).rows(plain)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _require_redacted(self, table: "ir.Table") -> None:
        """A misspelt column would show what was to be hidden."""
        for name in self.settings.predictions.redact:
            if name not in table.columns:
                raise SourceError(
                    f"`redact` names {name!r}, which is no column of"
                    f" {self.settings.predictions.table!r}{nearest(name, table.columns)}:"
                    " no rows are shown until it is right"
                )


def _plain(column: Any) -> Any:
    """A column in a type that every driver hands over as plain Python."""
    from bot.profile.coding import moment, number  # noqa: PLC0415 - brings ibis, as above

    kind = column.type()
    if kind.is_timestamp():
        return moment(column)
    if kind.is_decimal():
        return number(column)
    return column.cast("string") if kind.is_nested() else column


def _sureness(log: "Log") -> Any:
    """How sure the model was of a row, the surest first; the largest error of a regression."""
    from bot.profile.coding import number  # noqa: PLC0415 - brings ibis, wanted once data is read

    settings = log.settings
    if settings.task == "regression":
        return log.error().abs().desc()
    name = settings.predictions.columns.score
    if name is None or name not in log.table.columns:
        raise SourceError("how sure the model was is not known: there is no score")
    score = number(log.table[name])
    middle = 0.5 if settings.threshold is None else settings.threshold
    return ((score - middle).abs() if settings.task == "binary" else score).desc()
