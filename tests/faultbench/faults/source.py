"""Faults at the source (the data group): served features and their recomputation carry them."""

import numpy as np
import pandas as pd

from tests.faultbench.datasets import DATA_SETS
from tests.faultbench.faults import columns
from tests.faultbench.faults.fault import Fault, between, struck
from tests.faultbench.models import Array
from tests.faultbench.replay import Scene


def missing_values(scene: Scene, fault: Fault) -> None:
    """A feature arrives null."""
    hit = struck(scene, fault, between(0.35, 1.0, fault.severity))
    _set(scene, fault, columns.missing(scene.rows[fault.feature], hit))


def default_fill(scene: Scene, fault: Fault) -> None:
    """A feature arrives as one default."""
    hit = struck(scene, fault, between(0.35, 1.0, fault.severity))
    _set(scene, fault, columns.default(scene.rows[fault.feature], hit, scene.rng))


def unit_change(scene: Scene, fault: Fault) -> None:
    """A number changes its unit."""
    hit = struck(scene, fault, between(0.5, 1.0, fault.severity))
    _set(scene, fault, columns.other_unit(scene.rows[fault.feature], hit, scene.rng))


def frozen_feature(scene: Scene, fault: Fault) -> None:
    """A feature stands still."""
    hit = struck(scene, fault, between(0.6, 1.0, fault.severity))
    _set(scene, fault, columns.frozen(scene.rows[fault.feature], hit, scene.rng))


def join_break(scene: Scene, fault: Fault) -> None:
    """A feature's values belong to other rows."""
    hit = struck(scene, fault, between(0.5, 1.0, fault.severity))
    _set(scene, fault, columns.of_other_rows(scene.rows[fault.feature], hit, scene.rng))


def category_recode(scene: Scene, fault: Fault) -> None:
    """Categories get other names."""
    hit = struck(scene, fault, between(0.5, 1.0, fault.severity))
    _set(scene, fault, columns.recoded(scene.rows[fault.feature], hit, scene.rng))


def clock_shift(scene: Scene, fault: Fault) -> None:
    """The hour of the day moves by some hours."""
    fault.feature = DATA_SETS[scene.data].hour or ""
    hit = struck(scene, fault, between(0.6, 1.0, fault.severity))
    _set(scene, fault, columns.later_hours(scene.rows[fault.feature], hit, scene.rng))


def schema_change(scene: Scene, fault: Fault) -> None:
    """A column gets another name, or its values another format."""
    hit = struck(scene, fault, between(0.6, 1.0, fault.severity))
    name = fault.feature
    old = scene.rows[name]
    if scene.rng.random() < 0.65 or not pd.api.types.is_numeric_dtype(old):
        parts = name.split("_")
        alias = str(
            scene.rng.choice(["".join(p.title() for p in parts), f"{name}_v2", f"{name}_new"])
        )
        scene.rows[alias] = old.where(hit)
        fault.aliases = [alias]
        _set(scene, fault, columns.missing(old, hit))
        return
    unit = str(scene.rng.choice([" units", "u", ","]))
    words = [None if pd.isna(v) else f"{v:g}" for v in old]
    changed = [None if v is None else _formatted(v, unit) for v in words]
    mixed = np.where(hit, np.array(changed, dtype=object), np.array(words, dtype=object))
    _set(scene, fault, pd.Series(mixed, index=old.index, dtype=object))


def _formatted(number: str, unit: str) -> str:
    return f"'{number}'" if unit == "," else number + unit


def _set(scene: Scene, fault: Fault, column: pd.Series) -> None:
    scene.rows[fault.feature] = column
    fault.features = [fault.feature]


def duplicate_rows(scene: Scene, fault: Fault) -> None:
    """Requests that take long are retried, and each try is logged under the same id."""
    rate = between(0.15, 0.5, fault.severity)
    hit = struck(scene, fault, 1.0) & _likely(scene, rate, harder=True)
    copies = np.where(hit, scene.rng.integers(1, 2 + int(6 * fault.severity), len(hit)), 0)
    _repeat(scene, 1 + copies)


def partial_ingestion(scene: Scene, fault: Fault) -> None:
    """Part of the rows never reaches the log: an upstream job that carries the easy ones."""
    rate = between(0.45, 0.95, fault.severity)
    lost = struck(scene, fault, 1.0)
    if fault.slices:
        lost &= scene.rng.random(len(lost)) < rate
    else:
        lost &= _likely(scene, rate, harder=False)
    _repeat(scene, np.where(lost, 0, 1))


def _likely(scene: Scene, rate: float, *, harder: bool) -> Array:
    """Rows drawn at about this rate, mostly from the harder (or the easier) half."""
    rank = scene.rows["hardness"].rank(pct=True, method="first").to_numpy()
    weight = rank if harder else 1 - rank
    drawn: Array = scene.rng.random(len(rank)) < np.clip(rate * 3 * weight**2, 0, 0.97)
    return drawn


def _repeat(scene: Scene, times: Array) -> None:
    kept = np.repeat(np.arange(len(times)), times)
    scene.rows = scene.rows.iloc[kept].reset_index(drop=True)
    scene.offline = scene.offline.iloc[kept].reset_index(drop=True)
