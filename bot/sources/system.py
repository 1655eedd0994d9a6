"""System metrics in long format: time, metric, value, perhaps host."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.errors import SourceError
from bot.sources.tables import TableSource

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A table of system metrics, and the ibis connection that it is read through."""

    connection: Any
    table: "ir.Table"


def read_system(source: TableSource) -> System:
    """The table of a `metrics` source, its three required columns checked."""
    table = source.table(source.single_name)
    missing = {"time", "metric", "value"} - set(table.columns)
    if missing:
        raise SourceError(
            f"{source.where}: system metrics need the columns time, metric and value;"
            f" {', '.join(sorted(missing))} missing (there are {', '.join(table.columns)})"
        )
    return System(connection=source.connection, table=table)
