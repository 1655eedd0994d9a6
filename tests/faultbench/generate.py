"""Cases in a folder, one after the other or on several cores; the same seed gives the same."""

import json
import os
import shutil
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from tests.faultbench.bundle import reported, write
from tests.faultbench.datasets import DATA_SETS
from tests.faultbench.draw import HARMFUL, HARMLESS, OUTSIDE, SCHEDULE, cut, draw, part
from tests.faultbench.harm import Harm, harm
from tests.faultbench.play import Plan, play, stage
from tests.faultbench.replay import Scene

TRIES = 40
KINDS_ONCE = len(HARMFUL) + len(HARMLESS) + len(OUTSIDE) + 1
"""So many cases hold each kind of fault once, and one pair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One case to make."""

    index: int
    family: str
    seed: int
    among: tuple[str, ...]
    folder: Path


def generate(folder: Path, *, cases: int, among: str, seed: int, workers: int) -> Counter[str]:
    """Writes case folders from a part of the data sets; gives how many of each family were made.

    A folder that has some of its cases already gets the others. What could not be made with real
    harm in `TRIES` tries counts as `failed`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    orders = [
        Order(
            index=i, family=SCHEDULE[i % len(SCHEDULE)], seed=seed * 100_000 + i, among=part(among),
            folder=folder / f"case-{i:04d}",
        )
        for i in range(cases)
    ]  # fmt: skip
    # Several processes with as many threads each spend their time waiting for one another.
    os.environ["OMP_NUM_THREADS"] = "1"
    if workers == 1:
        made = [make(order) for order in orders]
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            made = list(pool.map(make, orders, chunksize=4))
    found = Counter(
        order.family if ok else "failed" for order, ok in zip(orders, made, strict=True)
    )
    report = {
        "seed": seed,
        "data": part(among),
        "cases": cases,
        "families": dict(sorted(found.items())),
    }
    (folder / "bench.json").write_text(json.dumps(report, indent=1) + "\n")
    return found


def make(order: Order) -> bool:
    """One case, with new randomness until the harm (or its absence) is real."""
    if (order.folder / "truth.json").exists():
        return True
    shutil.rmtree(order.folder, ignore_errors=True)
    for attempt in range(TRIES):
        plan = draw(order.family, seed=order.seed * 100 + attempt, among=order.among)
        if order.family == "healthy_drift" and not plan.faults[0][1].feature:
            continue
        scene = stage(plan)
        cut(plan, scene)
        done = played(plan, scene)
        if done is not None:
            final, counted = done
            rng = np.random.default_rng([plan.seed, 5])
            write(order.folder, plan, final, done=counted, rng=rng)
            return True
    return False


def repair(case: Path, target: Path, *, among: tuple[str, ...]) -> None:
    """The same traffic without its faults, with the same change log: nothing harmful happened."""
    told = json.loads((case / "truth.json").read_text())
    plan = draw(told["grader"]["family"], seed=told["grader"]["seed"], among=among)
    scene = stage(plan)
    cut(plan, scene)
    final = play(plan, scene, faults=False)
    rng = np.random.default_rng([plan.seed, 5])
    known = write(target, plan, final, done=_harm(plan, final), rng=rng)
    known |= {
        "causes": ["healthy"], "accept": [["healthy"]], "features": [], "segments": [],
        "onset": None, "shape": None, "action": "wait", "change": None,
    }  # fmt: skip
    known["grader"]["actions"] = ["wait"]
    (target / "truth.json").write_text(json.dumps(known, indent=1) + "\n")


def played(plan: Plan, scene: Scene) -> tuple[Scene, Harm] | None:
    """The case as it went, where it counts: None where the harm is not what was planned."""
    final = play(plan, scene)
    counted = _harm(plan, final)
    if plan.family in HARMLESS:
        right = _seasonal(plan, final) if plan.family == "seasonality" else counted.none
        return (final, counted) if right else None
    if plan.family == "metric_definition":
        shown = _reported_harm(plan, final)
        return (final, shown) if counted.none and shown.real else None
    if not counted.real or counted.share > 0.3:
        return None
    without = _harm(plan, play(plan, scene, faults=False))
    if abs(without.share) > max(0.3 * counted.share, 0.004) or abs(without.sigma) > 2:
        return None
    if len(plan.faults) == 2 and not _both(plan, scene):
        return None
    return final, counted


def _both(plan: Plan, scene: Scene) -> bool:
    """Each of two faults does harm of its own."""
    faults = plan.faults
    alone = []
    for fault in faults:
        plan.faults = [fault]
        alone.append(_harm(plan, play(plan, scene)))
    plan.faults = faults
    play(plan, scene)  # what injecting writes into a fault is that of both again
    return all(each.share > 0.008 and each.sigma > 2 for each in alone)


def _seasonal(plan: Plan, scene: Scene) -> bool:
    """The metric is low now, and was as low at this phase of the cycles before."""
    cycle = pd.Timedelta(days=7 if plan.clock.tempo.bucket_s > 43_200 else 1)
    length = plan.clock.at - plan.clock.onset
    back = (plan.clock.at - scene.rows["time"]).dt.total_seconds()
    phase = back % cycle.total_seconds() < length.total_seconds()
    now = scene.rows["time"] >= plan.clock.onset
    low = harm(scene.rows[~phase | now], plan.clock, task=_task(plan), name=plan.metric)
    alike = harm(scene.rows[phase], plan.clock, task=_task(plan), name=plan.metric)
    return low.share > 0.015 and low.sigma > 3 and abs(alike.sigma) < 1.5


def _reported_harm(plan: Plan, scene: Scene) -> Harm:
    table = reported(plan, scene)
    after = table["time"] >= plan.clock.onset
    before, now = table.loc[~after, "value"], table.loc[after, "value"]
    drop = float(now.mean() - before.mean()) * (1 if _task(plan) == "regression" else -1)
    share = drop / float(before.mean()) / 4 if _task(plan) == "regression" else drop
    sigma = drop / max(1e-9, float(before.std()) / max(1, len(now)) ** 0.5)
    return Harm(
        before=float(before.mean()), after=float(now.mean()), drop=drop, share=share,
        sigma=sigma if len(now) > 1 else 0.0, rows=len(now),
    )  # fmt: skip


def _harm(plan: Plan, scene: Scene) -> Harm:
    return harm(scene.rows, plan.clock, task=_task(plan), name=plan.metric)


def _task(plan: Plan) -> str:
    return DATA_SETS[plan.data].task
