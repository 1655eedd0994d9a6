"""The drift part alone, on local Parquet."""

import sys
from datetime import datetime
from pathlib import Path

from bot.profile.read_drift import read_drift
from bot.settings import read_settings
from tests.bench.contenders.drift import said

folder = Path(sys.argv[1])
model = read_settings(folder / "plummet.toml").model("bench")
found = read_drift([folder / "log.parquet"], model, onset=datetime.fromisoformat(sys.argv[2]))
assert found is not None
said(found)
