"""What both roads of the drift part say at their end."""

from bot.profile.drift_part import DriftPart
from tests.bench.contenders.answer import answer


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
