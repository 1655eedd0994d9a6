"""The later part of a data set as traffic: a moment, a host, segments for each request."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from tests.faultbench.datasets import DATA_SETS, load
from tests.faultbench.models import Algorithm, Array

REGIONS = ("north", "south", "apac", "emea")
CLIENTS = ("web", "ios", "android", "partner")
SEGMENTS = ("region", "client", "tenant")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """How fast an incident is: seconds of a bucket, days of history, hours until a label."""

    bucket_s: int
    history_days: tuple[float, float]
    faulted_days: tuple[float, float]
    label_hours: float


QUICK = Tempo(bucket_s=10_800, history_days=(15, 20), faulted_days=(0.9, 2.2), label_hours=2.0)
SLOW = Tempo(bucket_s=86_400, history_days=(30, 43), faulted_days=(4.0, 7.8), label_hours=10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """When the log starts, when it goes wrong, when it is reported, and how."""

    start: pd.Timestamp
    onset: pd.Timestamp
    at: pd.Timestamp
    shape: Literal["step", "ramp", "intermittent"]
    tempo: Tempo
    period_s: float
    """Length of a ramp, or of one on-and-off cycle."""

    def intensity(self, times: pd.Series) -> Array:
        """How much of the fault acts at each moment, 0 before the onset, at most 1."""
        since = (times - self.onset).dt.total_seconds().to_numpy()
        after = since >= 0
        if self.shape == "ramp":
            return np.where(after, np.clip(0.15 + 0.85 * since / self.period_s, 0, 1), 0.0)
        if self.shape == "intermittent":
            return np.where(after & (np.mod(since, self.period_s) < 0.6 * self.period_s), 1.0, 0.0)
        return after.astype(float)


def draw_clock(rng: np.random.Generator) -> Clock:
    """A clock at random: six in ten steps, a quarter ramps, the rest intermittent."""
    tempo = QUICK if rng.random() < 0.5 else SLOW
    start = pd.Timestamp("2024-01-01", tz="UTC") + pd.Timedelta(days=int(rng.integers(0, 600)))
    history = rng.uniform(*tempo.history_days) * 86_400
    faulted = rng.uniform(*tempo.faulted_days) * 86_400
    onset = (start + pd.Timedelta(seconds=history)).floor("min")
    shape: Literal["step", "ramp", "intermittent"] = "step"
    chance = rng.random()
    if chance > 0.6:
        shape = "ramp" if chance < 0.85 else "intermittent"
    share = rng.uniform(0.3, 0.6) if shape == "ramp" else rng.uniform(0.2, 0.33)
    return Clock(
        start=start,
        onset=onset,
        at=(onset + pd.Timedelta(seconds=faulted)).floor("min"),
        shape=shape,
        tempo=tempo,
        period_s=share * faulted,
    )


@dataclass(slots=True, kw_only=True)
class Scene:
    """Everything that is known about one case while it is played.

    `rows` has a row for each request: `id`, `time`, `host`, `version`, the segments, the features
    as served, `label` (the truth, then what is logged), and later the model's answer. `offline`
    has the features as the offline recomputation gives them, by the same index.
    """

    data: str
    algorithm: Algorithm
    clock: Clock
    rng: np.random.Generator
    rows: pd.DataFrame
    offline: pd.DataFrame
    hardness: pd.Series
    threshold: float = 0.5

    @property
    def features(self) -> tuple[str, ...]:
        """The model's features."""
        return DATA_SETS[self.data].features


def replay(name: str, clock: Clock, *, rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """About so many requests from the log's start to the report, sorted by `time`.

    The hour of a row's own clock is kept, where the data know it; days are simulated ones, each
    fed from the next rows of the data.
    """
    data = DATA_SETS[name]
    frame = load(name)
    frame = frame.iloc[int(len(frame) * data.train) : int(len(frame) * data.live)]
    days = int(np.ceil((clock.at - clock.start).total_seconds() / 86_400)) + 1
    frame = _chosen(frame, rows, settled=data.settled, rng=rng)
    day = np.arange(len(frame)) * days // len(frame)
    if data.hour is not None:
        seconds = frame[data.hour].to_numpy(dtype=float) * 3600 + rng.uniform(0, 3600, len(frame))
    else:
        # More requests by day than by night: half even, half around 14:00.
        even = rng.random(len(frame)) < 0.5
        seconds = np.where(
            even, rng.uniform(0, 86_400, len(frame)), rng.normal(50_400, 14_400, len(frame))
        )
    moments = pd.Series(np.mod(seconds, 86_400) + day * 86_400.0).round(3)
    frame = frame.drop(columns="clock").reset_index(drop=True)
    frame.insert(0, "time", clock.start + pd.to_timedelta(moments, unit="s").dt.round("ms"))
    frame = frame[frame["time"] <= clock.at].sort_values("time", kind="stable")
    return _placed(frame.reset_index(drop=True), rng)


def _chosen(
    frame: pd.DataFrame, rows: int, *, settled: bool, rng: np.random.Generator
) -> pd.DataFrame:
    if settled and len(frame) > rows:
        longest = min(len(frame), rows * 8)
        first = int(rng.integers(0, len(frame) - longest + 1))
        frame = frame.iloc[first : first + longest]
    picked = rng.choice(len(frame), rows, replace=rows > len(frame))
    if settled:
        picked = np.sort(picked)
    return frame.iloc[picked]


def _placed(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """With hosts, segments and ids, none of which has to do with the features."""
    count = len(frame)
    prefix = str(rng.choice(["pod", "scorer", "serve", "node"]))
    hosts = [f"{prefix}-{i}" for i in rng.choice(40, int(rng.integers(3, 6)), replace=False)]
    tenants = np.array([f"{i:06x}" for i in rng.choice(16**6, 300, replace=False)])
    popular = rng.dirichlet(np.full(len(tenants), 0.8))
    placed: dict[str, Any] = {
        "id": [f"{i:012x}" for i in rng.integers(0, 2**48, count)],
        "host": rng.choice(hosts, count),
        "region": rng.choice(REGIONS, count, p=rng.dirichlet(np.full(len(REGIONS), 8.0))),
        "client": rng.choice(CLIENTS, count, p=rng.dirichlet(np.full(len(CLIENTS), 8.0))),
        "tenant": rng.choice(tenants, count, p=popular),
    }
    return frame.assign(**placed)
