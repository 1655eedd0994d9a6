"""The whole of a diagnosis by the road that every engine can go, here with DuckDB."""

import sys
from pathlib import Path
from typing import Any

import bot.profile.engine
from bot.diagnosis import diagnose
from bot.settings import read_settings
from bot.sources import open_sources
from tests.bench.contenders.answer import answer


class Portable(bot.profile.engine.Engine):
    """DuckDB, held to what ibis can say to any engine."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self.fast = False


bot.profile.engine.Engine = Portable  # type: ignore[misc]  # no setting asks for the slow road
settings = read_settings(Path(sys.argv[1]) / "plummet.toml")
with open_sources(settings) as sources:
    found = diagnose(settings, "bench", sources=sources)
moved = {
    finding.subject["feature"]: finding.strength
    for finding in found.findings
    if finding.check == "data.distribution" and "feature" in finding.subject
}
answer(
    rows=[found.baseline.rows, found.current.rows],
    moved=max(moved, key=lambda name: moved[name], default=None),
)
