"""Change logs: the change that did it, where it is logged, among innocent ones."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tests.faultbench.replay import Clock

WHAT = {
    "model": ("retrained candidate to production", "promote {v}", "refresh of the champion model"),
    "code": ("scoring service {n}", "refactor client sdk {n}", "feature library {n}"),
    "config": ("flag {c} to 100 %", "edit {c}.yaml", "update service settings"),
    "pipeline": ("ingest dag {n}", "enrichment job {n}", "stream processor {n}"),
    "schema": ("table {c} migration {d}", "contract {c} revision {d}", "event {c} schema v{d}"),
    "dependency": ("upgrade serving runtime {n}", "base image {n}", "numeric library {n}"),
    "infrastructure": ("cache cluster failover test", "load balancer rules", "node pool resized"),
    "label": ("labelling guide revision {d}", "outcome feed {n}", "new annotation vendor batch"),
    "traffic": ("campaign {c} starts", "routing weights adjusted", "open beta for {c}"),
    "other": ("on-call handover", "dashboard {c} edited", "report query {c} updated"),
}
COMPONENTS = ("atlas", "birch", "cobalt", "delta", "ember", "fjord", "harbor", "iris", "juno")
PEOPLE = ("@ana", "@bo", "@chen", "@dara", "@eli", "@fay", "@gus", "ci-bot")


@dataclass(slots=True, kw_only=True)
class ChangeLog:
    """The events of one case; `guilty` the id that belongs to each fault, None where unlogged."""

    events: list[dict[str, Any]]
    guilty: list[str | None]
    decoys: list[str]


def write_log(
    *,
    clock: Clock,
    causes: list[tuple[pd.Timestamp, tuple[str, ...], bool]],
    versions: list[tuple[pd.Timestamp, str, str]],
    innocent: set[str],
    rng: np.random.Generator,
) -> ChangeLog:
    """A log of what was changed.

    Args:
        clock: When the log starts and ends.
        causes: Of each fault its onset, the kinds of change that bring it, and whether it is
            logged.
        versions: Releases of the model that the log shows anyway: when, from, to.
        innocent: Kinds that no decoy near the onset may have, since it would be a fair suspect.
        rng: The case's own randomness.
    """
    planned: list[tuple[pd.Timestamp, dict[str, Any], str]] = []
    for index, (onset, kinds, logged) in enumerate(causes):
        if kinds and logged:
            before = pd.Timedelta(minutes=float(rng.uniform(3, 70)))
            planned.append((onset - before, _event(str(rng.choice(kinds)), rng), f"cause {index}"))
    for when, old, new in versions:
        details = {"from": old, "to": new}
        event = {**_event("model", rng), "what": f"promote {new}", "details": details}
        planned.append((when, event, "version"))
    near = [k for k in WHAT if k not in innocent]
    reach = min(clock.tempo.bucket_s * 2, 86_400)
    for _ in range(int(rng.integers(2, 5))):
        when = clock.onset + pd.Timedelta(seconds=float(rng.uniform(-reach, reach * 0.6)))
        planned.append((when, _event(str(rng.choice(near)), rng), "decoy"))
    for _ in range(int(rng.integers(0, 4))):
        when = clock.start + (clock.onset - clock.start) * float(rng.uniform(0.05, 0.9))
        planned.append((when, _event(str(rng.choice(list(WHAT))), rng), "past"))
    return _numbered(sorted(planned, key=lambda each: each[0]), count=len(causes), rng=rng)


def _numbered(
    planned: list[tuple[pd.Timestamp, dict[str, Any], str]],
    *,
    count: int,
    rng: np.random.Generator,
) -> ChangeLog:
    log = ChangeLog(events=[], guilty=[None] * count, decoys=[])
    number = int(rng.integers(10, 900))
    for when, event, role in planned:
        number += int(rng.integers(1, 9))
        name = f"chg-{number}"
        if role.startswith("cause "):
            log.guilty[int(role.removeprefix("cause "))] = name
        if role == "decoy":
            log.decoys.append(name)
        log.events.append({"id": name, "time": f"{when.floor('s'):%Y-%m-%dT%H:%M:%SZ}", **event})
    return log


def _event(kind: str, rng: np.random.Generator) -> dict[str, Any]:
    number = ".".join(str(i) for i in rng.integers(0, 25, 3))
    component = str(rng.choice(COMPONENTS))
    what = str(rng.choice(WHAT[kind])).format(
        n=number, c=component, d=int(rng.integers(100, 4000)), v=f"build {int(rng.integers(99))}"
    )
    details: dict[str, Any] = {"component": str(rng.choice(COMPONENTS))}
    if kind in {"model", "code", "pipeline", "schema", "dependency"}:
        old = int(rng.integers(1, 60))
        details |= {"from": str(old), "to": str(old + 1)}
    return {
        "kind": kind, "what": what, "who": str(rng.choice(PEOPLE)),
        "ref": f"#{int(rng.integers(1000, 9999))}", "details": details,
    }  # fmt: skip
