"""The prediction log: parts that are only ever added, of predictions and of their labels.

A label arrives hours after its prediction, and a Parquet file must not be replaced under a reader
(DuckDB opens it more than once for one query). So labels are parts of their own, and
`warehouse.py` joins the two.
"""

from pathlib import Path

import numpy as np

from bot.demo.files import write_parquet
from bot.demo.flights import Array, Frame, chosen, joined, size

_LABELS = ("request_id", "label", "label_time")
_DAY = 86_400_000_000
_KEPT = 3 * _DAY
"""How far back `labelled` can look, once live."""


class Parts:
    """A folder of Parquet files, each written once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, rows: Frame) -> None:
        """Add one more part; a reader sees it whole or not at all."""
        self._count += 1
        write_parquet(self._folder / f"{self._count:06d}.parquet", rows)


class PredictionLog:
    """Rows served so far; their labels are added once their time has come."""

    def __init__(self, folder: Path) -> None:
        self._predictions = Parts(folder / "predictions")
        self._labels = Parts(folder / "labels")
        self._waiting: Frame = {}
        self._known: Frame = {}

    def append(self, rows: Frame) -> None:
        """Log rows that were just served."""
        hidden = ("label", "label_time")
        self._predictions.add({name: rows[name] for name in rows if name not in hidden})
        waiting = {name: rows[name] for name in (*_LABELS, "event_time")}
        waiting["right"] = rows["prediction"] == rows["label"]
        self._waiting = joined([self._waiting, waiting]) if self._waiting else waiting

    def flush(self, now: int) -> Frame:
        """Log the labels that have arrived by `now`; returns them."""
        arrived = self._waiting["label_time"] <= now
        new = chosen(self._waiting, arrived)
        if size(new):
            self._labels.add({name: new[name] for name in _LABELS})
            self._waiting = chosen(self._waiting, ~arrived)
            self._remember(new, now)
        return new

    def labelled(self, start: int, end: int) -> tuple[int, int]:
        """How many labels arrived between these times, and how many predictions were right."""
        if not self._known:
            return 0, 0
        time: Array = self._known["label_time"]
        inside = (time >= start) & (time < end)
        return int(inside.sum()), int(self._known["right"][inside].sum())

    def _remember(self, new: Frame, now: int) -> None:
        """Keep what `labelled` wants; the first flush, of the past, is kept whole until later."""
        wanted = {name: new[name] for name in ("label_time", "right")}
        if not self._known:
            self._known = wanted
            return
        recent = chosen(self._known, self._known["label_time"] > now - _KEPT)
        self._known = joined([recent, wanted])


def by_hour(rows: Frame) -> tuple[Array, Array, Array]:
    """Hours of event time, with the rows of each and how many were right."""
    hours, place = np.unique(rows["event_time"] // (_DAY // 24), return_inverse=True)
    return hours, np.bincount(place), np.bincount(place, weights=rows["right"])
