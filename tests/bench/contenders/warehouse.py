"""One task against Postgres, Spark or DuckDB through ibis: `… FOLDER TASK URL [SERVER]`.

TASK is `scan` (count, least and greatest of every column in two windows), `drift` (the drift part
of a profile) or `whole` (a diagnosis).
What is printed has `cpu` and `wall`, in seconds from the question to the answer: CPU of this
process and of the server that answers it, SERVER being the number of its first process.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import ibis

from bot.diagnosis import diagnose
from bot.profile.asked_drift import ask_drift
from bot.profile.engine import Engine
from bot.settings import Settings, read_settings
from bot.sources import Sources, open_sources
from tests.bench.logs import INCIDENT


def scan(settings: Settings, sources: Sources) -> list[int]:
    """The limit of this engine."""
    log = sources.table(settings.model("bench").predictions)
    asked = {
        f"{name}_{what}": getattr(log[name], what)()
        for name in log.columns
        for what in ("count", "min", "max")
    }
    windows = log.group_by(during=log.event_time >= ibis.timestamp(INCIDENT.isoformat()))
    query = windows.aggregate(rows=log.count(), **asked).order_by("during")
    found = sources.engine("files").to_pyarrow(query)
    return [int(rows) for rows in found["rows"].to_pylist()]


def whole(settings: Settings, sources: Sources) -> list[int]:
    """Every count, every check, the ranking."""
    found = diagnose(settings, "bench", sources=sources)
    return [found.baseline.rows, found.current.rows]


def drift(settings: Settings, sources: Sources) -> list[int]:
    """The drift part of a profile alone."""
    model = settings.model("bench")
    engine = Engine(sources.engine("files"))
    with engine.settled():
        table = sources.table(model.predictions)
        found = ask_drift(table, model, engine, onset=INCIDENT)
    first = next(iter(found.features.values()))
    return [int(rows) for rows in first.counts.sum(axis=(1, 2))]


TASKS: Mapping[str, Callable[[Settings, Sources], list[int]]] = {
    "scan": scan,
    "drift": drift,
    "whole": whole,
}


def cpu_of(process: int) -> float:
    """CPU seconds of a process and of the children that it has waited for (proc(5))."""
    text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    fields = text.rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def spark() -> int:
    """Start Spark; the number of its process."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - in an environment of its own

    session = SparkSession.builder.master("local[2]").config("spark.driver.memory", "4g")
    made = session.config("spark.ui.enabled", "false").getOrCreate()
    return int(made.sparkContext._gateway.proc.pid)  # the only way to its number


def configured(folder: Path, url: str) -> Path:
    """The configuration of the log, with its table in another engine."""
    text = (folder / "plummet.toml").read_text(encoding="utf-8")
    file = folder / f"{url.partition(':')[0]}.toml"
    text = text.replace("duckdb://", url)
    if not url.startswith("pyspark"):  # Spark reads the file itself
        text = text.replace("log.parquet", "log")
    file.write_text(text, encoding="utf-8")
    return file


def main() -> None:
    """Do the task and print what it cost."""
    folder, task, url = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    server = spark() if url.startswith("pyspark") else int(sys.argv[4])
    settings = read_settings(configured(folder, url))
    with open_sources(settings) as sources:
        sources.table(settings.model("bench").predictions)  # drivers are imported, and connected
        wall, own, theirs = time.perf_counter(), time.process_time(), cpu_of(server)
        rows = TASKS[task](settings, sources)
    found = {"rows": rows, "wall": time.perf_counter() - wall}
    time.sleep(0.3)  # until the server has waited for the workers that end with the connection
    found["cpu"] = time.process_time() - own + cpu_of(server) - theirs
    sys.stdout.write(f"{json.dumps(found)}\n")


main()
