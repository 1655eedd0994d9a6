"""What the grader knows of a case, in the shape of the contract's `truth.json`."""

from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

import pandas as pd

from tests.faultbench.changelog import ChangeLog
from tests.faultbench.draw import severity_word
from tests.faultbench.faults.kinds import KINDS
from tests.faultbench.harm import Harm
from tests.faultbench.play import Plan


@dataclass(slots=True, kw_only=True)
class Withheld:
    """What a case leaves out: `files` such as `offline`, `columns` by their role."""

    files: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)


def accepted(plan: Plan, log: ChangeLog, withheld: Withheld) -> list[list[str]]:
    """The heads of a ranking that count as right.

    More than one where the evidence that tells causes apart is withheld: with neither a version
    nor a logged change, another model and another runtime look the same.
    """
    if len(plan.faults) == 2:
        return [list(pair) for pair in permutations(fault.cause for _, fault in plan.faults)]
    _, fault = plan.faults[0]
    told = log.guilty[0] is not None and "changes" not in withheld.files
    alike = [fault.cause]
    match fault.cause:
        case "model_version" | "dependency_upgrade":
            if "model_version" in withheld.columns and not told:
                alike = ["dependency_upgrade", "model_version"]
        case "preprocessing_change" | "training_serving_skew":
            if fault.cause == "preprocessing_change" and not told:
                alike = ["preprocessing_change", "training_serving_skew"]
            if "offline" in withheld.files and fault.lookalike is not None:
                alike.append(fault.lookalike)
    return [[cause] for cause in alike]


def truth(
    plan: Plan, *, log: ChangeLog, withheld: Withheld, done: Harm, columns: dict[str, str]
) -> dict[str, Any]:
    """The document; `columns` are the logged names by role, and of segments by their own."""
    causes = [fault.cause for _, fault in plan.faults]
    harmless = KINDS[plan.faults[0][0]].harmless
    kinds = [KINDS[family] for family, _ in plan.faults]
    slices = [
        {columns.get(c, c): v for c, v in each.items()}
        for _, fault in plan.faults
        for each in fault.slices
    ]
    loggable = any(kind.changes for kind in kinds)
    first = min(plan.faults, key=lambda each: each[1].clock.onset)[1]
    return {
        "causes": causes,
        "accept": accepted(plan, log, withheld),
        "features": [] if harmless else [f for _, fault in plan.faults for f in fault.features],
        "segments": slices,
        "onset": None if harmless else moment(first.clock.onset),
        "shape": None if harmless else plan.clock.shape,
        "action": kinds[0].action,
        "change": log.guilty[0] if "changes" not in withheld.files else None,
        "drop": round(done.drop, 4),
        "dataset": plan.data,
        "severity": severity_word(plan.faults[0][1].severity),
        "decoys": log.decoys,
        "grader": {
            "family": plan.family,
            "families": [family for family, _ in plan.faults],
            "bucket_s": plan.clock.tempo.bucket_s,
            "sigma": round(done.sigma, 2),
            "share": round(done.share, 4),
            "unlogged": loggable and log.guilty[0] is None,
            "actions": sorted({kind.action for kind in kinds}),
            "distractor": plan.distractor and plan.distractor.feature,
            "aliases": [a for _, fault in plan.faults for a in fault.aliases],
            "withheld": sorted(withheld.files | withheld.columns),
            "metric": plan.metric,
            "algorithm": plan.algorithm,
            "world_feature": plan.faults[0][1].world_feature,
            "onsets": [] if harmless else [moment(f.clock.onset) for _, f in plan.faults],
            "seed": plan.seed,
        },
    }


def moment(time: pd.Timestamp) -> str:
    """UTC with a Z, to the second."""
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"
