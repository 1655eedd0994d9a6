"""The same case told otherwise: what must not change the answer, and what takes evidence away.

Metamorphic variants (`SAME`) leave the answer as it is; ablations (`LESS`) may cost some of it.
"""

import json
import re
import shutil
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.faultbench.datasets import DATA_SETS
from tests.faultbench.draw import part
from tests.faultbench.generate import repair
from tests.faultbench.marks import marks
from tests.faultbench.run import ANSWERS, cases
from tests.faultbench.score import mean

Tables = dict[str, pd.DataFrame]
"""The Parquet tables of a case by file name."""


class Told:
    """A case that is being rewritten: its tables, its configuration, its change log."""

    def __init__(self, folder: Path) -> None:
        self.text = (folder / "plummet.toml").read_text(encoding="utf-8")
        [self.model] = tomllib.loads(self.text)["models"].values()
        self.tables: Tables = {p.name: pd.read_parquet(p) for p in folder.glob("*.parquet")}
        self.truth: dict[str, Any] = json.loads((folder / "truth.json").read_text())
        changes = folder / "changes.jsonl"
        self.changes = changes.read_text().splitlines() if changes.exists() else None
        self.at = (folder / "at.txt").read_text()
        self.log = self.model["predictions"]["table"]
        self.columns: dict[str, str] = self.model["predictions"]["columns"]
        self.features: list[str] = self.model["predictions"]["features"]

    def write(self, folder: Path) -> None:
        """Into a new folder."""
        folder.mkdir(parents=True)
        for name, table in self.tables.items():
            table.to_parquet(folder / name, index=False)
        (folder / "plummet.toml").write_text(self.text, encoding="utf-8")
        (folder / "truth.json").write_text(json.dumps(self.truth, indent=1) + "\n")
        (folder / "at.txt").write_text(self.at)
        if self.changes is not None:
            (folder / "changes.jsonl").write_text("".join(f"{c}\n" for c in self.changes))

    def with_features(self) -> list[str]:
        """The tables that hold features."""
        known = {self.log, "training.parquet", "offline.parquet"}
        return [name for name in self.tables if name in known]


def renamed(told: Told, _: np.random.Generator) -> None:
    """Every feature by another name, in every table."""
    names = {old: f"x{i:02d}_{old}" for i, old in enumerate(reversed(told.features))}
    aliases = told.truth["grader"]["aliases"]
    for name in told.with_features():
        told.tables[name] = told.tables[name].rename(columns=names)
    for old, new in names.items():
        told.text = told.text.replace(f'"{old}"', f'"{new}"')
    told.truth["features"] = [names.get(f, f) for f in told.truth["features"]]
    told.truth["segments"] = [
        {names.get(c, c): v for c, v in each.items()} for each in told.truth["segments"]
    ]
    told.truth["grader"]["aliases"] = aliases


def reordered(told: Told, rng: np.random.Generator) -> None:
    """Columns in another order."""
    for name, table in told.tables.items():
        told.tables[name] = table[list(rng.permutation(table.columns))]


def rescaled(told: Told, _: np.random.Generator) -> None:
    """Numbers that are not hours in another unit everywhere: training, log and recomputation."""
    log = told.tables[told.log]
    for feature in told.features:
        plain = pd.api.types.is_numeric_dtype(log[feature])
        if not plain or feature in {"hour", "hr", "month", "weekday"} | set(told.truth["features"]):
            continue
        for name in told.with_features():
            told.tables[name][feature] = told.tables[name][feature] * 1.7 + 3


def shuffled(told: Told, rng: np.random.Generator) -> None:
    """Rows of the log in any order."""
    log = told.tables[told.log]
    told.tables[told.log] = log.iloc[rng.permutation(len(log))].reset_index(drop=True)


def doubled(told: Told, rng: np.random.Generator) -> None:
    """Every row twice, under a fresh id."""
    log, name = told.tables[told.log], told.columns["id"]
    fresh = {old: f"{i:012x}" for i, old in enumerate(rng.permutation(log[name].unique()))}
    again = log.assign(**{name: log[name].map(fresh)})
    both = pd.concat([log, again], ignore_index=True)
    told.tables[told.log] = both.sort_values(told.columns["time"], kind="stable")


def without_changes(told: Told, _: np.random.Generator) -> None:
    """No change log."""
    told.changes = None
    told.text = told.text.replace(
        '[sources.changes]\nkind = "changes"\npath = "changes.jsonl"\n', ""
    )
    told.text = told.text.replace('changes = ["changes"]\n', "")


def without_labels(told: Told, _: np.random.Generator) -> None:
    """Not one label in the last eighth of the log: too few to tell."""
    log = told.tables[told.log]
    times = log[told.columns["time"]]
    late = times > times.min() + (times.max() - times.min()) * 7 / 8
    log[told.columns["label"]] = log[told.columns["label"]].where(~late)


def without_reference(told: Told, _: np.random.Generator) -> None:
    """No snapshot of the training data: the log's own history is all there is."""
    told.tables.pop("training.parquet", None)
    told.text = re.sub(r"\[models\.\w+\.reference\]\n(.+\n)*", "", told.text)


def decoy_at_onset(told: Told, _: np.random.Generator) -> None:
    """A release of the scoring service that did nothing, five minutes before the onset."""
    onset = told.truth["onset"] or told.at.strip()
    when = pd.Timestamp(onset) - pd.Timedelta(minutes=5)
    event = {
        "id": "chg-9999", "time": f"{when:%Y-%m-%dT%H:%M:%SZ}", "kind": "code",
        "what": "scoring service 9.9.9", "who": "@ana", "ref": "#9999", "details": {},
    }  # fmt: skip
    if told.changes is not None:
        lines = [*told.changes, json.dumps(event)]
        told.changes = sorted(lines, key=lambda line: str(json.loads(line)["time"]))


Variant = Callable[[Told, np.random.Generator], None]
SAME: dict[str, Variant] = {
    "renamed": renamed, "reordered": reordered, "rescaled": rescaled, "shuffled": shuffled,
    "doubled": doubled,
}  # fmt: skip
LESS: dict[str, Variant] = {
    "without-changes": without_changes, "without-labels": without_labels,
    "without-reference": without_reference, "decoy-at-onset": decoy_at_onset,
}  # fmt: skip


def vary(folder: Path, target: Path, *, every: int) -> int:
    """Writes each variant of every n-th case to `target/VARIANT`; gives how many.

    `repaired` holds the harmful ones without their faults: the verdict must turn.
    """
    if target.exists():
        shutil.rmtree(target)
    chosen = cases(folder)[::every]
    for name, change in {**SAME, **LESS}.items():
        for case in chosen:
            told = Told(case)
            change(told, np.random.default_rng(7))
            told.write(target / name / case.name)
    for case in chosen:
        known = json.loads((case / "truth.json").read_text())
        if known["onset"] is not None:
            among = part(DATA_SETS[known["dataset"]].part)
            repair(case, target / "repaired" / case.name, among=among)
    return len(list(target.glob("*/case-*")))


def compared(folder: Path, target: Path) -> str:
    """How each variant does beside the cases it comes from, as a table."""
    told = {m.case: m for m in marks(folder)}
    lines = [
        "| variant | cases | same first cause | top-1 | top-1 of the originals |",
        "| --- | --- | --- | --- | --- |",
    ]
    for variant in sorted(path for path in target.iterdir() if (path / ANSWERS).exists()):
        found = [m for m in marks(variant) if m.case in told]
        values: Sequence[float] = (
            mean(m.said == told[m.case].said for m in found),
            mean(m.right for m in found),
            mean(told[m.case].right for m in found),
        )
        shown = " | ".join(f"{value:.2f}" for value in values)
        lines.append(f"| {variant.name} | {len(found)} | {shown} |")
    return "\n".join(lines)
