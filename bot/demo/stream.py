"""The flights as an endless stream of requests, at times around now."""

from datetime import datetime, timedelta

import numpy as np

from bot.demo.flights import FEATURES, LANE_WEEKS, Array, Frame, chosen, joined, size

LAP = timedelta(weeks=LANE_WEEKS)
_MINUTE = 60_000_000
_AHEAD_MINUTES = 60
"""The request comes this long before the landing; with the departure, on a shorter flight."""
_TAXI_MINUTES = 10
_REPORTING_MINUTES = (5, 40)
"""From the gate to the label."""
_CLIENTS = {"app": 0.55, "web": 0.3, "partner": 0.15}
REGIONS = ("americas", "europe", "asia", "pacific")
"""Each region is served by flights of its own weeks, and is this much later in its day:"""
_APART = timedelta(hours=6)
_HOSTS = ("zone-a", "zone-b", "zone-c")


def micros(time: datetime) -> int:
    """Microseconds since 1970, as the log's columns have them."""
    return int(time.timestamp() * 1_000_000)


class Stream:
    """Requests in the order of their time; `monday` is when the first lap begins.

    The data's weeks stand in for four regions, six hours apart, so that there is traffic at any
    hour. After three weeks the same flights come again, as new requests. What the data does not
    have (the client that asks, the host that answers, the seconds, how long the answer takes) is
    drawn once, from `seed`.
    """

    def __init__(self, flights: Frame, *, monday: datetime, seed: int = 13) -> None:
        self._monday = micros(monday)
        self._lap = int(LAP.total_seconds() * 1_000_000)
        self._rows = _requests(flights, np.random.default_rng(seed))
        self._offsets: Array = self._rows.pop("offset")

    def between(self, start: int, end: int) -> Frame:
        """The requests from `start` (included) to `end` (not), both in microseconds."""
        first = (start - self._monday) // self._lap
        last = (end - 1 - self._monday) // self._lap
        laps = [self._of_lap(lap, start, end) for lap in range(first, max(first, last) + 1)]
        return joined(laps)

    def _of_lap(self, lap: int, start: int, end: int) -> Frame:
        begin = self._monday + lap * self._lap
        low, high = np.searchsorted(self._offsets, (start - begin, end - begin))
        rows = chosen(self._rows, np.arange(low, high))
        rows["event_time"] = begin + self._offsets[low:high]
        rows["label_time"] = rows["event_time"] + rows.pop("until_label")
        numbers = range(int(low), int(high))
        ids = [f"d{lap}-{number:05d}" for number in numbers]
        rows["request_id"] = np.array(ids, dtype=object)
        return rows


def _requests(flights: Frame, chance: np.random.Generator) -> Frame:
    """The flights with everything about their request that does not depend on when it comes."""
    count = size(flights)
    seconds = chance.random(count)
    region = flights["lane"].astype(np.int64) - 1
    later = region * int(_APART.total_seconds() * 1_000_000)
    ahead = np.minimum(flights["airborne"], _AHEAD_MINUTES)
    asked = flights["departed"] + flights["airborne"] - ahead + seconds
    offset = (asked * _MINUTE).astype(np.int64) + later
    offset %= int(LAP.total_seconds() * 1_000_000)
    order = np.argsort(offset, kind="stable")
    reporting = chance.uniform(*_REPORTING_MINUTES, count)
    until_label = ((ahead + _TAXI_MINUTES + reporting) * _MINUTE).astype(np.int64)
    clients = np.array(list(_CLIENTS), dtype=object)
    rows = {name: flights[name] for name in FEATURES} | {
        "offset": offset,
        "until_label": until_label,
        "label": flights["late"].astype(np.int8),
        "region": np.array(REGIONS, dtype=object)[region],
        "client": chance.choice(clients, count, p=list(_CLIENTS.values())),
        "host": chance.choice(np.array(_HOSTS, dtype=object), count),
        "patience": chance.random(count),
        "latency_ms": np.round(chance.lognormal(np.log(24), 0.35, count), 1),
    }
    return chosen(rows, order)
