"""The flights that the demo ships, as arrays."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Frame = dict[str, Array]
"""Columns by name, all of one length."""

FEATURES = (
    "carrier", "origin", "dest", "distance", "hour", "dep_delay", "wind_speed", "precip", "visib",
)  # fmt: skip
"""What the model is given; `dep_delay` in minutes, NaN where it is missing."""

TRAINING_LANE = 0
LANE_WEEKS = 3
_FLIGHTS = Path(__file__).parent / "data" / "flights.parquet"


def load() -> tuple[Frame, Frame]:
    """The flights to train on, and those to serve, each in the order of departure.

    `departed` is in minutes since the first Monday of its weeks, `airborne` in minutes.
    """
    import duckdb  # noqa: PLC0415 - only when a demo really starts

    # Not pyarrow, which imports pandas to give numpy's arrays.
    with duckdb.connect() as connection:
        read = connection.read_parquet(str(_FLIGHTS)).fetchnumpy()
        flights: Frame = {name: np.asarray(column) for name, column in read.items()}
    for name in ("carrier", "origin", "dest"):
        flights[name] = flights[name].astype(object)
    flights["dep_delay"] = flights["dep_delay"].astype(np.float64)
    flights["airborne"] = flights["airborne"].astype(np.int64) * 5
    training = flights["lane"] == TRAINING_LANE
    return chosen(flights, training), ordered(chosen(flights, ~training), "departed")


def chosen(frame: Frame, rows: Array) -> Frame:
    """The rows of a mask or of positions."""
    return {name: column[rows] for name, column in frame.items()}


def ordered(frame: Frame, by: str) -> Frame:
    """The rows in the order of one column."""
    return chosen(frame, np.argsort(frame[by], kind="stable"))


def joined(frames: list[Frame]) -> Frame:
    """The rows of all frames, one after the other."""
    return {name: np.concatenate([frame[name] for frame in frames]) for name in frames[0]}


def size(frame: Frame) -> int:
    """How many rows it has."""
    return len(next(iter(frame.values())))
