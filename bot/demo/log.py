"""The prediction log as a folder: one Parquet file a day, put in place whole at every tick."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bot.demo.files import NO_TIME, write_parquet
from bot.demo.flights import Array, Frame, chosen, joined

_DAY = 86_400_000_000


class PredictionLog:
    """Rows served so far; their labels show once their time has come.

    A file is rewritten as long as labels of its day are on their way, so a reader finds every row
    once, whenever it looks.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._days: dict[int, list[Frame]] = {}
        self._written: dict[int, int] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def append(self, rows: Frame) -> None:
        """Take up rows that were just served, in the order of their time."""
        day_of = rows["event_time"] // _DAY
        for day in np.unique(day_of):
            self._days.setdefault(int(day), []).append(chosen(rows, day_of == day))

    def flush(self, now: int) -> None:
        """Write the days that have new rows or new labels at `now`."""
        for day in self._days:
            rows = joined(self._days[day])
            self._days[day] = [rows]
            if self._written.get(day, -1) < int(rows["label_time"].max()):
                write_parquet(self._folder / f"{_name(day)}.parquet", visible(rows, now))
                self._written[day] = now

    def labelled(self, start: int, end: int) -> tuple[int, int]:
        """How many labels arrived between these times, and how many predictions were right."""
        rows = right = 0
        for day in range(start // _DAY - 1, end // _DAY + 1):
            for part in self._days.get(day, ()):
                inside = (part["label_time"] >= start) & (part["label_time"] < end)
                rows += int(inside.sum())
                right += int((part["prediction"] == part["label"])[inside].sum())
        return rows, right

    def by_hour(self, now: int) -> tuple[Array, Array, Array]:
        """Hours of event time, with the labelled rows of each and how many were right."""
        hours: list[Array] = []
        rights: list[Array] = []
        for parts in self._days.values():
            for part in parts:
                known = part["label_time"] <= now
                hours.append(part["event_time"][known] // (_DAY // 24))
                rights.append((part["prediction"] == part["label"])[known])
        each, place = np.unique(np.concatenate(hours), return_inverse=True)
        return each, np.bincount(place), np.bincount(place, weights=np.concatenate(rights))


def visible(rows: Frame, now: int) -> Frame:
    """The rows as they stand at `now`: what is not known yet is null."""
    known = rows["label_time"] <= now
    return rows | {
        "label": np.where(known, rows["label"], np.int8(-1)),
        "label_time": np.where(known, rows["label_time"], NO_TIME),
    }


def _name(day: int) -> str:
    return datetime.fromtimestamp(day * 86_400, tz=UTC).date().isoformat()
