"""What one fault is, and which rows it strikes."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from tests.faultbench.models import Array
from tests.faultbench.replay import Clock, Scene

Slice = dict[str, Any]
"""A conjunction: column → value."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault as it was drawn; `severity` in (0, 1], `slices` a union, empty for all traffic.

    Injecting it fills in what only shows then: the `features` at fault, other names of theirs, and
    for a served fault which of the data group's causes looks the same.
    """

    cause: str
    clock: Clock
    severity: float
    slices: list[Slice] = field(default_factory=list)
    feature: str = ""
    features: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    world_feature: str | None = None
    lookalike: str | None = None


def within(rows: pd.DataFrame, slices: list[Slice]) -> Array:
    """Which rows belong to any of the slices; all where there is none."""
    if not slices:
        return np.ones(len(rows), dtype=bool)
    found = np.zeros(len(rows), dtype=bool)
    for conjunction in slices:
        inside = np.ones(len(rows), dtype=bool)
        for column, value in conjunction.items():
            inside &= (rows[column] == value).to_numpy(dtype=bool)
        found |= inside
    return found


def struck(scene: Scene, fault: Fault, rate: float) -> Array:
    """The rows that the fault hits: in its slices, after its onset, at its rate and shape."""
    chance = fault.clock.intensity(scene.rows["time"]) * min(rate, 1.0)
    drawn = scene.rng.random(len(scene.rows)) < chance
    hit: Array = drawn & within(scene.rows, fault.slices)
    return hit


def between(low: float, high: float, severity: float) -> float:
    """A quantity that grows with the severity from `low` to `high`."""
    return low + (high - low) * severity
