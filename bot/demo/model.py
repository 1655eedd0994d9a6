"""Two versions of a small real model: is this flight going to arrive more than 15 minutes late?

A logistic regression, fitted by Newton's method in numpy. Every carrier has its own curve over
the departure delay, so a carrier that the model has never seen leaves it without any.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.demo.flights import Array, Frame, chosen

GOOD, OLD = "v12", "v11"
THRESHOLD = 0.5
_KNOTS = (-5, 0, 5, 10, 15, 20, 30, 45)
_COMMON = 9
"""So many of the largest carriers get the whole curve; the others one bend, at ten minutes."""
_DESTINATIONS = 20
_MODELS = Path(__file__).parent / "data" / "models.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One trained version; `departures` says whether it knows the departure delay."""

    version: str
    carriers: tuple[str, ...]
    destinations: tuple[str, ...]
    departures: bool
    weights: Array

    def score(self, frame: Frame) -> Array:
        """The probability that each flight arrives late."""
        design = _design(frame, self.carriers, self.destinations, departures=self.departures)
        return _logistic(design @ self.weights)


def shipped() -> dict[str, Model]:
    """Both versions as `write` left them: a server loads a model, it does not train one."""
    kept = json.loads(_MODELS.read_text(encoding="utf-8"))
    return {
        version: Model(
            version=version, carriers=tuple(one["carriers"]),
            destinations=tuple(one["destinations"]), departures=one["departures"],
            weights=np.array(one["weights"]),
        )
        for version, one in kept.items()
    }  # fmt: skip


def write(models: dict[str, Model]) -> None:
    """Keep trained models beside the flights; a test trains them anew and compares."""
    kept = {
        version: {
            "carriers": one.carriers, "destinations": one.destinations,
            "departures": one.departures, "weights": [round(w, 9) for w in one.weights.tolist()],
        }
        for version, one in models.items()
    }  # fmt: skip
    _MODELS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def train(flights: Frame) -> dict[str, Model]:
    """Both versions: v12 from three weeks, and v11 as it was before the departure feed existed.

    v11 saw one week, and no departure delays.
    """
    first_week = chosen(flights, flights["departed"] < 7 * 1440)
    return {
        GOOD: _fit(GOOD, flights, departures=True),
        OLD: _fit(OLD, first_week, departures=False),
    }


def _fit(version: str, flights: Frame, *, departures: bool, ridge: float = 1.0) -> Model:
    carriers = _by_size(flights["carrier"])
    destinations = _by_size(flights["dest"])[:_DESTINATIONS]
    design = _design(flights, carriers, destinations, departures=departures)
    late = flights["late"].astype(np.float64)
    weights = np.zeros(design.shape[1])
    penalty = ridge * np.eye(design.shape[1])
    for _ in range(8):
        score = _logistic(design @ weights)
        curvature = (design * (score * (1 - score) + 1e-6)[:, None]).T @ design + penalty
        weights += np.linalg.solve(curvature, design.T @ (late - score) - penalty @ weights)
    return Model(
        version=version, carriers=carriers, destinations=destinations,
        departures=departures, weights=weights,
    )  # fmt: skip


def _by_size(values: Array) -> tuple[str, ...]:
    names, counts = np.unique(values.astype(str), return_counts=True)
    return tuple(str(name) for name in names[np.argsort(-counts, kind="stable")])


def _logistic(value: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(value, -30, 30))))


def _design(
    frame: Frame, carriers: tuple[str, ...], destinations: tuple[str, ...], *, departures: bool
) -> Array:
    """One row a flight, one column a weight."""
    hour = (frame["hour"].astype(np.float64) - 13) / 5
    distance = frame["distance"].astype(np.float64) / 1000
    columns = [
        np.ones_like(hour), hour, hour**2, distance, np.log(distance),
        np.minimum(frame["wind_speed"], 40) / 10,
        np.clip(frame["precip"], 0, 0.3) * 10,
        frame["visib"] / 5,
    ]  # fmt: skip
    columns += [(frame["origin"] == name).astype(np.float64) for name in ("EWR", "JFK", "LGA")]
    columns += [(frame["dest"] == name).astype(np.float64) for name in destinations]
    flown_by = [(frame["carrier"] == name).astype(np.float64) for name in carriers]
    columns += flown_by
    if departures:
        curve = _curve(frame["dep_delay"])
        for number, flown in enumerate(flown_by):
            columns += [flown * bend for bend in (curve if number < _COMMON else curve[0:5:4])]
    return np.column_stack(columns)


def _curve(delay: Array) -> list[Array]:
    """A line with bends over the delay; a missing delay is taken as none, as in many a pipeline."""
    minutes = np.clip(np.nan_to_num(delay, nan=0.0), -15, 120)
    return [minutes / 20, *(np.maximum(minutes - knot, 0) / 20 for knot in _KNOTS)]
