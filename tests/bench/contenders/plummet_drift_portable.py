"""The drift part alone, by what ibis can say to any engine, here with DuckDB."""

import sys
from datetime import datetime
from pathlib import Path

from bot.profile.asked_drift import ask_drift
from bot.profile.engine import Engine
from bot.settings import read_settings
from bot.sources import open_sources
from tests.bench.contenders.drift import said

settings = read_settings(Path(sys.argv[1]) / "plummet.toml")
model = settings.model("bench")
with open_sources(settings) as sources:
    engine = Engine(sources.engine(model.predictions.source))
    engine.fast = False
    with engine.settled():
        table = sources.table(model.predictions)
        said(ask_drift(table, model, engine, onset=datetime.fromisoformat(sys.argv[2])))
