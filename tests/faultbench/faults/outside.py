"""Faults outside the taxonomy: the right answer is `unknown`."""

import numpy as np

from tests.faultbench.datasets import DATA_SETS
from tests.faultbench.faults.fault import Fault, between, struck
from tests.faultbench.faults.world import append, more
from tests.faultbench.models import importance
from tests.faultbench.replay import Scene


def answers_mixed_up(scene: Scene, fault: Fault) -> None:
    """Requests that run at the same time get each other's answers, by a bug of the server."""
    hit = struck(scene, fault, between(0.15, 0.7, fault.severity))
    order = np.flatnonzero(hit)
    size = 25
    for first in range(0, len(order), size):
        together = order[first : first + size]
        mixed = scene.rng.permutation(together)
        for name in ("prediction", "score"):
            column = scene.rows[name].to_numpy(copy=True)
            column[together] = column[mixed]
            scene.rows[name] = column


def noisy_sources(scene: Scene, fault: Fault) -> None:
    """Numbers arrive with a random error each, as from a worn sensor; their recomputation too."""
    hit = struck(scene, fault, between(0.5, 1.0, fault.severity))
    weights = importance(scene.data, scene.algorithm)
    numeric = sorted(DATA_SETS[scene.data].numeric, key=lambda f: -weights[f])
    for name in numeric[: int(scene.rng.integers(1, 4))]:
        numbers = scene.rows[name].astype("float64")
        spread = float(numbers.quantile(0.9) - numbers.quantile(0.1)) / 2
        error = scene.rng.normal(0, spread * between(0.4, 1.5, fault.severity), len(numbers))
        scene.rows[name] = numbers.where(~hit, (numbers + error).round(3))


def test_traffic(scene: Scene, fault: Fault) -> None:
    """A load test reaches production: made-up rows, each value by itself plausible."""
    share = between(0.08, 0.4, fault.severity)
    extra = more(scene, fault, share=share, weights=np.ones(len(scene.rows)))
    for name in (*scene.features, "label"):
        extra[name] = scene.rng.permutation(extra[name].to_numpy())
    append(scene, extra)
