"""The metrics of the machines behind a model, from their sources."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.errors import SourceError
from bot.profile.beside import Gauge
from bot.profile.engine import Engine
from bot.profile.gauges import gauges_of
from bot.settings import ModelSettings
from bot.sources import Sources

if TYPE_CHECKING:
    from bot.profile import Evidence


def system(
    sources: Sources, found: ModelSettings, evidence: "Evidence", absent: dict[str, str]
) -> Sequence[Gauge] | None:  # fmt: skip
    """Each system metric of each host before and during; None where no source can be read.

    One that cannot be read does not cost the others, and is noted all the same.
    """
    if not found.evidence.system:
        absent["system"] = "no source of system metrics is configured"
        return None
    start, at = datetime.fromtimestamp(evidence.grid.origin, UTC), evidence.at
    gauges: list[Gauge] = []
    failed: list[str] = []
    for name in found.evidence.system:
        try:
            with sources.system(name, start=start, end=at) as read:
                engine = Engine(read.connection)
                gauges += gauges_of(engine, read.table, evidence.windows, evidence.grid, at)
        except SourceError as error:
            failed.append(str(error))
    if failed:
        absent["system"] = "; ".join(failed)
    return None if len(failed) == len(found.evidence.system) else gauges
