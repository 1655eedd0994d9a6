"""Faults of the ground truth and of the metric."""

import numpy as np
import pandas as pd

from tests.faultbench.datasets import DATA_SETS
from tests.faultbench.faults.fault import Fault, between, struck
from tests.faultbench.replay import Scene


def label_corruption(scene: Scene, fault: Fault) -> None:
    """Labels are wrong at random, whatever the features and the score."""
    hit = struck(scene, fault, between(0.06, 0.3, fault.severity))
    truth = scene.rows["label"]
    if DATA_SETS[scene.data].task == "regression":
        wrong = scene.rng.permutation(truth.to_numpy())
        scene.rows["label"] = truth.where(~hit, wrong)
        return
    classes = np.array(sorted(truth.dropna().unique()))
    place = pd.Series(np.searchsorted(classes, truth.to_numpy()), index=truth.index)
    step = scene.rng.integers(1, len(classes), len(truth))
    scene.rows["label"] = truth.where(~hit, classes[(place + step) % len(classes)])


def label_delay(scene: Scene, fault: Fault) -> None:
    """Labels come late; where a positive has not come yet, the join writes a negative."""
    hit = struck(scene, fault, between(0.35, 0.95, fault.severity))
    late = scene.rows["label_time"] + pd.to_timedelta(
        scene.rng.uniform(2, 9, len(hit)) * (fault.clock.at - fault.clock.onset).total_seconds(),
        unit="s",
    )
    labels = scene.rows["label"]
    negative = "0" if DATA_SETS[scene.data].task == "binary" else labels.mode().iloc[0]
    defaulted = hit & (labels != negative).to_numpy() & (scene.rng.random(len(hit)) < 0.8)
    scene.rows["label"] = labels.where(~defaulted, negative)
    moved = hit & ~defaulted & (scene.rng.random(len(hit)) < 0.5)
    scene.rows["label_time"] = scene.rows["label_time"].where(~moved, late)


def metric_definition(scene: Scene, fault: Fault) -> None:
    """The dashboard counts otherwise: some rows are wrong by its new definition."""
    hit = struck(scene, fault, between(0.05, 0.2, fault.severity))
    scene.rows["miscounted"] = hit
