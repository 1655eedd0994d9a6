"""Faults outside the taxonomy: the right answer is `unknown`."""

import numpy as np

from tests.faultbench.datasets import DATA_SETS
from tests.faultbench.faults.fault import Fault, between, struck
from tests.faultbench.faults.world import _append, _more
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


def exploration(scene: Scene, fault: Fault) -> None:
    """Some decisions are drawn at random, for an experiment that nobody announced."""
    hit = struck(scene, fault, between(0.1, 0.5, fault.severity))
    seen = scene.rows["prediction"].to_numpy()
    if DATA_SETS[scene.data].task == "regression":
        drawn = np.quantile(seen.astype(float), scene.rng.random(len(seen))).round(3)
    else:
        drawn = scene.rng.choice(np.unique(seen.astype(str)), len(seen)).astype(object)
    scene.rows["prediction"] = scene.rows["prediction"].where(~hit, drawn)


def test_traffic(scene: Scene, fault: Fault) -> None:
    """A load test reaches production: made-up rows, each value by itself plausible."""
    share = between(0.08, 0.4, fault.severity)
    extra = _more(scene, fault, share=share, weights=np.ones(len(scene.rows)))
    for name in (*scene.features, "label"):
        extra[name] = scene.rng.permutation(extra[name].to_numpy())
    _append(scene, extra)
