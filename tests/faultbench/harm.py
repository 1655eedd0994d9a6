"""Was harm done? Counted on what is logged, by the variance that the history itself shows."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tests.faultbench.models import Array
from tests.faultbench.replay import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """How far the metric fell from the history to the incident.

    `drop` in units of the metric (positive is worse), `share` of the error scale (equal to the drop
    of a classifier, relative to the baseline for a regression), `sigma` in standard errors that
    are widened by the history's own over-dispersion from bucket to bucket.
    """

    before: float
    after: float
    drop: float
    share: float
    sigma: float
    rows: int

    @property
    def real(self) -> bool:
        """At least one point and three standard errors (four per cent for a regression)."""
        return self.share >= 0.01 and self.sigma > 3

    @property
    def none(self) -> bool:
        """Nothing that one could take for harm."""
        return abs(self.share) < 0.015 and abs(self.sigma) < 1.6


def metric(name: str, rows: pd.DataFrame) -> float:
    """The metric of labelled rows, from `prediction`, `label` and `error`."""
    if name == "rmse":
        return float(np.sqrt((rows["error"] ** 2).mean()))
    if name == "mae":
        return float(rows["error"].mean())
    if name == "f1":
        hits = float(((rows["prediction"] == "1") & (rows["label"] == "1")).sum())
        return 2 * hits / max(1.0, 2 * hits + float(rows["error"].sum()))
    return 1 - float(rows["error"].mean())


def errors(rows: pd.DataFrame, task: str) -> Array:
    """|error| of a regression, 0 or 1 of a classifier, NaN where no label is logged."""
    if task == "regression":
        found: Array = np.abs(rows["prediction"].astype(float) - rows["label"].astype(float))
        return np.asarray(found)
    wrong = (rows["prediction"] != rows["label"]).astype(float)
    return wrong.where(rows["label"].notna()).to_numpy()


def harm(rows: pd.DataFrame, clock: Clock, *, task: str, name: str) -> Harm:
    """Of rows with `time`, `label`, `prediction`; rows without a label do not count."""
    counted = rows.assign(error=errors(rows, task)).dropna(subset=["error"])
    after = (counted["time"] >= clock.onset).to_numpy()
    history, incident = counted[~after], counted[after]
    if len(incident) < 150:
        return Harm(before=0, after=0, drop=0, share=0, sigma=0, rows=len(incident))
    before, now = metric(name, history), metric(name, incident)
    drop = now - before if task == "regression" else before - now
    share = drop / before / 4 if task == "regression" else drop
    return Harm(
        before=before, after=now, drop=drop, share=share, rows=len(incident),
        sigma=_sigma(history, incident),
    )  # fmt: skip


def _sigma(history: pd.DataFrame, incident: pd.DataFrame) -> float:
    """Rise of the mean error in standard errors, widened by the days' over-dispersion."""
    variance = float(history["error"].var())
    days = history["time"].dt.floor("D")
    grouped = history["error"].groupby(days).agg(["mean", "size"])
    grouped = grouped[grouped["size"] >= 30]
    expected = (variance / grouped["size"]).mean()
    wider = max(1.0, float(grouped["mean"].var() / expected)) if len(grouped) > 3 else 1.0
    error = np.sqrt(wider * variance * (1 / len(history) + 1 / len(incident)))
    rise = float(incident["error"].mean() - history["error"].mean())
    return rise / float(error) if error > 0 else 0.0
