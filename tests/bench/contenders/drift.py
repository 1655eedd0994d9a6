"""The drift part alone, through the door that it has in our own profile."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bot.profile.drift_part import DriftPart, drift_part
from bot.profile.engine import Engine
from bot.settings import read_settings
from bot.sources import open_sources
from tests.bench.contenders.answer import answer


def report_drift(files: Sequence[Path] | None, *, fast: bool) -> None:
    """Count, and print what moved.

    Args:
        files: Local Parquet files that may be read without a database.
        fast: Whether the engine may go its own road.
    """
    settings = read_settings(Path(sys.argv[1]) / "plummet.toml")
    model = settings.model("bench")
    with open_sources(settings) as sources:
        engine = Engine(sources.engine(model.predictions.source))
        engine.fast = fast
        with engine.settled():
            table = sources.table(model.predictions)
            onset = datetime.fromisoformat(sys.argv[2])
            said(drift_part(table, model, engine, onset=onset, files=files))


def said(found: DriftPart) -> None:
    """Every distance of every feature is asked for, as the peers give theirs."""
    distances = {
        name: (each.psi, each.js, each.chi_squared, each.wasserstein)
        for name, each in found.features.items()
    }
    rows = next(iter(found.features.values())).counts.sum(axis=(1, 2))
    features = [name for name in distances if name.startswith(("number_", "word_"))]
    moved = max(features, key=lambda name: distances[name][0])
    answer(rows=[int(count) for count in rows], moved=moved)
