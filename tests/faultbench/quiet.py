"""How often a check cries harm over real traffic in which nothing was broken.

Each log is the later part of a real data set, served by a model that was trained on the earlier
part; nothing is injected, no innocent drift either. Each is looked at as it stood at several
moments: with the rows, the labels and the dashboard of that time. A window is disturbed when the
verdict is a drop, or any finding is `suspect` and claims harm (`strength` above 0, as
`bot.incident.Finding` defines it); what only says that something moved does not count.
"""

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tests.faultbench.bundle import write
from tests.faultbench.datasets import DATA_SETS
from tests.faultbench.draw import cut, draw, part
from tests.faultbench.harm import Harm, harm
from tests.faultbench.play import Plan, play, stage
from tests.faultbench.replay import Scene

if TYPE_CHECKING:
    from bot.incident import Diagnosis

LOOKS = 5
"""Moments at which each log is looked at."""

APART = 43_200
"""Seconds between two of them, or a bucket of the log's tempo where that is longer."""

DROP = frozenset({"degraded"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one window brought: the verdict, the first cause, and which checks claimed harm.

    `moved` are the checks that say that something moved, harmful or not. `share` and `sigma` are
    what the bench itself counts between the last days and those before: real data may fall too.
    """

    log: str
    data: str
    verdict: str
    cause: str
    share: float
    sigma: float
    cries: tuple[str, ...]
    moved: tuple[str, ...]

    @property
    def calm(self) -> bool:
        """Whether the bench's own count shows nothing that one could take for harm."""
        return Harm(
            before=0.0, after=0.0, drop=0.0, share=self.share, sigma=self.sigma, rows=0
        ).none

    @property
    def disturbed(self) -> bool:
        """Whether anybody would be told of a harm."""
        return self.verdict in DROP or bool(self.cries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One log to make and to look at."""

    seed: int
    among: tuple[str, ...]
    folder: Path
    again: bool


def looks(
    folder: Path, *, logs: int, among: str, seed: int, workers: int, again: bool = False
) -> Iterator[Look]:
    """Every window of so many logs; `again`: looked at anew where the folder has them already."""
    orders = [
        Order(
            seed=seed * 100_000 + i, among=part(among), folder=folder / f"log-{i:04d}", again=again
        )
        for i in range(logs)
    ]
    # Several processes with as many threads each spend their time waiting for one another.
    os.environ["OMP_NUM_THREADS"] = "1"
    if workers == 1:
        for order in orders:
            yield from look_at(order)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for found in pool.map(look_at, orders):
            yield from found


def look_at(order: Order) -> list[Look]:
    """The windows of one log, the newest first."""
    kept = order.folder / "looks.json"
    if kept.exists() and not order.again:
        return [Look(**one) for one in json.loads(kept.read_text())]
    _make(order)
    found = _looked(order.folder)
    kept.write_text(json.dumps([asdict(one) for one in found]) + "\n")
    return found


def _looked(folder: Path) -> list[Look]:
    # Only here does the measure touch what it measures.
    from bot.diagnosis import diagnose  # noqa: PLC0415 - see above
    from bot.settings import read_settings  # noqa: PLC0415 - see above
    from bot.sources import open_sources  # noqa: PLC0415 - see above

    found = []
    for place in sorted(folder.glob("look-*")):
        known = json.loads((place / "truth.json").read_text())
        at = datetime.fromisoformat((place / "at.txt").read_text().strip())
        settings = read_settings(place / "plummet.toml")
        [model] = settings.models
        with open_sources(settings) as sources:
            diagnosis = diagnose(settings, model, sources=sources, at=at)
        found.append(_look(diagnosis, log=folder.name, known=known))
    return found


def _make(order: Order) -> None:
    """A folder for each moment."""
    if (order.folder / f"look-{LOOKS - 1}" / "truth.json").exists():
        return
    shutil.rmtree(order.folder, ignore_errors=True)
    plan = draw("healthy", seed=order.seed, among=order.among)
    plan.distractor = None
    scene = stage(plan)
    cut(plan, scene)
    final, clock = play(plan, scene), plan.clock
    for back in range(LOOKS):
        earlier = back * pd.Timedelta(seconds=max(clock.tempo.bucket_s, APART))
        plan.clock = replace(clock, onset=clock.onset - earlier, at=clock.at - earlier)
        _write(order.folder / f"look-{back}", plan, final)


def _write(folder: Path, plan: Plan, final: Scene) -> None:
    """The log as it stood at the plan's moment."""
    rows = final.rows[final.rows["time"] <= plan.clock.at].copy()
    late = rows["label_time"].isna() | (rows["label_time"] > plan.clock.at)
    rows["label"] = rows["label"].where(~late, None)
    rows["label_time"] = rows["label_time"].where(~late)
    stood = replace(
        final, rng=np.random.default_rng([plan.seed, 6]), rows=rows, clock=plan.clock,
        offline=final.offline.loc[rows.index], hardness=final.hardness.loc[rows.index],
    )  # fmt: skip
    counted = harm(rows, plan.clock, task=DATA_SETS[plan.data].task, name=plan.metric)
    write(folder, plan, stood, done=counted, rng=np.random.default_rng([plan.seed, 5]))


def _look(diagnosis: "Diagnosis", *, log: str, known: dict[str, Any]) -> Look:
    suspect = [found for found in diagnosis.findings if found.verdict == "suspect"]
    return Look(
        log=log, data=known["dataset"], verdict=diagnosis.verdict,
        cause=diagnosis.best.cause if diagnosis.best else "none",
        share=known["grader"]["share"], sigma=known["grader"]["sigma"],
        cries=tuple(sorted({found.check for found in suspect if found.strength > 0})),
        moved=tuple(sorted({found.check for found in suspect if found.movement > 0})),
    )  # fmt: skip


def table(found: list[Look]) -> str:
    """The share of disturbed windows, by data set and by check, as Markdown."""
    disturbed = [one for one in found if one.disturbed]
    dropped = [one for one in found if one.verdict in DROP]
    summary = (
        f"{len(found)} windows: {len(disturbed)} disturbed ({_share(disturbed, found)}),"
        f" {len(dropped)} called a drop ({_share(dropped, found)})"
    )
    calm = [one for one in found if one.calm]
    unmoved = (
        f"{len(calm)} of them calm by the bench's own count:"
        f" {_share([one for one in calm if one.disturbed], calm)} disturbed"
    )
    lines = [
        summary, unmoved, "",
        "| data set | windows | disturbed | called a drop | something moved |",
        "| --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for name in sorted({one.data for one in found}):
        own = [one for one in found if one.data == name]
        lines.append(
            f"| {name} | {len(own)} | {_share([o for o in own if o.disturbed], own)}"
            f" | {_share([o for o in own if o.verdict in DROP], own)}"
            f" | {_share([o for o in own if o.moved], own)} |"
        )
    by_check = Counter(check for one in found for check in one.cries)
    lines += ["", *(f"- `{check}`: {count}" for check, count in by_check.most_common())]
    causes = Counter(one.cause for one in found).most_common()
    lines += ["", "named first: " + ", ".join(f"{cause} {count}" for cause, count in causes)]
    return "\n".join(lines)


def _share(part: list[Look], whole: list[Look]) -> str:
    return f"{len(part) / max(1, len(whole)):.1%}"
