"""What surrounds the prediction log: changes, system metrics, the dashboard's series."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from bot.demo.faults import Change
from bot.demo.files import append_line
from bot.demo.flights import Array, Frame, chosen, joined
from bot.demo.log import Parts, by_hour

_BUCKET = 30 * 60_000_000
"""System metrics come in steps of half an hour, in microseconds."""
_HOUR = 3_600_000_000
_LATENESS_HOURS = 2
"""Labels are at most this late, so the dashboard waits that long with an hour."""


class ChangeLog:
    """Appends to a file of JSON lines."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._count = 0

    def add(self, change: Change, at: datetime) -> str:
        """Log a change that was made `change.minutes` before `at`; returns its id."""
        self._count += 1
        time = at - timedelta(minutes=change.minutes)
        entry = {
            "id": f"chg-{self._count}",
            "time": time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "kind": change.kind,
            "what": change.what,
            "who": change.who,
            "ref": change.ref,
            "details": change.details,
        }
        append_line(self._path, json.dumps(entry, ensure_ascii=False))
        return f"chg-{self._count}"


_DAYS = 24 * 60.0
ROUTINE = (
    Change(
        kind="model", what="promoted delays v12 to production", who="li",
        ref="registry/delays/v12", details={"from": "v11", "to": "v12"}, minutes=19 * _DAYS,
    ),
    Change(
        kind="dependency", what="delays-server: numpy 2.3.4 to 2.3.5", who="renovate",
        ref="delays-server#318", details={"from": "2.3.4", "to": "2.3.5"}, minutes=9 * _DAYS + 200,
    ),
    Change(
        kind="code", what="passenger app 8.14: new colours of the delay banner", who="sam",
        ref="app#5120", minutes=4 * _DAYS + 310,
    ),
    Change(
        kind="infrastructure", what="zone-b: kernel update, hosts restarted one by one",
        who="sam", ref="infra#1284", minutes=1 * _DAYS + 75,
    ),
    Change(
        kind="config", what="alerts for delays go to #ml-incidents", who="noor",
        ref="config#728", minutes=85,
    ),
)  # fmt: skip
"""What was changed before anything broke; none of it does harm."""


class SystemMetrics:
    """Parts of the system metrics: per host and half hour, from what was really served."""

    def __init__(self, folder: Path, *, seed: int = 17) -> None:
        self._parts = Parts(folder)
        self._chance = np.random.default_rng(seed)
        self._waiting: list[Frame] = []

    def append(self, served: Frame) -> None:
        """Take up rows that were just served."""
        wanted = ("event_time", "host", "latency_ms", "fallback")
        self._waiting.append({name: served[name] for name in wanted})

    def flush(self, now: int) -> None:
        """Add the half hours that are complete at `now`, if there are any new ones."""
        if not self._waiting:
            return
        rows = joined(self._waiting)
        bucket = rows["event_time"] // _BUCKET
        complete = bucket < now // _BUCKET
        self._waiting = [chosen(rows, ~complete)]
        if complete.any():
            self._parts.add(joined(self._measured(chosen(rows, complete), bucket[complete])))

    def _measured(self, rows: Frame, bucket: Array) -> list[Frame]:
        frames = []
        for host in np.unique(rows["host"].astype(str)):
            here = rows["host"] == host
            each, place, count = np.unique(bucket[here], return_inverse=True, return_counts=True)
            timeouts = np.bincount(place, weights=rows["fallback"][here])
            slow = np.zeros(len(each))
            np.maximum.at(slow, place, rows["latency_ms"][here])
            busy = np.clip(0.25 + count / 200 + 0.6 * timeouts / count, 0, 0.99)
            noise = self._chance.normal(0, 0.02, (2, len(each)))
            values = {
                "requests": count.astype(np.float64),
                "timeouts": timeouts,
                "errors": np.round(timeouts * 0.1),
                "latency_p99_ms": slow,
                "cpu": np.clip(busy + noise[0], 0, 1),
                "memory": 0.58 + noise[1],
            }
            frames += [_long(each * _BUCKET, name, series, host) for name, series in values.items()]
        return frames


class Dashboard:
    """Parts of the series on the team's dashboard: the accuracy of each hour, once it is known."""

    def __init__(self, folder: Path) -> None:
        self._parts = Parts(folder)
        self._hours: dict[int, tuple[int, float]] = {}
        self._shown_until = 0

    def take(self, labelled: Frame) -> None:
        """Take up predictions whose label has just arrived."""
        for hour, rows, right in zip(*by_hour(labelled), strict=True):
            before = self._hours.get(int(hour), (0, 0.0))
            self._hours[int(hour)] = (before[0] + int(rows), before[1] + float(right))

    def flush(self, now: int) -> None:
        """Add the hours whose labels are in at `now`."""
        until = now // _HOUR - _LATENESS_HOURS
        due = [hour for hour in sorted(self._hours) if hour < until]
        if not due or until <= self._shown_until:
            return
        self._shown_until = until
        sums = [self._hours.pop(hour) for hour in due]
        time = np.array(due, dtype=np.int64) * _HOUR
        self._parts.add({"time": time, "value": np.array([right / rows for rows, right in sums])})


def _long(time: Array, metric: str, value: Array, host: str) -> Frame:
    def same(text: str) -> Array:
        return np.full(len(time), text, dtype=object)

    return {"time": time, "metric": same(metric), "value": value, "host": same(host)}
