"""The drift part alone, on local Parquet."""

import sys
from datetime import datetime
from pathlib import Path

from bot.profile.read_drift import read_drift
from bot.settings import read_settings
from bot.sources import open_sources
from tests.bench.contenders.drift import said

settings = read_settings(Path(sys.argv[1]) / "plummet.toml")
model = settings.model("bench")
with open_sources(settings) as sources:
    files = sources.files(model.predictions)
assert files is not None
found = read_drift(files, model, onset=datetime.fromisoformat(sys.argv[2]))
assert found is not None
said(found)
