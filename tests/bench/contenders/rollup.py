"""The rollup: CPU seconds to count it, milliseconds to answer three windows from it."""

import json
import sys
import time
from datetime import timedelta
from pathlib import Path

from bot.diagnosis.rolled import diagnose_rollup, read_rollup, update_rollup
from bot.settings import read_settings
from bot.sources import open_sources
from tests.bench.logs import INCIDENT

STARTS = [INCIDENT - timedelta(days=days) for days in (0, 3, 10, 20)]

settings = read_settings(Path(sys.argv[1]) / "plummet.toml")
with open_sources(settings) as sources:
    begin = time.process_time()
    update_rollup(settings, "bench", sources=sources, rebuild=True)
    built = time.process_time() - begin
    table = sources.table(settings.model("bench").predictions)
    data, whole = [], []
    for since in STARTS:
        begin = time.process_time()
        scan = read_rollup(settings, "bench", table=table, since=since)
        data.append((time.process_time() - begin) * 1000)
        begin = time.process_time()
        found = diagnose_rollup(settings, "bench", sources=sources, since=since)
        whole.append((time.process_time() - begin) * 1000)
        assert found.current.start == scan.grid.time(scan.windows.start), found.current
# The first window pays what a process pays once, such as late imports.
said = {"built": built, "data": data[1:], "whole": whole[1:], "rows": scan.log.rows}
sys.stdout.write(f"{json.dumps(said)}\n")
