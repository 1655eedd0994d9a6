"""A case as a folder: the configuration, the tables it names, and the truth for the grader."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.faultbench.changelog import ChangeLog, write_log
from tests.faultbench.datasets import DATA_SETS, load
from tests.faultbench.draw import segment_columns
from tests.faultbench.faults.kinds import KINDS
from tests.faultbench.harm import Harm, errors, metric
from tests.faultbench.machines import system_metrics
from tests.faultbench.play import HIDDEN_COLUMNS, Plan
from tests.faultbench.replay import Scene
from tests.faultbench.truth import Withheld, moment, truth

ROLES = {
    "id": ("id", "request_id", "req_id", "call_id", "uid"),
    "time": ("event_time", "ts", "served_at", "requested_at", "created"),
    "prediction": ("prediction", "predicted", "output", "y_hat", "decision"),
    "label": ("label", "actual", "outcome", "truth", "y"),
    "score": ("score", "probability", "confidence", "p", "model_score"),
    "label_time": ("label_time", "label_ts", "outcome_at", "resolved_at"),
    "arrival_time": ("arrival_time", "received_at", "logged_at", "ingested_at"),
    "model_version": ("model_version", "version", "release", "model"),
    "latency_ms": ("latency_ms", "took_ms", "rt_ms", "duration_ms"),
    "fallback": ("fallback", "degraded", "is_default"),
    "host": ("host", "server", "pod", "instance"),
    "region": ("region", "geo", "market"),
    "client": ("client", "app", "channel", "caller"),
    "tenant": ("tenant", "customer_id", "account"),
}
OFTEN = {"reference": 0.12, "offline": 0.45, "reported": 0.5, "changes": 0.12, "system": 0.15}
COLUMNS = {
    "arrival_time": 0.25, "fallback": 0.35, "latency_ms": 0.2, "label_time": 0.12,
    "model_version": 0.1, "host": 0.1,
}  # fmt: skip
NEEDED = {
    "metric_definition": {"reported"},
    "training_serving_skew": {"offline"},
    "preprocessing_change": {"offline"},
    "regional_outage": {"host", "system"},
    "fallback_predictions": {"latency_ms"},
    "label_delay": {"label_time"},
}
"""Evidence without which a cause is but a guess; left in, nearly always."""


def write(
    folder: Path, plan: Plan, scene: Scene, *, done: Harm, rng: np.random.Generator
) -> dict[str, Any]:
    """Writes the case and gives its truth back."""
    folder.mkdir(parents=True)
    withheld = _withheld(plan, rng)
    taken = DATA_SETS[plan.data].features
    names = {
        role: str(rng.choice([word for word in words if word not in taken]))
        for role, words in ROLES.items()
    }
    log = _changes(plan, rng)
    model = str(rng.choice([plan.data, "scorer", f"{plan.data}_model"]))
    table = f"{rng.choice(['predictions', 'prediction_log', 'scores', 'served'])}.parquet"
    present = [
        role
        for role in list(ROLES)[:11]
        if role not in withheld.columns
        and not (role == "score" and DATA_SETS[plan.data].task == "regression")
    ]
    _predictions(scene, names, present).to_parquet(folder / table, index=False)
    _tables(folder, plan, scene, names=names, withheld=withheld, rng=rng)
    if "changes" not in withheld.files:
        lines = [json.dumps(event) for event in log.events]
        (folder / "changes.jsonl").write_text("".join(f"{line}\n" for line in lines))
    segments = [names.get(c, c) for c in [*segment_columns(scene.rows, plan.data), "tenant"]]
    configuration = _configuration(
        plan, model=model, table=table, roles={r: names[r] for r in present},
        segments=segments, withheld=withheld,
    )  # fmt: skip
    (folder / "plummet.toml").write_text(configuration, encoding="utf-8")
    (folder / "at.txt").write_text(moment(plan.clock.at) + "\n")
    known = truth(plan, log=log, withheld=withheld, done=done, columns=names)
    known["grader"]["model"] = model
    known["grader"]["log"] = table
    known["grader"]["columns"] = {role: names[role] for role in present}
    (folder / "truth.json").write_text(json.dumps(known, indent=1) + "\n")
    return known


def _withheld(plan: Plan, rng: np.random.Generator) -> Withheld:
    needed: set[str] = set()
    for _, fault in plan.faults:
        # One in twelve is left without, and then more than one answer is right.
        spare = fault.cause in {"training_serving_skew", "preprocessing_change"}
        if not (spare and rng.random() < 0.08):
            needed |= NEEDED.get(fault.cause, set())
        if any("host" in each for each in fault.slices):
            needed.add("host")
    return Withheld(
        files={f for f, often in OFTEN.items() if rng.random() < often and f not in needed},
        columns={c for c, often in COLUMNS.items() if rng.random() < often and c not in needed},
    )


def _changes(plan: Plan, rng: np.random.Generator) -> ChangeLog:
    causes, innocent = [], set()
    for family, fault in plan.faults:
        kinds = KINDS[family].changes
        logged = rng.random() >= 1 / 3
        causes.append((fault.clock.onset, kinds, logged))
        if kinds and not logged:
            innocent |= set(kinds)
        if fault.cause in {"training_serving_skew", "unknown"}:
            innocent |= {"code", "pipeline", "model", "dependency", "config"}
    return write_log(
        clock=plan.clock, causes=causes, versions=plan.releases, innocent=innocent, rng=rng
    )


def _predictions(scene: Scene, names: dict[str, str], present: list[str]) -> pd.DataFrame:
    rows = scene.rows.drop(columns=[c for c in HIDDEN_COLUMNS if c in scene.rows])
    seconds = scene.rng.lognormal(1.6, 0.9, len(rows))
    rows["arrival_time"] = rows["time"] + pd.to_timedelta((seconds * 1000).round(), unit="ms")
    rows = rows.rename(columns={"version": "model_version"})
    data = DATA_SETS[scene.data]
    for role in ("prediction", "label"):
        if data.task == "regression":
            rows[role] = rows[role].astype("float64")
        elif data.task == "binary":
            rows[role] = rows[role].astype("float64").astype("Int64")
    for name in ("time", "label_time", "arrival_time"):
        rows[name] = rows[name].dt.floor("ms").astype("datetime64[ms, UTC]")
    gone = [role for role in list(ROLES)[:11] if role not in present]
    return rows.drop(columns=gone).rename(columns=names)


def _tables(
    folder: Path,
    plan: Plan,
    scene: Scene,
    *,
    names: dict[str, str],
    withheld: Withheld,
    rng: np.random.Generator,
) -> None:
    """Reference, offline, reported and system, as far as they are not withheld."""
    data = DATA_SETS[plan.data]
    if "reference" not in withheld.files:
        past = load(plan.data)
        past = past.iloc[: int(len(past) * data.train)].drop(columns="clock")
        sample = past.sample(min(3200, len(past)), random_state=plan.seed % 2**31)
        if data.task == "binary":
            sample["label"] = sample["label"].astype("int64")
        sample.rename(columns={"label": names["label"]}).to_parquet(
            folder / "training.parquet", index=False
        )
    if "offline" not in withheld.files:
        part = rng.random(len(scene.rows)) < 0.12
        sample = scene.offline[part].copy()
        sample.insert(0, names["id"], scene.rows.loc[part, "id"])
        sample.drop_duplicates(names["id"]).to_parquet(folder / "offline.parquet", index=False)
    if "reported" not in withheld.files:
        reported(plan, scene).to_parquet(folder / "reported.parquet", index=False)
    if "system" not in withheld.files:
        system_metrics(scene).to_parquet(folder / "system.parquet", index=False)


def reported(plan: Plan, scene: Scene) -> pd.DataFrame:
    """The dashboard's series: the metric of every six hours or day, as it counts."""
    step = "6h" if plan.clock.tempo.bucket_s < 43_200 else "1D"
    task = DATA_SETS[plan.data].task
    rows = scene.rows.assign(error=errors(scene.rows, task)).dropna(subset=["error"])
    wrong = rows["miscounted"].to_numpy(dtype=bool)
    if task == "regression":
        rows["error"] = rows["error"].where(~wrong, rows["error"] * 3 + rows["error"].mean())
    else:
        rows["error"] = rows["error"].where(~wrong, 1.0)
        rows["prediction"] = rows["prediction"].where(~wrong, "miscounted")
    buckets = rows.groupby(rows["time"].dt.floor(step))
    found = [
        (when, round(metric(plan.metric, part), 5)) for when, part in buckets if len(part) >= 20
    ]
    table = pd.DataFrame(found, columns=["time", "value"])
    return table.astype({"time": "datetime64[ms, UTC]"})


def _configuration(
    plan: Plan,
    *,
    model: str,
    table: str,
    roles: dict[str, str],
    segments: list[str],
    withheld: Withheld,
) -> str:
    data = DATA_SETS[plan.data]
    sources = ["[sources.warehouse]", 'kind = "table"', 'url = "duckdb://"', 'path = "."', ""]
    if "changes" not in withheld.files:
        sources += ["[sources.changes]", 'kind = "changes"', 'path = "changes.jsonl"', ""]
    if "system" not in withheld.files:
        sources += ["[sources.system]", 'kind = "metrics"', 'path = "system.parquet"', ""]
    head = [f"[models.{model}]", f'task = "{data.task}"', f'metric = "{plan.metric}"']
    if data.task == "binary":
        head += ['positive = "1"', "threshold = 0.5"]
    head += ['owner = "@dara"', "", f"[models.{model}.predictions]", 'source = "warehouse"']
    head += [f'table = "{table}"', f"features = {json.dumps(list(data.features))}"]
    head += [f"segments = {json.dumps(segments)}", "", f"[models.{model}.predictions.columns]"]
    head += [f'{role} = "{name}"' for role, name in roles.items()]
    files = {"reference": "training", "offline": "offline", "reported": "reported"}
    for key, stem in files.items():
        if key not in withheld.files:
            head += ["", f"[models.{model}.{key}]", 'source = "warehouse"']
            head += [f'table = "{stem}.parquet"']
    evidence = [f'{k} = ["{k}"]' for k in ("changes", "system") if k not in withheld.files]
    if evidence:
        head += ["", f"[models.{model}.evidence]", *evidence]
    return "\n".join([*sources, *head]) + "\n"
