"""What the world does: other rows come, or the truth at the same features is another."""

import numpy as np
import pandas as pd

from tests.faultbench.datasets import DATA_SETS
from tests.faultbench.faults.fault import Fault, between, struck
from tests.faultbench.models import Array, importance
from tests.faultbench.replay import Scene

HIDDEN = ("loss", "margin", "hardness")
"""What is known of a row before anything happens to it: not logged."""


def covariate_shift(scene: Scene, fault: Fault) -> None:
    """More rows from the hard values of one feature."""
    cells = _cells(scene.rows[_world_feature(scene, fault)])
    hard = scene.rows["loss"].groupby(cells).transform("mean").rank(pct=True).to_numpy()
    hit = struck(scene, fault, between(0.4, 0.95, fault.severity))
    _swap(scene, hit, hard ** between(2, 6, fault.severity))


def prior_shift(scene: Scene, fault: Fault) -> None:
    """More of the class that the model does worst on, each class as it was within."""
    worst = scene.rows.groupby("label")["loss"].mean().idxmax()
    hit = struck(scene, fault, between(0.2, 0.8, fault.severity))
    _swap(scene, hit, (scene.rows["label"] == worst).to_numpy(dtype=float))


def concept_drift(scene: Scene, fault: Fault) -> None:
    """In a region of one feature the label is another than it was."""
    cells = _cells(scene.rows[_world_feature(scene, fault)])
    order = scene.rng.permutation(sorted(cells.unique()))
    shares = cells.value_counts(normalize=True).loc[list(order)].cumsum().to_numpy()
    wanted = between(0.25, 0.5, fault.severity)
    region = cells.isin(order[: int(np.searchsorted(shares, wanted)) + 1]).to_numpy()
    hit = struck(scene, fault, between(0.4, 0.9, fault.severity)) & region
    truth = scene.rows["label"]
    if DATA_SETS[scene.data].task == "regression":
        scene.rows["label"] = truth.where(~hit, truth * scene.rng.choice([0.65, 0.75, 1.3, 1.45]))
        return
    classes = sorted(truth.unique())
    turned = dict(zip(classes, np.roll(classes, 1), strict=True))
    if len(classes) == 2 and scene.rng.random() < 0.6:  # only the frequent class becomes the other
        frequent = str(truth[region].mode().iloc[0])
        turned[turned[frequent]] = turned[frequent]
    scene.rows["label"] = truth.where(~hit, truth.map(turned))


def traffic_mix(scene: Scene, fault: Fault) -> None:
    """A client that is new, or was small, sends many rows of a hard kind."""
    share = between(0.12, 0.5, fault.severity)
    names = ["partner-7", "b2b", "kiosk", "batch", "resellers"]
    fresh = str(scene.rng.choice(names))
    column = str(scene.rng.choice(["client", "client", "region"]))
    if column == "region":
        fresh = str(scene.rng.choice(["sin", "latam", "mena"]))
    rank = scene.rows["hardness"].rank(pct=True).to_numpy()
    weights = rank ** between(2.5, 7, fault.severity)
    if scene.rng.random() < 0.3:  # known before, and hard then too
        few = scene.rng.random(len(rank)) < 0.05 * weights / max(weights.mean(), 1e-9)
        scene.rows.loc[few, column] = fresh
    extra = more(scene, fault, share=share, weights=weights)
    extra[column] = fresh
    fault.slices = [{column: fresh}]
    append(scene, extra)


def adversarial(scene: Scene, fault: Fault) -> None:
    """A few senders ask a lot near the decision boundary, where the model errs."""
    share = between(0.06, 0.25, fault.severity)
    close = 1 - scene.rows["margin"].rank(pct=True).to_numpy()
    weights = close**2 * np.where(scene.rows["loss"] > 0, 1.0, 0.12)
    extra = more(scene, fault, share=share, weights=weights)
    count = int(scene.rng.integers(2, 5))
    senders = [f"{i:06x}" for i in scene.rng.choice(16**6, count, replace=False)]
    extra["tenant"] = scene.rng.choice(senders, len(extra))
    fault.slices = [{"tenant": sender} for sender in senders]
    append(scene, extra)


def season(scene: Scene, fault: Fault) -> None:
    """Harder rows at one phase of every cycle: at week-ends, or in some hours of each day."""
    days = fault.clock.tempo.bucket_s > 43_200
    times = scene.rows["time"]
    length = 7 * 86_400 if days else 86_400
    lasting = 2 * 86_400 if days else 6 * 3600
    back = (fault.clock.at - times).dt.total_seconds().to_numpy()
    phase = np.mod(back, length) < lasting
    rank = scene.rows["hardness"].rank(pct=True).to_numpy()
    chosen = phase & (scene.rng.random(len(rank)) < between(0.4, 0.9, fault.severity))
    _swap(scene, chosen, rank ** between(3, 8, fault.severity))


def drift_without_harm(scene: Scene, fault: Fault) -> None:
    """More rows come with the upper values, or the rare categories, of a feature of no weight.

    Whole rows come more often, so that the feature goes with the others and the label as before.
    """
    column = scene.rows[fault.feature]
    if pd.api.types.is_numeric_dtype(column):
        rank = column.rank(pct=True).fillna(0).to_numpy()
    else:
        rank = 1 - column.map(column.value_counts(normalize=True)).fillna(0).to_numpy(dtype=float)
    _swap(scene, struck(scene, fault, fault.severity), rank ** scene.rng.uniform(2, 5))


def _world_feature(scene: Scene, fault: Fault) -> str:
    """A feature that matters and takes several values."""
    weights = importance(scene.data, scene.algorithm)
    several = [f for f in scene.features if scene.rows[f].nunique() > 3]
    best = sorted(several, key=lambda f: -weights[f])[:4]
    fault.world_feature = str(scene.rng.choice(best))
    return fault.world_feature


def _cells(column: pd.Series) -> pd.Series:
    """Values in at most eight cells: tenths of numbers, the frequent categories."""
    if pd.api.types.is_numeric_dtype(column) and column.nunique() > 8:
        return pd.qcut(column.rank(method="average"), 8, labels=False, duplicates="drop").fillna(-1)
    frequent = column.value_counts().index[:8]
    return column.where(column.isin(frequent), "other").astype(str)


def _swap(scene: Scene, positions: Array, weights: Array) -> None:
    """Other rows of the traffic come instead, at the same hour of the day where it is a feature."""
    contents = [*scene.features, "label", *HIDDEN]
    hour = DATA_SETS[scene.data].hour
    groups = scene.rows[hour].to_numpy() if hour else np.zeros(len(scene.rows))
    donors = np.arange(len(scene.rows))
    for group in np.unique(groups[positions]):
        inside = np.flatnonzero(groups == group)
        chances = weights[inside] + 1e-12
        wanted = np.flatnonzero(positions & (groups == group))
        donors[wanted] = scene.rng.choice(inside, len(wanted), p=chances / chances.sum())
    for name in contents:
        scene.rows[name] = scene.rows[name].array.take(donors)


def more(scene: Scene, fault: Fault, *, share: float, weights: Array) -> pd.DataFrame:
    """Further requests after the onset, at the fault's shape, so that they are `share` of all."""
    chance = fault.clock.intensity(scene.rows["time"])
    after = np.flatnonzero(chance > 0)
    count = int(chance[after].sum() * share / (1 - share))
    when = scene.rng.choice(after, count, p=chance[after] / chance[after].sum())
    hour = DATA_SETS[scene.data].hour
    donors = np.zeros(count, dtype=int)
    groups = scene.rows[hour].to_numpy() if hour else np.zeros(len(scene.rows))
    for group in np.unique(groups[when]):
        inside = np.flatnonzero(groups == group)
        chances = weights[inside] + 1e-12
        wanted = np.flatnonzero(groups[when] == group)
        donors[wanted] = scene.rng.choice(inside, len(wanted), p=chances / chances.sum())
    extra = scene.rows.iloc[donors].reset_index(drop=True)
    for name in ("time", "host", "region", "client", "tenant"):
        extra[name] = scene.rows[name].iloc[when].to_numpy()
    extra["time"] += pd.to_timedelta(scene.rng.integers(1, 60_000, count), unit="ms")
    extra["id"] = [f"{i:012x}" for i in scene.rng.integers(0, 2**48, count)]
    return extra


def append(scene: Scene, extra: pd.DataFrame) -> None:
    rows = pd.concat([scene.rows, extra], ignore_index=True)
    rows = rows[rows["time"] <= scene.clock.at]
    scene.rows = rows.sort_values("time", kind="stable").reset_index(drop=True)
