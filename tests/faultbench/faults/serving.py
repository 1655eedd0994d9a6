"""Faults of serving and of the machines: the offline recomputation does not show them."""

import numpy as np
import pandas as pd

from tests.faultbench.datasets import DATA_SETS
from tests.faultbench.faults import columns
from tests.faultbench.faults.fault import Fault, between, struck, within
from tests.faultbench.models import ROWS, Array, Model, importance, trained
from tests.faultbench.replay import Scene


def skewed_features(scene: Scene, fault: Fault) -> None:
    """One served feature is not what its recomputation gives."""
    hit = struck(scene, fault, between(0.5, 1.0, fault.severity))
    column = scene.rows[fault.feature]
    ways = ["missing_values", "default_fill", "join_break"]
    if fault.feature in DATA_SETS[scene.data].categorical:
        ways.append("category_recode")
    else:
        ways += ["unit_change", "noise", "noise"]
    way = str(scene.rng.choice(ways))
    match way:
        case "missing_values":
            changed = columns.missing(column, hit)
        case "default_fill":
            changed = columns.default(column, hit, scene.rng)
        case "join_break":
            changed = columns.of_other_rows(column, hit, scene.rng)
        case "category_recode":
            changed = columns.recoded(column, hit, scene.rng)
        case "unit_change":
            changed = columns.other_unit(column, hit, scene.rng)
        case _:
            changed = columns.noisy(column, hit, scene.rng)
    scene.rows[fault.feature] = changed
    fault.features = [fault.feature]
    fault.lookalike = None if way == "noise" else way


def model_version(scene: Scene, fault: Fault) -> None:
    """Another, worse version answers: trained on little, or without a feature that matters."""
    hit = struck(scene, fault, 1.0)
    weights = importance(scene.data, scene.algorithm)
    useful = sorted(weights, key=lambda f: -weights[f])
    if scene.rng.random() < 0.5:
        rows = int(round(between(500, 40, fault.severity), -1))
        worse = trained(scene.data, scene.algorithm, rows=rows)
    else:
        place = int(scene.rng.integers(0, 3 if fault.severity < 0.5 else 2))
        worse = trained(
            scene.data, scene.algorithm, rows=ROWS // 2, without=useful[min(place, len(useful) - 1)]
        )
    _answer(scene, worse, hit)
    scene.rows.loc[hit, "version"] = _next_version(str(scene.rows["version"].iloc[-1]))


def dependency_upgrade(scene: Scene, fault: Fault) -> None:
    """The same version under another runtime: inputs in another order, or other numerics."""
    hit = struck(scene, fault, 1.0)
    model = trained(scene.data, scene.algorithm)
    weights = importance(scene.data, scene.algorithm)
    useful = sorted(weights, key=lambda f: -weights[f])
    names = (useful[0], useful[int(scene.rng.integers(1, len(useful)))])
    coarse = 0.0
    if model.data.task == "binary" and scene.rng.random() < 0.5:
        coarse = float(scene.rng.choice([-1, 1])) * between(0.8, 3.0, fault.severity)
    changed = Model(
        data=model.data, codes=model.codes, estimator=model.estimator, classes=model.classes,
        swapped=None if coarse else names, coarse=coarse,
    )  # fmt: skip
    _answer(scene, changed, hit)


def threshold_change(scene: Scene, fault: Fault) -> None:
    """The decision follows from the score by another threshold (binary)."""
    hit = struck(scene, fault, 1.0)
    away = between(0.12, 0.4, fault.severity)
    scene.threshold = 0.5 + float(scene.rng.choice([-1.0, 1.0])) * away
    decided = np.where(scene.rows["score"] >= scene.threshold, "1", "0")
    scene.rows["prediction"] = scene.rows["prediction"].where(~hit, decided)


def fallback_predictions(scene: Scene, fault: Fault) -> None:
    """The model times out and a default answers."""
    hit = struck(scene, fault, between(0.25, 0.8, fault.severity))
    past = scene.rows["prediction"]
    if DATA_SETS[scene.data].task == "regression":
        scene.rows["prediction"] = past.where(~hit, round(float(past.median()), 2))
    else:
        usual = past.mode().iloc[0]
        scene.rows["prediction"] = past.where(~hit, usual)
        constant = {"0": 0.1, "1": 0.9}.get(usual, 0.5)
        scene.rows["score"] = scene.rows["score"].where(~hit, constant)
    scene.rows["fallback"] = scene.rows["fallback"] | hit
    slow = scene.rng.normal(900, 60, len(hit)).clip(600)
    scene.rows["latency_ms"] = scene.rows["latency_ms"].where(~hit, slow)
    scene.rows["timed_out"] = scene.rows["timed_out"] | hit


def regional_outage(scene: Scene, fault: Fault) -> None:
    """One host or region is ill: slow, failing, without its upstream's features."""
    ill = within(scene.rows, fault.slices) & (fault.clock.intensity(scene.rows["time"]) > 0)
    hit = struck(scene, fault, between(0.5, 0.95, fault.severity))
    weights = importance(scene.data, scene.algorithm)
    useful = sorted(weights, key=lambda f: -weights[f])
    lost = useful[: int(scene.rng.integers(1, 4))]
    for name in lost:
        scene.rows[name] = columns.missing(scene.rows[name], hit)
    slower = scene.rows["latency_ms"] * scene.rng.uniform(3, 9, len(ill))
    scene.rows["latency_ms"] = scene.rows["latency_ms"].where(~ill, slower)
    scene.rows["timed_out"] = scene.rows["timed_out"] | (ill & (scene.rng.random(len(ill)) < 0.1))
    scene.rows["failed"] = scene.rows["failed"] | (ill & (scene.rng.random(len(ill)) < 0.35))


def answer(model: Model, rows: pd.DataFrame) -> pd.DataFrame:
    """Prediction and score of each row; a regression has no score."""
    chances = model.likelihoods(rows)
    if model.data.task == "regression":
        return pd.DataFrame({"prediction": chances[:, 0].round(3), "score": np.nan})
    best = chances.argmax(axis=1)
    prediction = model.classes[best]
    score = chances[:, 1] if model.data.task == "binary" else chances.max(axis=1)
    if model.data.task == "binary":
        prediction = np.where(score.round(4) >= 0.5, "1", "0")
    return pd.DataFrame({"prediction": prediction.astype(object), "score": score.round(4)})


def _answer(scene: Scene, model: Model, hit: Array) -> None:
    changed = answer(model, scene.rows)
    for name in ("prediction", "score"):
        scene.rows[name] = scene.rows[name].where(~hit, changed[name])


def _next_version(version: str) -> str:
    stem = version.rstrip("0123456789")
    return f"{stem}{int(version[len(stem) :]) + 2}"
