"""A case drawn at random: data, model, clock, faults, severities, slices, a distractor."""

from dataclasses import replace

import numpy as np
import pandas as pd

from tests.faultbench.datasets import DATA_SETS
from tests.faultbench.faults.fault import Fault, Slice, within
from tests.faultbench.faults.kinds import KINDS, Kind
from tests.faultbench.models import Algorithm, entangled, importance
from tests.faultbench.play import Plan
from tests.faultbench.replay import Clock, Scene, draw_clock

SMALL = ("taxi", "houses", "bikeshare")
"""Data sets whose packages are fetched fast, for a bench that ends within minutes."""

HARMLESS = ("healthy", "healthy_drift", "seasonality")
OUTSIDE = ("answers_mixed_up", "noisy_sources", "test_traffic")
HARMFUL = tuple(f for f in KINDS if f not in (*HARMLESS, *OUTSIDE))
SCHEDULE = (
    *HARMFUL, "seasonality", "healthy", *OUTSIDE, "compound", "healthy_drift", "seasonality",
    "compound", "healthy", "healthy_drift", "seasonality", "healthy", "compound", "healthy_drift",
    "seasonality", "healthy", "compound", "healthy_drift",
)  # fmt: skip
"""One round of cases: each harmful kind once, a tenth compound, a quarter without harm."""


def draw(family: str, *, seed: int, among: tuple[str, ...]) -> Plan:
    """A plan for one case of one of these data sets.

    The slices are not drawn yet: `cut` does it when the traffic is known.
    """
    rng = np.random.default_rng([seed, 0])
    families = _pair(rng) if family == "compound" else [family]
    kinds = [KINDS[each] for each in families]
    data = _data(kinds, among, rng)
    chance = rng.random()
    algorithm: Algorithm = "boosting" if chance < 0.55 else "forest" if chance < 0.8 else "linear"
    clock = draw_clock(rng)
    if clock.shape not in kinds[0].shapes or kinds[0].harmless:
        clock = replace(clock, shape="step")
    if family == "seasonality":
        lasting = 2 * 86_400 if clock.tempo.bucket_s > 43_200 else 6 * 3600
        clock = replace(clock, onset=clock.at - pd.Timedelta(seconds=lasting))
    plan = Plan(
        seed=seed, family=family, data=data, algorithm=algorithm, clock=clock,
        rows=int(rng.integers(11_000, 17_000)), metric=_metric(data, rng),
    )  # fmt: skip
    for each, kind in zip(families, kinds, strict=True):
        fault = Fault(
            cause=kind.cause, clock=_own_clock(clock, second=bool(plan.faults), rng=rng),
            severity=_severity(rng),
        )  # fmt: skip
        fault.feature = _culprit(kind, plan, rng, taken={f.feature for _, f in plan.faults})
        plan.faults.append((each, fault))
    if family == "healthy_drift":
        plan.faults[0][1].feature = _bystander(plan, rng)
    if rng.random() < 0.95:
        plan.distractor = _distractor(plan, rng)
    return plan


def part(name: str) -> tuple[str, ...]:
    """The data sets of one part: `development`, `held-out` or `small`."""
    if name == "small":
        return SMALL
    return tuple(each.name for each in DATA_SETS.values() if each.part == name)


def cut(plan: Plan, scene: Scene) -> None:
    """Draws the slices of each fault: half the time all traffic, else one to three predicates."""
    rng = np.random.default_rng([plan.seed, 4])
    for family, fault in plan.faults:
        how = KINDS[family].sliced
        if how == "none" or (how != "host" and rng.random() < 0.5):
            continue
        hosts = sorted(scene.rows["host"].unique())
        if how == "host":
            fault.slices = [{"host": str(rng.choice(hosts))}]
        elif how == "hosts":
            count = int(rng.integers(1, len(hosts)))
            fault.slices = [{"host": str(h)} for h in rng.choice(hosts, count, replace=False)]
        else:
            conjunction = _conjunction(plan, scene, rng)
            fault.slices = [conjunction] if conjunction else []


def _conjunction(plan: Plan, scene: Scene, rng: np.random.Generator) -> Slice:
    taken = {fault.feature for _, fault in plan.faults}
    if plan.distractor is not None:
        taken.add(plan.distractor.feature)
    columns = [c for c in segment_columns(scene.rows, plan.data) if c not in taken]
    wanted = int(rng.choice([1, 2, 3], p=[0.7, 0.24, 0.06]))
    chosen: Slice = {}
    for column in rng.permutation(columns):
        shares = scene.rows.loc[within(scene.rows, [chosen] if chosen else []), column]
        counts = shares.value_counts() / len(scene.rows)
        large = [value for value, share in counts.items() if 0.1 <= share < 0.9]
        if large and len(chosen) < wanted:
            chosen[str(column)] = str(rng.choice(np.array(large, dtype=object)))
    return chosen


def segment_columns(rows: pd.DataFrame, data: str) -> list[str]:
    """The columns that split traffic: the simulated ones, and categories of few values."""
    natural = [
        name for name in DATA_SETS[data].categorical if rows[name].nunique() <= 12
    ]  # fmt: skip
    return ["region", "client", *natural]


def _pair(rng: np.random.Generator) -> list[str]:
    """Two faults that act in different places."""
    able = [f for f in HARMFUL if f not in {"metric_definition", "clock_shift", "label_delay"}]
    while True:
        one, two = (str(f) for f in rng.choice(able, 2, replace=False))
        if KINDS[one].stage != KINDS[two].stage:
            return [one, two]


def _data(kinds: list[Kind], among: tuple[str, ...], rng: np.random.Generator) -> str:
    able = []
    for name in among:
        data = DATA_SETS[name]
        if any(data.task not in kind.tasks for kind in kinds):
            continue
        if any(kind.culprit == "categorical" and not data.categorical for kind in kinds):
            continue
        if any(kind.culprit == "hour" for kind in kinds):
            weights = importance(name, "boosting")
            if data.hour is None or weights[data.hour] < 0.01:
                continue
        able.append(name)
    return str(rng.choice(able))


def _metric(data: str, rng: np.random.Generator) -> str:
    match DATA_SETS[data].task:
        case "regression":
            return "mae" if rng.random() < 0.7 else "rmse"
        case "binary":
            return "accuracy" if rng.random() < 0.85 else "f1"
        case _:
            return "accuracy"


def _severity(rng: np.random.Generator) -> float:
    return float(rng.uniform(0.1, 1.0))


def severity_word(severity: float) -> str:
    """Subtle, medium or severe."""
    return "subtle" if severity < 0.4 else "medium" if severity < 0.7 else "severe"


def _own_clock(clock: Clock, *, second: bool, rng: np.random.Generator) -> Clock:
    if not second or rng.random() < 0.5:
        return clock
    length = (clock.at - clock.onset).total_seconds()
    later = pd.Timedelta(seconds=float(rng.uniform(0.05, 0.3)) * length)
    return replace(clock, onset=(clock.onset + later).floor("min"), shape="step")


def _culprit(kind: Kind, plan: Plan, rng: np.random.Generator, *, taken: set[str]) -> str:
    """A feature that matters, drawn by how much it does; "" where the fault has none."""
    data = DATA_SETS[plan.data]
    if kind.culprit == "none":
        return ""
    if kind.culprit == "hour":
        return data.hour or ""
    able = {"any": data.features, "numeric": data.numeric, "categorical": data.categorical}
    weights = importance(plan.data, plan.algorithm)
    names = [f for f in able[kind.culprit] if f not in taken]
    strong = [f for f in names if weights[f] > 0.012] or names
    chances = np.sqrt(np.maximum([weights[f] for f in strong], 1e-4))
    return str(rng.choice(strong, p=chances / chances.sum()))


def _bystander(plan: Plan, rng: np.random.Generator, *, taken: tuple[str, ...] = ()) -> str:
    """A feature that hardly matters and moves none that does, "" where there is none."""
    weights = importance(plan.data, plan.algorithm)
    hour = DATA_SETS[plan.data].hour
    tied = entangled(plan.data, plan.algorithm)
    able = [f for f in weights if f not in tied and f not in taken and f != hour]
    return str(rng.choice(able)) if able else ""


def _distractor(plan: Plan, rng: np.random.Generator) -> Fault | None:
    taken = tuple(fault.feature for _, fault in plan.faults)
    feature = _bystander(plan, rng, taken=taken)
    if not feature:
        return None
    reach = plan.clock.tempo.bucket_s * (0.5 if rng.random() < 0.6 else 20)
    since = plan.clock.onset + pd.Timedelta(seconds=float(rng.uniform(-reach, reach * 0.1)))
    clock = replace(plan.clock, onset=since, shape="step")
    return Fault(
        cause="healthy", clock=clock, severity=float(rng.uniform(0.15, 0.6)), feature=feature
    )
