"""A case from its faults: traffic, features, answers, labels, log, in that order."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from tests.faultbench.datasets import DATA_SETS
from tests.faultbench.faults.fault import Fault
from tests.faultbench.faults.kinds import KINDS, Stage
from tests.faultbench.faults.serving import answer
from tests.faultbench.faults.world import HIDDEN, drift_without_harm
from tests.faultbench.models import Algorithm, importance, losses, trained
from tests.faultbench.replay import Clock, Scene, replay


@dataclass(slots=True, kw_only=True)
class Plan:
    """What a case is made of, before it is played."""

    seed: int
    family: str
    data: str
    algorithm: Algorithm
    clock: Clock
    rows: int
    metric: str
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    """Each fault with its family in KINDS."""
    distractor: Fault | None = None
    releases: list[tuple[pd.Timestamp, str, str]] = field(default_factory=list)
    """Innocent releases of the model in the history: when, from, to."""


def stage(plan: Plan) -> Scene:
    """The traffic before anything happens to it, with what a clean model makes of each row."""
    rng = np.random.default_rng([plan.seed, 1])
    rows = replay(plan.data, plan.clock, rows=plan.rows, rng=rng)
    model = trained(plan.data, plan.algorithm)
    chances = model.likelihoods(rows)
    ordered = np.sort(chances, axis=1)
    rows["loss"] = losses(model, chances, rows["label"])
    rows["margin"] = ordered[:, -1] - ordered[:, -2] if chances.shape[1] > 1 else 1.0
    rows["hardness"] = _hardness(rows, plan)
    _serving_columns(rows, rng)
    plan.releases = _released(plan, rows, rng)
    return Scene(
        data=plan.data,
        algorithm=plan.algorithm,
        clock=plan.clock,
        rng=np.random.default_rng([plan.seed, 2]),
        rows=rows,
        offline=rows[list(DATA_SETS[plan.data].features)].copy(),
        hardness=rows["hardness"],
    )


def play(plan: Plan, scene: Scene, *, faults: bool = True) -> Scene:
    """The scene with its log written: all faults injected, each at its stage.

    With `faults=False` only the distractor acts: what would have been.
    """
    scene = Scene(
        data=scene.data, algorithm=scene.algorithm, clock=scene.clock,
        rng=np.random.default_rng([plan.seed, 3]), rows=scene.rows.copy(),
        offline=scene.offline.copy(), hardness=scene.hardness,
    )  # fmt: skip
    acting = plan.faults if faults else []
    if plan.distractor is not None:
        drift_without_harm(scene, plan.distractor)
    _inject(scene, acting, "traffic")
    _inject(scene, acting, "source")
    scene.offline = scene.rows[list(scene.features)].copy()
    _inject(scene, acting, "serving")
    answers = answer(trained(plan.data, plan.algorithm), scene.rows)
    scene.rows["prediction"] = answers["prediction"].to_numpy()
    scene.rows["score"] = answers["score"].to_numpy()
    _inject(scene, acting, "answer")
    _labels(scene)
    _inject(scene, acting, "label")
    _inject(scene, acting, "log")
    late = scene.rows["label_time"].isna() | (scene.rows["label_time"] > plan.clock.at)
    scene.rows["label"] = scene.rows["label"].astype(object).where(~late, None)
    scene.rows["label_time"] = scene.rows["label_time"].where(~late)
    return scene


def _inject(scene: Scene, faults: list[tuple[str, Fault]], which: Stage) -> None:
    for family, fault in faults:
        if KINDS[family].stage == which:
            KINDS[family].inject(scene, fault)


def _labels(scene: Scene) -> None:
    """When each label arrives; three in a hundred never do."""
    count, rng = len(scene.rows), scene.rng
    hours = rng.gamma(2.0, scene.clock.tempo.label_hours / 1.7, count)
    arrives = scene.rows["time"] + pd.to_timedelta((hours * 3600).round(), unit="s")
    scene.rows["label_time"] = arrives.where(rng.random(count) >= 0.03)


def _serving_columns(rows: pd.DataFrame, rng: np.random.Generator) -> None:
    count = len(rows)
    base = rng.uniform(24, 38)
    rows["version"] = f"{rng.choice(['v', 'r', '2024.'])}{int(rng.integers(3, 400))}"
    rows["latency_ms"] = (base * rng.lognormal(0, 0.35, count)).round(1)
    rows["fallback"] = False
    rows["timed_out"] = rng.random(count) < 0.002
    rows["failed"] = rng.random(count) < 0.003
    rows["miscounted"] = False


def _released(
    plan: Plan, rows: pd.DataFrame, rng: np.random.Generator
) -> list[tuple[pd.Timestamp, str, str]]:
    """In four of ten histories a release that changed nothing but the version's name."""
    if rng.random() > 0.4:
        return []
    when = plan.clock.start + (plan.clock.onset - plan.clock.start) * float(rng.uniform(0.15, 0.85))
    new = str(rows["version"].iloc[0])
    stem = new.rstrip("0123456789")
    old = f"{stem}{int(new[len(stem) :]) - 1}"
    rows.loc[rows["time"] < when, "version"] = old
    return [(when, old, new)]


def _hardness(rows: pd.DataFrame, plan: Plan) -> pd.Series:
    """Mean loss among rows that are alike in the two features that matter most."""
    weights = importance(plan.data, plan.algorithm)
    best = sorted(weights, key=lambda f: -weights[f])[:2]
    keys = []
    for name in best:
        column = rows[name]
        if pd.api.types.is_numeric_dtype(column) and column.nunique() > 8:
            column = pd.qcut(column.rank(), 8, labels=False, duplicates="drop")
        keys.append(column.astype(object).fillna("none").astype(str))
    return rows["loss"].groupby(keys).transform("mean")


HIDDEN_COLUMNS = (*HIDDEN, "timed_out", "failed", "miscounted")
"""Columns of a scene that no log has."""
