"""What goes wrong with features on their way to the model, and with labels on their way to the log.

A feature's damage is given requests, a label's the rows of the log that would have been right.
"""

from collections.abc import Callable

import numpy as np

from bot.demo.flights import Array, Frame, size

Damage = Callable[[Frame, np.random.Generator], Frame]

CARRIER_NAMES = {
    "UA": "United", "B6": "JetBlue", "EV": "ExpressJet", "DL": "Delta", "AA": "American",
    "MQ": "Envoy", "US": "US Airways", "9E": "Endeavor", "WN": "Southwest", "FL": "AirTran",
    "VX": "Virgin America", "AS": "Alaska", "F9": "Frontier", "YV": "Mesa", "HA": "Hawaiian",
    "OO": "SkyWest",
}  # fmt: skip
JOIN_MINUTES = 75
"""How long after the prediction the hasty label join looks for the arrival."""


def lose_delays(frame: Frame, _chance: np.random.Generator) -> Frame:
    """No departure delay arrives."""
    return frame | {"dep_delay": np.full(size(frame), np.nan)}


def delays_in_hours(frame: Frame, _chance: np.random.Generator) -> Frame:
    """Departure delays arrive in hours where the model expects minutes."""
    return frame | {"dep_delay": frame["dep_delay"] / 60}


def name_carriers(frame: Frame, _chance: np.random.Generator) -> Frame:
    """Carriers arrive under their names where the model knows their codes."""
    named = [CARRIER_NAMES.get(code, code) for code in frame["carrier"]]
    return frame | {"carrier": np.array(named, dtype=object)}


def swap_delays(frame: Frame, chance: np.random.Generator) -> Frame:
    """Every flight gets the departure delay of another."""
    return frame | {"dep_delay": chance.permutation(frame["dep_delay"])}


def cap_delays(frame: Frame, _chance: np.random.Generator) -> Frame:
    """Departure delays over ten minutes are cut off as outliers."""
    return frame | {"dep_delay": np.minimum(frame["dep_delay"], 10.0)}


def join_early(frame: Frame, _chance: np.random.Generator) -> Frame:
    """Flights that are not reported in when the join runs are logged as not late."""
    joined_at = frame["event_time"] + np.int64(JOIN_MINUTES * 60_000_000)
    missing = frame["label_time"] > joined_at
    label: Array = np.where(missing, 0, frame["label"])
    return frame | {"label": label, "label_time": np.where(missing, joined_at, frame["label_time"])}


def swap_labels(frame: Frame, chance: np.random.Generator) -> Frame:
    """Every flight gets the outcome of another."""
    return frame | {"label": chance.permutation(frame["label"])}
