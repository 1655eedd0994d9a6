"""Trivial rules, to show that the bench is not easy: each answers a case without the diagnoser."""

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.faultbench.faults.kinds import KINDS
from tests.faultbench.models import Array

CAUSES = sorted({kind.cause for kind in KINDS.values()})
BY_CHANGE = {
    "model": "model_version", "code": "preprocessing_change", "config": "threshold_change",
    "pipeline": "missing_values", "schema": "schema_change", "dependency": "dependency_upgrade",
    "infrastructure": "regional_outage", "label": "label_corruption", "traffic": "traffic_mix",
    "other": "metric_definition",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a rule looks at: the log split where the last eighth begins, the change log."""

    seed: int
    features: list[str]
    columns: dict[str, str]
    before: pd.DataFrame
    after: pd.DataFrame
    changes: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """Each feature's score, the highest first in the ranking, and whether it alarms."""

    scores: Mapping[str, float]
    alarm: bool

    @property
    def worst(self) -> str:
        """The feature that is put first; empty where none is ranked."""
        return max(self.scores, key=lambda name: self.scores[name], default="")


def read(folder: Path) -> Case:
    """A case from its files, without its truth."""
    configuration = tomllib.loads((folder / "plummet.toml").read_text(encoding="utf-8"))
    [model] = configuration["models"].values()
    log = pd.read_parquet(folder / model["predictions"]["table"])
    columns = model["predictions"]["columns"]
    times = log[columns["time"]]
    edge = times.min() + (times.max() - times.min()) * 7 / 8
    events = folder / "changes.jsonl"
    lines = events.read_text().splitlines() if events.exists() else []
    features = model["predictions"].get("features") or sorted({*log} - {*columns.values()})
    return Case(
        seed=int(folder.name.split("-")[-1]), features=features, columns=columns,
        before=log[times < edge], after=log[times >= edge],
        changes=[json.loads(line) for line in lines],
    )  # fmt: skip


def psi(old: Array, new: Array) -> float:
    """Population stability index of two histograms."""
    old, new = old / old.sum() + 1e-4, new / new.sum() + 1e-4
    return float(((new - old) * np.log(new / old)).sum())


def js(old: Array, new: Array) -> float:
    """Jensen–Shannon distance (base 2) of two histograms."""
    old, new = old / old.sum(), new / new.sum()
    middle = np.maximum((old + new) / 2, 1e-12)
    parts = [(p * np.log2(np.maximum(p, 1e-12) / middle)).sum() for p in (old, new)]
    return float(np.sqrt(max(0.0, sum(parts) / 2)))


def bins(case: Case, feature: str) -> tuple[Array, Array]:
    """Each row's bin before and after: deciles or categories, null being a bin of its own."""
    before, after = case.before[feature], case.after[feature]
    if pd.api.types.is_numeric_dtype(before) and before.nunique() > 10:
        edges = np.unique(before.quantile(np.linspace(0.1, 0.9, 9)).to_numpy(dtype=float))
        found = [
            np.where(
                part.isna(), len(edges) + 1, np.searchsorted(edges, part.to_numpy(dtype=float))
            )
            for part in (before, after)
        ]
        return found[0], found[1]
    codes, _ = pd.factorize(pd.concat([before, after]).astype(object))
    return codes[: len(before)] + 1, codes[len(before) :] + 1


def histograms(case: Case, feature: str) -> tuple[Array, Array]:
    """Rows of each bin before and after."""
    old, new = bins(case, feature)
    size = int(max(old.max(), new.max())) + 1
    return np.bincount(old, minlength=size), np.bincount(new, minlength=size)


def largest_psi(case: Case) -> tuple[str, str]:
    """The feature with the largest PSI is at fault, if it is above a quarter."""
    ranked = {f: psi(*histograms(case, f)) for f in case.features}
    worst = max(ranked, key=lambda f: ranked[f])
    return (looks(case, worst), worst) if ranked[worst] > 0.25 else ("healthy", "")


def newest_change(case: Case) -> tuple[str, str]:
    """Whatever was changed last is at fault."""
    return (BY_CHANGE[case.changes[-1]["kind"]], "") if case.changes else ("healthy", "")


def at_random(case: Case) -> tuple[str, str]:
    """Any cause, any feature."""
    rng = np.random.default_rng(case.seed)
    return str(rng.choice(CAUSES)), str(rng.choice(case.features))


def column_drift(case: Case) -> tuple[str, str]:
    """As Evidently ranks above 1,000 rows: Wasserstein over the deviation, or JS, 0.1 each."""
    drift = {}
    for name in case.features:
        old, new = case.before[name], case.after[name]
        if pd.api.types.is_numeric_dtype(old) and old.nunique() > 5:
            grid = np.linspace(0, 1, 101)
            gap = np.abs(old.dropna().quantile(grid) - new.dropna().quantile(grid)).mean()
            drift[name] = float(gap / (old.std() or 1.0)) + abs(
                new.isna().mean() - old.isna().mean()
            )
        else:
            drift[name] = js(*histograms(case, name))
    return named(case, Ranked(scores=drift, alarm=max(drift.values()) >= 0.1))


def drift_with_the_metric(case: Case) -> tuple[str, str]:
    """As NannyML's correlation ranker: the feature whose drift goes along with the errors."""
    log = pd.concat([case.before, case.after])
    wrong = _errors(log, case)
    chunk = np.arange(len(log)) * 24 // len(log)
    lost = pd.Series(wrong).groupby(chunk).mean()
    ranked = {}
    for name in case.features:
        binned = np.concatenate(bins(case, name))
        counts = np.zeros((24, binned.max() + 1))
        np.add.at(counts, (chunk, binned), 1)
        drift = pd.Series([js(counts[:12].sum(axis=0), part) for part in counts])
        ranked[name] = float(drift.corr((lost - lost[:12].mean()).abs())) if drift.std() else 0.0
    limit = lost[:12].mean() + 3 * lost[:12].std()
    return named(case, Ranked(scores=ranked, alarm=bool(lost[21:].mean() > limit)))


def named(case: Case, ranked: Ranked) -> tuple[str, str]:
    """The cause and the feature that rules of thumb make of a ranking: rankings name no cause."""
    told = by_hand(case)
    if told or not ranked.alarm:
        return told or "healthy", ""
    return looks(case, ranked.worst), ranked.worst


def _errors(log: pd.DataFrame, case: Case) -> Array:
    said, label = log[case.columns["prediction"]], log[case.columns["label"]]
    if pd.api.types.is_float_dtype(said):
        off: Array = np.abs(said.to_numpy(dtype=float) - label.to_numpy(dtype=float))
        return off
    wrong = (said.astype(str) != label.astype(str)).astype(float)
    known: Array = wrong.where(label.notna()).to_numpy()
    return known


def by_hand(case: Case) -> str:
    """What anybody sees at once: another version, repeated ids, fallbacks, half the rows."""
    columns = case.columns
    if "model_version" in columns:
        versions = [set(part[columns["model_version"]]) for part in (case.before, case.after)]
        if versions[1] - versions[0]:
            return "model_version"
    if case.after[columns["id"]].duplicated().mean() > 0.02:
        return "duplicate_rows"
    if "fallback" in columns and case.after[columns["fallback"]].mean() > 0.03:
        return "fallback_predictions"
    return "partial_ingestion" if len(case.after) < 0.6 * len(case.before) / 7 else ""


def looks(case: Case, feature: str) -> str:
    """A guess at what happened to one feature."""
    old, new = case.before[feature], case.after[feature]
    if new.isna().mean() > old.isna().mean() + 0.05:
        return "missing_values"
    common = new.value_counts(normalize=True)
    if len(common) and common.iloc[0] > 0.05 + (old == common.index[0]).mean():
        return "default_fill"
    if not pd.api.types.is_numeric_dtype(old):
        return "category_recode" if set(new.dropna()) - set(old.dropna()) else "covariate_shift"
    inside = new.between(old.min(), old.max()).mean()
    return "unit_change" if inside < 0.95 else "covariate_shift"


RULES: dict[str, Callable[[Case], tuple[str, str]]] = {
    "largest PSI": largest_psi,
    "newest change": newest_change,
    "random": at_random,
    "column drift, as Evidently ranks, and rules": column_drift,
    "drift along the metric, as NannyML ranks, and rules": drift_with_the_metric,
}


def answer(cause: str, feature: str) -> dict[str, Any]:
    """A rule's word in the shape of the contract's document."""
    action = next(kind.action for kind in KINDS.values() if kind.cause == cause)
    first = {
        "cause": cause, "confidence": 1.0, "features": [feature] if feature else [],
        "segments": [], "change": None, "actions": [{"kind": action}],
    }  # fmt: skip
    return {"document": {"hypotheses": [first], "onset": None}, "seconds": 0.0}
