"""Has the diagnoser answer every case, and keeps its documents beside the cases."""

import json
import os
import time
import tomllib
import traceback
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ANSWERS = "answers"


def cases(folder: Path) -> list[Path]:
    """The case folders below a folder, in order."""
    return sorted(path.parent for path in folder.glob("*/truth.json"))


def run(folder: Path, *, workers: int, again: bool = False) -> str:
    """Diagnoses each case that has no answer yet (`again`: each case); says how it went."""
    kept = folder / ANSWERS
    kept.mkdir(exist_ok=True)
    wanted = [c for c in cases(folder) if again or not (kept / f"{c.name}.json").exists()]
    os.environ["OMP_NUM_THREADS"] = "1"
    if workers == 1:
        done = [answer(case) for case in wanted]
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            done = list(pool.map(answer, wanted))
    return f"{len(done)} cases diagnosed, {done.count(False)} of them ended in an error"


def answer(case: Path) -> bool:
    """One case: `answers/CASE.json` with `seconds` and the `document`, or the `error`."""
    started = time.perf_counter()
    try:
        found: dict[str, Any] = {"document": diagnosed(case)}
    except Exception:  # noqa: BLE001 - a defect is a wrong answer of this case, not the run's end
        found = {"error": traceback.format_exc(limit=-4)}
    found["seconds"] = round(time.perf_counter() - started, 3)
    kept = case.parent / ANSWERS / f"{case.name}.json"
    kept.parent.mkdir(exist_ok=True)
    partial = kept.with_suffix(".partial")
    partial.write_text(json.dumps(found, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(kept)
    return "document" in found


def diagnosed(case: Path) -> dict[str, Any]:
    """The contract's document for one case, as `plummet diagnose --format json` prints it."""
    # Only here does the bench touch what it measures.
    from bot.diagnosis import diagnose, document  # noqa: PLC0415 - see above
    from bot.settings import read_settings  # noqa: PLC0415 - see above
    from bot.sources import open_sources  # noqa: PLC0415 - see above

    config = case / "plummet.toml"
    [model] = tomllib.loads(config.read_text(encoding="utf-8"))["models"]
    at = datetime.fromisoformat((case / "at.txt").read_text().strip())
    settings = read_settings(config)
    with open_sources(settings) as sources:
        return document(diagnose(settings, model, sources=sources, at=at))
